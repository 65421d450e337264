import type { Scenario } from '../check/scenario.ts';
import { type MemoryModelName, memoryModels } from '../explore/memoryModels/registry.ts';
import { contextSwitches, formatSchedule, parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { checkOneOf } from '../input/fieldTypes.ts';
import { SCHEMA } from '../input/schema.ts';
import { formatFinding } from '../report/text/formatFinding.ts';
import { createRun, type MemoryConfig, scheduleOf } from '../run/createRun.ts';
import {
  type ExploreOptions,
  type ExploreReport,
  exploreScenario,
  outcomeOf,
  type WrittenFinding,
} from '../run/exploreScenario.ts';
import { replay } from '../run/replay.ts';
import { resolveScenarioName } from '../run/resolveScenarioName.ts';
import { reductionNames, schedulerNames } from '../run/search/searchSpec.ts';
import { type OmittedOperations, skip } from '../scenario/omittedOperations.ts';
import { openScenario, resolveScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';

/** All may be left out: then every interleaving is visited, for at most 10 seconds. */
export interface Options {
  /** What makes the choices; `exhaustive` where left out. */
  readonly scheduler?: ExploreOptions['scheduler'];
  /** For `exhaustive`: which executions may stand for others; `states` where left out. */
  readonly reduction?: ExploreOptions['reduction'];
  /** For `exhaustive`: only what can be had with so many preemptions, from 0; no bound where left out. */
  readonly preemptions?: number;
  /** For `states`: actors with the same operations are interchangeable, and no property tells them apart. */
  readonly symmetry?: boolean;
  /** Threads that search together, one where left out; more only for modules and built-in scenarios. */
  readonly workers?: number;
  /** What memory the actors share; `sc` where left out. */
  readonly memoryModel?: MemoryModelName;
  /** Whether a plain 64-bit store is two of 32 bits; false where left out. */
  readonly tearing?: boolean;
  /** Where all draws start from, a whole number; 1 where left out. */
  readonly seed?: number;
  /** For `pct`: the depth of the bugs it is to find, from 1; 3 where left out. */
  readonly depth?: number;
  /** The most seconds that the search may take; 10 where left out. */
  readonly seconds?: number;
  /** The most executions; no limit where left out. */
  readonly executions?: number;
  /** The most steps of one execution; 100,000 where left out. */
  readonly steps?: number;
  /** Iterations of a loop that may be begun where its state never comes again, from 1: a proof is then for up to so many. No bound where left out. */
  readonly rounds?: number;
  /** Whether a verdict may rest on nothing that is not known: see `assumptions` in the report. False where left out. */
  readonly strict?: boolean;
  /** How long a finding may be made smaller, in seconds, 5 where left out; 0 leaves it as it was found. */
  readonly minimise?: number;
  /** The folder where findings in modules and built-in scenarios are written; `.gfnring/findings` where left out. */
  readonly dir?: string;
  /** Runs this one schedule (`0x5,1,0`) and nothing else: what a finding in a scenario in memory is reproduced with. */
  readonly replay?: string;
  /** With `replay`: so many of the last steps are to come again and again, as those of a livelock do. */
  readonly cycle?: number;
  /** With `replay`: operations that the finding does without. */
  readonly skipped?: OmittedOperations;
}

/** What was found, as data; `text` is what the command line prints for the findings. */
export type Report = Omit<ExploreReport, 'scheduler'> & {
  readonly scheduler: ExploreReport['scheduler'] | 'replay';
  readonly text: string;
};

/**
 * Explores a scenario, or what a path or a built-in name stands for. Findings are in the report, never thrown; what cannot be used (a module that does
 * not load, a schedule that cannot be followed) is thrown as `BadInput`.
 */
export async function explore(what: Scenario | string, options: Options = {}): Promise<Report> {
  const named = { scheduler: schedulerNames, reduction: reductionNames, memoryModel: memoryModels };
  for (const [name, allowed] of Object.entries(named)) {
    const value = options[name as keyof typeof named];
    if (value !== undefined) checkOneOf(value, allowed, `explore: ${name}`);
  }
  const of = typeof what === 'string' ? await resolveScenarioName(what) : what;
  if (options.replay !== undefined)
    return replayed(of, options.replay, options.skipped ?? [], machineOf(options), options.cycle);
  if (options.skipped !== undefined) throw new BadInput('explore: skipped goes with replay');
  const report = await exploreScenario(of, {
    scheduler: options.scheduler ?? 'exhaustive',
    reduction: options.reduction ?? 'states',
    preemptions: options.preemptions,
    symmetry: options.symmetry,
    workers: options.workers ?? 1,
    ...machineOf(options),
    seed: options.seed ?? 1,
    depth: options.depth ?? 3,
    limits: { executions: options.executions ?? Infinity, seconds: options.seconds ?? 10, bytes: 2 ** 31 },
    stepsMax: options.steps ?? 100_000,
    loopRules: { iterationsMax: options.rounds ?? Infinity, byComparison: options.strict !== true },
    minimiseSeconds: options.minimise ?? 5,
    directory: typeof what === 'string' ? (options.dir ?? '.gfnring/findings') : null,
  });
  return { ...report, text: await textOf(of, report.findings) };
}

const machineOf = ({ memoryModel, tearing }: Options): MemoryConfig => ({
  memoryModel: memoryModel ?? 'sc',
  tearing: tearing ?? false,
});

async function replayed(
  of: ScenarioRef | Scenario,
  schedule: string,
  skipped: OmittedOperations,
  machine: MemoryConfig,
  cycle: number | undefined,
): Promise<Report> {
  const order = parseSchedule(schedule);
  if (order === undefined) throw new BadInput(`explore: replay is ${schedule}: runs like 0x5,1,0 are expected`);
  const { source, scenario } = await resolveScenario(of);
  const run = createRun(skip(scenario, skipped), order.length + 1, machine);
  const violation = replay(run, order, scenario.name, cycle);
  const taken = scheduleOf(run);
  const findings = [violation ?? []].flat().map(
    (seen): WrittenFinding => ({
      ...seen,
      schema: SCHEMA,
      kind: 'finding',
      ...machine,
      schedule: formatSchedule(taken),
      ...(cycle !== undefined && { cycle }),
      contextSwitches: contextSwitches(taken),
      scenario: skipped.length > 0 && !('rings' in source) ? { ...source, skipped } : source,
      file: null,
    }),
  );
  return {
    schema: SCHEMA,
    scenario: scenario.name,
    ...machine,
    scheduler: 'replay',
    reduction: 'none',
    preemptions: null,
    symmetry: false,
    workers: 1,
    seed: 0,
    outcome:
      violation === undefined
        ? 'limit'
        : outcomeOf({ violation, stop: run.execution.stopped()?.kind, limit: undefined }, true),
    limit: violation === undefined ? 'one schedule' : null,
    completeTo: null,
    loop: null,
    assumptions: [],
    unreached: [],
    exhausted: false,
    executions: 1,
    cut: 0,
    blocked: 0,
    classes: null,
    readsFrom: null,
    classesCut: false,
    states: 0,
    steps: taken.length,
    seconds: 0,
    findings,
    text: await textOf(of, findings),
  };
}

async function textOf(of: ScenarioRef | Scenario, findings: readonly WrittenFinding[]): Promise<string> {
  const texts = findings.map(async (finding) => {
    const { scenario: source } = finding;
    const found =
      'program' in of ? skip(of, ('skipped' in source && source.skipped) || []) : await openScenario(source);
    return formatFinding(finding, found).join('\n');
  });
  return (await Promise.all(texts)).join('\n');
}
