import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Scenario } from '../check/scenario.ts';
import { Deadline } from '../explore/limits.ts';
import {
  canonicalMemoryModel,
  DEFAULT_MEMORY_MODEL,
  type MemoryModelAlias,
  type MemoryModelName,
  memoryModelNames,
} from '../explore/memoryModels/registry.ts';
import { BadInput } from '../input/badInput.ts';
import { checkOneOf } from '../input/fieldTypes.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import { defaultReduction, type ExploreOptions, exploreScenario } from '../run/exploreScenario.ts';
import { resolveScenarioName } from '../run/resolveScenarioName.ts';
import { reductionNames, schedulerNames } from '../run/search/searchSpec.ts';
import { moduleFiles } from '../scenario/module.ts';
import type { OmittedOperations } from '../scenario/omittedOperations.ts';
import { replaySchedule } from './replaySchedule.ts';
import { describedReport, type Report } from './report.ts';
import { runningTest, secondsFor } from './runningTest.ts';

/** Options of `explore`. Without any, every interleaving is visited. */
export interface Options {
  /** `exhaustive` visits all executions, the others draw them. Default: `exhaustive`. */
  readonly scheduler?: ExploreOptions['scheduler'];
  /** For `exhaustive`: which executions may be left out. Default: `states`. */
  readonly reduction?: ExploreOptions['reduction'];
  /** For `exhaustive`: maximum number of preemptions of an execution, from 0. Default: no bound. */
  readonly preemptions?: number;
  /**
   * For `states`: actors with the same operations are interchangeable. No property may tell them
   * apart.
   */
  readonly symmetry?: boolean;
  /**
   * Threads that search together. More than one only for modules and built-in scenarios. Default:
   * 1.
   */
  readonly workers?: number;
  /** The memory model; `weak` is an old name of `rc11`. Default: `sc`. */
  readonly memoryModel?: MemoryModelName | MemoryModelAlias;
  /** Whether each plain 64-bit store is two stores of 32 bits. Default: false. */
  readonly tearing?: boolean;
  /** The seed of all draws, a whole number. Default: 1. */
  readonly seed?: number;
  /**
   * For `pct`: the depth of the bugs that it finds with a known probability, from 1. Default: 3.
   */
  readonly depth?: number;
  /**
   * Limit of the time of the search, in seconds. Default: 10. In vitest, with `gfnring/vitest`: the
   * time that is left of the test, which limits a larger value too.
   */
  readonly seconds?: number;
  /** Limit of the number of executions. Default: no limit. */
  readonly executions?: number;
  /** Limit of the number of steps of one execution. Default: 100,000. */
  readonly steps?: number;
  /**
   * Maximum number of iterations of a loop whose states never repeat, from 1. A proof then holds
   * for up to so many iterations. Default: no bound.
   */
  readonly iterations?: number;
  /**
   * Whether the verdict may make no unproven assumption: see `assumptions` of the report. Default:
   * false.
   */
  readonly strict?: boolean;
  /**
   * Limit of the time to minimise a finding, in seconds. 0 leaves it as it was found. Default: 5.
   */
  readonly minimise?: number;
  /** The folder for findings in modules and built-in scenarios. Default: `.gfnring/findings`. */
  readonly dir?: string;
  /**
   * Runs only this schedule, such as `0x5,1,0`. It reproduces a finding in a scenario in memory.
   */
  readonly replay?: string;
  /** With `replay`, of a livelock: so many of the last steps repeat for ever. */
  readonly cycle?: number;
  /** With `replay`: by actor, the indices of operations that the finding omits. */
  readonly skipped?: OmittedOperations;
}

/**
 * Explores a scenario, given as such, by the path or URL of its module or finding, or by its
 * built-in name. A path is seen from the current folder; `new URL('./ring.mjs', import.meta.url)`
 * is seen from the file that has it. Findings are in the report and never thrown. Rejects with
 * `BadInput` for a module that does not load or a schedule that is impossible.
 */
export async function explore(named: Scenario | string | URL, options: Options = {}): Promise<Report> {
  const what = named instanceof URL ? fileURLToPath(named) : named;
  const memoryModel = canonicalMemoryModel(options.memoryModel ?? DEFAULT_MEMORY_MODEL);
  const choices = { scheduler: schedulerNames, reduction: reductionNames, memoryModel: memoryModelNames };
  for (const [name, allowed] of Object.entries(choices)) {
    const value = name === 'memoryModel' ? memoryModel : options[name as keyof typeof choices];
    if (value !== undefined) checkOneOf(value, allowed, `explore: ${name}`);
  }
  const test = runningTest();
  if (typeof what === 'string') test?.dependsOn([resolve(what)]);
  const scenario = typeof what === 'string' ? await resolveScenarioName(what) : what;
  if ('module' in scenario) test?.dependsOn(moduleFiles(scenario.module));
  const memory = {
    memoryModel: memoryModel as MemoryModelName,
    tearing: options.tearing ?? false,
  } satisfies MemoryConfig;
  const { replay, skipped, cycle } = options;
  if (replay !== undefined)
    return replaySchedule(scenario, { schedule: replay, skipped: skipped ?? [], memory, cycle });
  if (skipped !== undefined) throw new BadInput('explore: skipped goes with replay');
  const seconds = options.seconds ?? (test === undefined ? 10 : Infinity);
  const secondsOfTest = test === undefined ? Infinity : secondsFor(test);
  const directory = typeof what === 'string' ? (options.dir ?? '.gfnring/findings') : null;
  const report = await exploreScenario(
    scenario,
    toRequest(options, memory, Math.min(seconds, secondsOfTest), secondsOfTest, directory),
  );
  const isCut = report.outcome === 'limit' && secondsOfTest < seconds && (report.seconds ?? 0) >= secondsOfTest;
  return describedReport({ ...report, testTimeout: isCut ? test!.timeoutSeconds : null }, scenario);
}

/** @param secondsInAll the limit of the search and of minimising together. */
function toRequest(
  options: Options,
  memory: MemoryConfig,
  seconds: number,
  secondsInAll: number,
  directory: string | null,
): ExploreOptions {
  return {
    scheduler: options.scheduler ?? 'exhaustive',
    reduction: options.reduction ?? defaultReduction(memory.memoryModel),
    preemptions: options.preemptions,
    symmetry: options.symmetry,
    workers: options.workers ?? 1,
    ...memory,
    seed: options.seed ?? 1,
    depth: options.depth ?? 3,
    limits: { executions: options.executions ?? Infinity, seconds, bytes: 2 ** 31 },
    stepsMax: options.steps ?? 100_000,
    loopRules: { iterationsMax: options.iterations ?? Infinity, byComparison: options.strict !== true },
    minimiseSeconds: options.minimise ?? 5,
    deadline: new Deadline(secondsInAll),
    directory,
  };
}
