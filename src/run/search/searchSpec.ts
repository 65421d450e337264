import type { Stop } from '../../explore/execution/stop.ts';
import { type RandomSchedulerName, randomSchedulerNames } from '../../explore/schedulers/registry.ts';
import type { SearchResult } from '../../explore/search/searchProgress.ts';
import type { LoopRules } from '../../memory/loopRules.ts';
import type { MemoryConfig } from '../createRun.ts';

/** `exhaustive` visits all executions, the others draw them: see `docs/exploring.md`. */
export type SchedulerName = 'exhaustive' | RandomSchedulerName;
export const schedulerNames: readonly SchedulerName[] = ['exhaustive', ...randomSchedulerNames];

/** Which executions an exhaustive search may leave out: see `docs/exploring.md`. */
export const reductionNames = ['none', 'optimal', 'states'] as const;
export type Reduction = (typeof reductionNames)[number];

/** How a scenario is searched, as plain data. */
export interface SearchSpec extends MemoryConfig {
  readonly scheduler: SchedulerName;
  /** For `exhaustive`. */
  readonly reduction: Reduction;
  /** For `exhaustive`: bound of the preemptions of an execution. */
  readonly preemptions?: number | undefined;
  /** For `states`: actors with the same operations are interchangeable. */
  readonly symmetry?: boolean | undefined;
  /** The seed of all draws. */
  readonly seed: number;
  /** For `pct`: the depth of the bugs that it finds with a known probability. */
  readonly depth: number;
  /** Maximum number of steps of one execution. */
  readonly stepsMax: number;
  /** Which iterations of loops are left out. */
  readonly loopRules?: LoopRules | undefined;
}

/** The result of searching a scenario. */
export interface ScenarioSearchResult extends SearchResult {
  /** Happens-before and reads-from classes of complete executions. Null if they are not counted. */
  readonly classes: number | null;
  readonly readsFrom: number | null;
  /** Whether there were too many classes to count. The numbers are then lower bounds. */
  readonly classesCut: boolean;
  /** Of the violation. */
  readonly schedule: readonly number[];
  readonly stop: Stop['kind'] | undefined;
  /** Of a livelock: so many of the last steps repeat for ever. */
  readonly cycle?: number | undefined;
  /** The `sometimes` that never came true. */
  readonly missing: readonly string[];
  /** If executions were cut: all executions of up to so many steps were visited. */
  readonly completeTo?: number;
  /** Loops that were explored for a bounded number of iterations. */
  readonly bounds: readonly string[];
  /** Loops that were taken for stateless, because some iterations were compared and were equal. */
  readonly compared: readonly string[];
  /** The property that had not returned when the search was ended from outside. */
  readonly running?: string | undefined;
  /** Whether one of these turned out to have a state. Nothing else in the result is then valid. */
  readonly isRefuted: boolean;
}
