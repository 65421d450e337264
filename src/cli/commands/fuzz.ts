import { availableParallelism } from 'node:os';
import { Argument, type Command, Option } from 'commander';
import { type CampaignEnd, runCampaign } from '../../campaign/campaign.ts';
import { CampaignDirectory } from '../../campaign/directory/campaignDirectory.ts';
import { readTrustedSettings } from '../../campaign/directory/readSettings.ts';
import type { Executor } from '../../campaign/executors/executor.ts';
import { requireSecret } from '../../campaign/executors/parseTask.ts';
import { QueueExecutor } from '../../campaign/executors/queueExecutor.ts';
import { ThreadPoolExecutor } from '../../campaign/executors/threadPoolExecutor.ts';
import type { CampaignSettings } from '../../campaign/settings.ts';
import { type CampaignSummary, summariseCampaign } from '../../campaign/summary.ts';
import { withUnwritten } from '../../campaign/unwrittenFindings.ts';
import { steppedMemoryModelNames } from '../../explore/memoryModels/registry.ts';
import type { ReportRequest } from '../../report/writeReport.ts';
import { CampaignClock } from '../campaignClock.ts';
import { CampaignProgress, WriteErrors } from '../campaignProgress.ts';
import { summaryLines } from '../campaignText.ts';
import { scenarioNamesAndPaths, setCompletionValues } from '../completionValues.ts';
import { defineCommand } from '../defineCommand.ts';
import { campaignSettings, checkRepeatedSettings, type FuzzSettingsOptions, parseShard } from '../fuzzSettings.ts';
import { guardLoad } from '../guardLoad.ts';
import { stopSignal } from '../interrupt.ts';
import {
  isGiven,
  jsonOption,
  memoryModelOption,
  patienceOption,
  quietOption,
  type SharedOptions,
  secondsArgument,
  seedOption,
  tearingOption,
  trackerOption,
  trustOption,
  wholeNumberArgument,
} from '../options.ts';
import { print, printError, printJson, progress } from '../output.ts';
import { printFinding, warnOfUnwritten } from '../printFinding.ts';
import { reportOption, tryWritingReports } from '../reportOption.ts';
import { STATUS } from '../status.ts';
import { statusOfCampaign } from '../verdictStatus.ts';
import { packageVersion } from '../version.ts';

interface Options extends SharedOptions, FuzzSettingsOptions {
  readonly executions?: number;
  readonly seconds?: number;
  readonly workers: number;
  readonly dir: string;
  readonly resume?: boolean;
  readonly patience: number;
  readonly queue?: string;
  readonly report?: readonly ReportRequest[];
}

/** Duration of a campaign without a limit. */
const SECONDS = 60;
/** Findings that are printed with their traces. All are written to files. */
const PRINTED_MAX = 10;

export const fuzzCommand = (): Command =>
  defineCommand({
    name: 'fuzz',
    description: 'run a campaign: explore mutations of scenarios and schedules on many threads; it can be resumed',
    args: [
      setCompletionValues(
        new Argument(
          '[scenarios...]',
          'built-in names, or paths of modules and JSON files; default: all scenarios of the tracker',
        ),
        scenarioNamesAndPaths,
      ),
    ],
    options: [
      trackerOption(),
      ...limitOptions(),
      ...campaignOptions(),
      patienceOption(),
      memoryModelOption(steppedMemoryModelNames),
      tearingOption(),
      reportOption(),
      seedOption(),
      jsonOption(),
      trustOption(),
      quietOption(),
    ],
    note: 'Exit status: 3 if a batch could not be run and nothing was found, 4 if no execution was complete.',
    examples: {
      'fuzz --seconds 600 --workers 2': "all scenarios of the mail's ring, for ten minutes",
      'fuzz vm ./examples/sb.mjs --executions 1000000 --dir night --seed 7': 'two scenarios, a million executions',
      'fuzz --dir night --resume --seconds 3600': 'continue a campaign for an hour',
      'fuzz --dir shard-2 --shard 2/3 --report junit=fuzz.xml,github': 'one of three machines in CI',
    },
    action: fuzz,
  });

const limitOptions = (): Option[] => [
  new Option('--seconds <n>', `stop after this many seconds (default: ${SECONDS}, without --executions)`).argParser(
    secondsArgument('seconds'),
  ),
  new Option('--executions <n>', 'stop after this many executions, rounded up to batches of 512').argParser(
    wholeNumberArgument('executions', 1),
  ),
];

const campaignOptions = (): Option[] => [
  new Option('--workers <n>', 'worker threads; the result does not depend on their number')
    .default(Math.min(16, availableParallelism()), 'one for each core')
    .argParser(wholeNumberArgument('workers', 1, 16)),
  new Option('--dir <path>', 'directory of the campaign').default('.gfnring/campaign'),
  new Option('--resume', 'continue the campaign in the directory'),
  new Option('--shard <i/n>', 'run one of n shards: see gfnring corpus merge')
    .default({ part: 1, of: 1 }, '1/1')
    .argParser(parseShard),
  new Option('--no-feedback', 'do not let coverage choose what to run next'),
  new Option('--queue <url>', "redis://host:port: let 'gfnring work' processes run the batches; they may come and go"),
];

async function fuzz(names: readonly string[], options: Options, command: Command): Promise<void> {
  const saved = options.resume ? readTrustedSettings(options.dir) : undefined;
  if (saved !== undefined)
    await guardLoad(secondsOf(options), () =>
      checkRepeatedSettings(saved, names, options, (name) => isGiven(command, name)),
    );
  const settings = saved ?? (await guardLoad(secondsOf(options), () => campaignSettings(names, options)));
  if (options.queue !== undefined) for (const { source } of settings.bases) requireSecret(source);
  process.exitCode = saved === undefined ? await begin(settings, options) : await resume(options);
}

/** Creates the directory last, so that nothing is left of a campaign that cannot begin. */
async function begin(settings: CampaignSettings, options: Options): Promise<number> {
  const lateFaults: string[] = [];
  const executor = await createExecutor(options, lateFaults);
  let campaign: CampaignDirectory;
  try {
    campaign = CampaignDirectory.create(options.dir, settings);
  } catch (error) {
    // An open connection to Redis would keep the process alive.
    await executor.close();
    throw error;
  }
  return run(campaign, executor, options, lateFaults);
}

/** Opens the directory first: it may be damaged, and workers take time to start. */
async function resume(options: Options): Promise<number> {
  const campaign = CampaignDirectory.open(options.dir);
  const lateFaults: string[] = [];
  let executor: Executor;
  try {
    executor = await createExecutor(options, lateFaults);
  } catch (error) {
    campaign.close();
    throw error;
  }
  return run(campaign, executor, options, lateFaults);
}

const secondsOf = ({ seconds, executions }: Options): number =>
  seconds ?? (executions === undefined ? SECONDS : Infinity);

/** @param lateFaults gets what modules have done outside of their tasks. */
const createExecutor = async (options: Options, lateFaults: string[]): Promise<Executor> => {
  const { queue, workers, patience } = options;
  if (queue !== undefined) return QueueExecutor.connect(queue, packageVersion);
  return new ThreadPoolExecutor(workers, patience, secondsOf(options), (message) => lateFaults.push(message));
};

/** Runs a campaign, closes it, prints its summary and returns the exit status. */
async function run(
  campaign: CampaignDirectory,
  executor: Executor,
  options: Options,
  lateFaults: readonly string[],
): Promise<number> {
  const { state } = campaign;
  const display = new CampaignProgress(state.counts.executions);
  const clock = new CampaignClock(campaign.directory, state);
  const writeErrors = new WriteErrors(campaign.directory);
  let ended: CampaignEnd;
  let running: string | undefined;
  try {
    ended = await runCampaign(campaign, executor, {
      executions: options.executions ?? Infinity,
      seconds: secondsOf(options),
      signal: stopSignal(),
      onProgress: (status) => {
        clock.tick();
        writeErrors.show(status.writeError);
        if (!options.quiet) display.show(status, state);
      },
    });
    // With executions, code does return, and was only not done yet.
    if (ended.by === 'seconds' && state.counts.executions === 0) running = await executor.runningAtEnd();
  } finally {
    await executor.close();
    clock.write();
    campaign.close();
    progress('');
  }
  const { unwritten, ...end } = ended;
  const writeError = end.writeError ?? campaign.exportError ?? null;
  const summary = withUnwritten(await summariseCampaign(campaign), unwritten, writeError);
  if (options.json)
    printJson({
      ...summary,
      ended: { ...end, ...(running !== undefined && { running }), writeError },
      workers: options.workers,
    });
  else await printSummary(summary, display.rateOf(state.counts.executions), options);
  if (running !== undefined) printError(`gfnring: when the time was over, ${running} had not returned`);
  if (writeError !== null) printError(`gfnring: not all results are in ${campaign.directory}: ${writeError}`);
  warnOfUnwritten(summary.findings);
  const isReported = await tryWritingReports(options.report, summary, display.seconds);
  if (lateFaults.length > 0) printError(`gfnring: ${lateFaults[0]}`);
  if (ended.by === 'signal') return STATUS.interrupted;
  const status = statusOfCampaign(summary);
  if (status === STATUS.findings) return status;
  if (lateFaults.length > 0) return STATUS.usage;
  if (status !== STATUS.nothingFound) return status;
  if (!isReported) return STATUS.usage;
  return writeError === null ? status : STATUS.undecided;
}

async function printSummary(summary: CampaignSummary, rate: number, { quiet }: Options): Promise<void> {
  const { findings } = summary;
  // All that have a file are in it; the others are nowhere else.
  const printed = [...findings.slice(0, PRINTED_MAX), ...findings.slice(PRINTED_MAX).filter((it) => it.unwritten)];
  for (const finding of printed) await printFinding(finding);
  if (!quiet || findings.length > 0) for (const line of summaryLines(summary, rate)) print(line);
}
