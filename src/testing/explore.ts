import type { Scenario } from '../check/scenario.ts';
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
import type { OmittedOperations } from '../scenario/omittedOperations.ts';
import { replaySchedule } from './replaySchedule.ts';
import { findingsText, type Report } from './report.ts';

/** Options of `explore`. Without any, every interleaving is visited, for at most 10 seconds. */
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
  /** Limit of the time of the search, in seconds. Default: 10. */
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
 * Explores a scenario, given as such, by the path of its module or finding, or by its built-in
 * name. Findings are in the report and never thrown. Rejects with `BadInput` for a module that does
 * not load or a schedule that is impossible.
 */
export async function explore(what: Scenario | string, options: Options = {}): Promise<Report> {
  const memoryModel = canonicalMemoryModel(options.memoryModel ?? DEFAULT_MEMORY_MODEL);
  const choices = { scheduler: schedulerNames, reduction: reductionNames, memoryModel: memoryModelNames };
  for (const [name, allowed] of Object.entries(choices)) {
    const value = name === 'memoryModel' ? memoryModel : options[name as keyof typeof choices];
    if (value !== undefined) checkOneOf(value, allowed, `explore: ${name}`);
  }
  const scenario = typeof what === 'string' ? await resolveScenarioName(what) : what;
  const memory = {
    memoryModel: memoryModel as MemoryModelName,
    tearing: options.tearing ?? false,
  } satisfies MemoryConfig;
  const { replay, skipped, cycle } = options;
  if (replay !== undefined)
    return replaySchedule(scenario, { schedule: replay, skipped: skipped ?? [], memory, cycle });
  if (skipped !== undefined) throw new BadInput('explore: skipped goes with replay');
  const report = await exploreScenario(scenario, {
    scheduler: options.scheduler ?? 'exhaustive',
    reduction: options.reduction ?? defaultReduction(memory.memoryModel),
    preemptions: options.preemptions,
    symmetry: options.symmetry,
    workers: options.workers ?? 1,
    ...memory,
    seed: options.seed ?? 1,
    depth: options.depth ?? 3,
    limits: { executions: options.executions ?? Infinity, seconds: options.seconds ?? 10, bytes: 2 ** 31 },
    stepsMax: options.steps ?? 100_000,
    loopRules: { iterationsMax: options.iterations ?? Infinity, byComparison: options.strict !== true },
    minimiseSeconds: options.minimise ?? 5,
    directory: typeof what === 'string' ? (options.dir ?? '.gfnring/findings') : null,
  });
  return { ...report, text: await findingsText(scenario, report.findings) };
}
