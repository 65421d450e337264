import { availableParallelism } from 'node:os';
import { Argument, Command, Option } from 'commander';
import { type CampaignEnd, runCampaign } from '../../campaign/campaign.ts';
import { CampaignDirectory } from '../../campaign/directory/campaignDirectory.ts';
import { readSettings } from '../../campaign/directory/readSettings.ts';
import type { Executor } from '../../campaign/executors/executor.ts';
import { QueueExecutor } from '../../campaign/executors/queueExecutor.ts';
import { ThreadPoolExecutor } from '../../campaign/executors/threadPoolExecutor.ts';
import { canonical } from '../../campaign/hash.ts';
import type { BaseScenario, Settings, Shard } from '../../campaign/settings.ts';
import { summariseCampaign } from '../../campaign/summary.ts';
import type { ReportRequest } from '../../report/writeReport.ts';
import { recordedCanary } from '../../run/canary.ts';
import type { MemoryConfig } from '../../run/createRun.ts';
import { resolveScenarioName } from '../../run/resolveScenarioName.ts';
import { builtInNamed, checksOf } from '../../scenario/builtinScenarios.ts';
import type { TrackerName } from '../../trackers/interface/names.ts';
import { CampaignClock } from '../campaignClock.ts';
import { CampaignWatch, summaryLines } from '../campaignText.ts';
import { scenarios, setCompletionValues } from '../completionValues.ts';
import { STATUS, UsageError } from '../errors.ts';
import { examples } from '../examples.ts';
import {
  jsonOption,
  memoryModelOption,
  quietOption,
  type SharedOptions,
  seconds,
  seedOption,
  tearingOption,
  trackerOption,
  wholeNumberArgument,
} from '../options.ts';
import { print, printJson, progress } from '../output.ts';
import { printFinding } from '../printFinding.ts';
import { reportOption, writeCampaignReports } from '../reportOption.ts';
import { packageVersion } from '../version.ts';

interface Options extends SharedOptions, MemoryConfig {
  readonly tracker: TrackerName;
  readonly executions?: number;
  readonly seconds?: number;
  readonly workers: number;
  readonly dir: string;
  readonly resume?: boolean;
  readonly shard: Shard;
  readonly feedback: boolean;
  readonly patience: number;
  readonly queue?: string;
  readonly report?: readonly ReportRequest[];
}

/** Executions of a campaign are short: one that takes so many steps goes round. */
const STEPS_MAX = 20_000;
const SECONDS = 60;
/** Findings that are printed with their traces; all are written. */
const PRINTED_MAX = 10;

export const fuzzCommand = (): Command =>
  new Command('fuzz')
    .description(
      'a campaign: scenarios and schedules are drawn and varied, for as long as you like, on many threads; nothing found is lost',
    )
    .addArgument(
      setCompletionValues(
        new Argument(
          '[scenarios...]',
          "built-in names, or paths of modules and JSON files; left out: all that 'gfnring check' runs",
        ),
        scenarios,
      ),
    )
    .addOption(trackerOption())
    .addOption(
      new Option('--seconds <n>', `stop after so many seconds (default: ${SECONDS}, without --executions)`).argParser(
        seconds('seconds'),
      ),
    )
    .addOption(
      new Option('--executions <n>', 'stop after so many executions, with the batch of 512 that makes them').argParser(
        wholeNumberArgument('executions', 1),
      ),
    )
    .addOption(
      new Option('--workers <n>', 'worker threads; what is done does not depend on it')
        .default(Math.min(16, availableParallelism()), 'one a core')
        .argParser(wholeNumberArgument('workers', 1, 16)),
    )
    .addOption(new Option('--dir <path>', 'where the campaign lives').default('.gfnring/campaign'))
    .addOption(new Option('--resume', 'go on with the campaign that is there'))
    .addOption(
      new Option('--shard <i/n>', 'one of n campaigns that share the work: see gfnring corpus merge')
        .default({ part: 1, of: 1 }, '1/1')
        .argParser(shard),
    )
    .addOption(new Option('--no-feedback', 'what was covered has no say in what is done next'))
    .addOption(
      new Option('--patience <seconds>', 'how long a worker may take for 512 executions, before it is taken for hung')
        .default(120)
        .argParser(seconds('patience')),
    )
    .addOption(
      new Option(
        '--queue <url>',
        "redis://host:port: the work is done by 'gfnring work' processes there, which come and go",
      ),
    )
    .addOption(memoryModelOption())
    .addOption(tearingOption())
    .addOption(reportOption())
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', '\nExit status: 3 where work had to be given up and nothing was found.')
    .addHelpText(
      'after',
      examples({
        'fuzz --seconds 600 --workers 2': "all scenarios of the mail's ring, for ten minutes",
        'fuzz vm ./examples/sb.mjs --executions 1000000 --dir night --seed 7': 'two scenarios, a million executions',
        'fuzz --dir night --resume --seconds 3600': 'an hour more of a campaign that is there',
        'fuzz --dir shard-2 --shard 2/3 --report junit=fuzz.xml,github': 'one of three machines in CI',
      }),
    )
    .action(async (names: readonly string[], options: Options, command: Command) => {
      const asked = (option: string): boolean => command.getOptionValueSource(option) !== 'default';
      const before = options.resume ? readSettings(options.dir) : undefined;
      if (before !== undefined) refuseOther(before, await askedFor(names, options, asked), options.dir);
      const executor =
        options.queue === undefined
          ? new ThreadPoolExecutor(options.workers, options.patience)
          : await QueueExecutor.connect(options.queue, packageVersion);
      let store: CampaignDirectory;
      try {
        store =
          before !== undefined
            ? CampaignDirectory.open(options.dir)
            : CampaignDirectory.create(options.dir, await settingsOf(names, options));
      } catch (error) {
        // What holds a Redis would not end.
        await executor.close();
        throw error;
      }
      process.exitCode = await run(store, executor, options);
    });

async function run(store: CampaignDirectory, executor: Executor, options: Options): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(STATUS.interrupted);
    stop.abort();
  };
  process.removeAllListeners('SIGINT').on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const { state } = store;
  const watch = new CampaignWatch(state.counts.executions);
  const clock = new CampaignClock(store.directory, state);
  let ended: CampaignEnd;
  try {
    ended = await runCampaign(store, executor, {
      executions: options.executions ?? Infinity,
      seconds: options.seconds ?? (options.executions === undefined ? SECONDS : Infinity),
      signal: stop.signal,
      onProgress: (status) => {
        clock.tick();
        if (!options.quiet) watch.show(status, state);
      },
    });
  } finally {
    await executor.close();
    clock.write();
    store.close();
    progress('');
  }
  const summary = await summariseCampaign(store);
  if (options.json) printJson({ ...summary, ended, workers: options.workers });
  else {
    for (const finding of summary.findings.slice(0, PRINTED_MAX)) await printFinding(finding);
    const rate = watch.rateOf(state.counts.executions);
    if (!options.quiet || summary.findings.length > 0) for (const line of summaryLines(summary, rate)) print(line);
  }
  await writeCampaignReports(options.report, summary, watch.seconds);
  if (ended.by === 'signal') return STATUS.interrupted;
  if (summary.outcome === 'violated') return STATUS.findings;
  return summary.lost.length > 0 ? STATUS.harness : STATUS.nothingFound;
}

async function settingsOf(names: readonly string[], options: Options): Promise<Settings> {
  const { memoryModel, tearing, seed, shard, feedback } = options;
  const bases = await basesOf(names, options);
  return {
    memoryModel,
    tearing,
    stepsMax: STEPS_MAX,
    seed,
    shard,
    feedback,
    bases,
    ...recordedCanary(),
  };
}

async function basesOf(names: readonly string[], { tracker }: Options): Promise<BaseScenario[]> {
  if (names.length === 0)
    return checksOf(tracker).map(({ spec, known }) => ({ source: spec, ...(known && { known }) }));
  const bases = await Promise.all(
    names.map(async (name): Promise<BaseScenario> => {
      const known = builtInNamed(name)?.known;
      return { source: await resolveScenarioName(name), ...(known && { known }) };
    }),
  );
  const twice = bases.find(({ source }, i) => bases.findIndex((other) => other.source.name === source.name) !== i);
  if (twice !== undefined)
    throw new UsageError(`two scenarios are called ${twice.source.name}: a campaign tells them apart by name`);
  return bases;
}

/** What was asked for by name, which may be said again when a campaign goes on. */
async function askedFor(
  names: readonly string[],
  options: Options,
  asked: (option: string) => boolean,
): Promise<Partial<Settings>> {
  const settings = await settingsOf(names, options);
  const { bases, ...rest } = settings;
  const fields = ['seed', 'shard', 'feedback', 'memoryModel', 'tearing'] as const;
  const said = fields.filter((field) => asked(field) && settings[field] !== undefined);
  return {
    ...Object.fromEntries(said.map((field) => [field, rest[field]])),
    ...((names.length > 0 || asked('tracker')) && { bases }),
  };
}

function refuseOther(before: Settings, asked: Partial<Settings>, directory: string): void {
  const other = Object.entries(asked).find(
    ([field, value]) => canonical(value) !== canonical(before[field as keyof Settings]),
  );
  if (other === undefined) return;
  const what = other[0] === 'bases' ? 'other scenarios' : `another ${other[0]}`;
  throw new UsageError(`--resume: the campaign in ${directory} has ${what}; leave it out, or begin another with --dir`);
}

function shard(text: string): Shard {
  const [, part, of] = /^(\d{1,5})\/(\d{1,5})$/.exec(text)?.map(Number) ?? [];
  if (part >= 1 && part <= of) return { part, of };
  throw new UsageError(`--shard is '${text}': must be i/n, with i from 1 to n`);
}
