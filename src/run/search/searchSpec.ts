import type { Stop } from '../../explore/execution/execution.ts';
import { randomSchedulerNames } from '../../explore/schedulers/registry.ts';
import type { SearchResult } from '../../explore/search/searchProgress.ts';
import type { LoopRules } from '../../memory/loopRules.ts';
import type { MemoryConfig } from '../createRun.ts';

/** What makes the choices: `docs/exploring.md`. */
export const schedulerNames = ['exhaustive', ...randomSchedulerNames] as const;
export type SchedulerName = (typeof schedulerNames)[number];

/** Which executions may stand for others: `docs/exploring.md`. */
export const reductionNames = ['none', 'optimal', 'states'] as const;
export type Reduction = (typeof reductionNames)[number];

/** How a scenario is searched, as plain data. */
export interface Search extends MemoryConfig {
  /** What makes the choices. */
  readonly scheduler: SchedulerName;
  /** For `exhaustive`: which executions may stand for others. */
  readonly reduction: Reduction;
  /** For `exhaustive`: only what can be had with so many preemptions. */
  readonly preemptions?: number | undefined;
  /** For `states`: actors with the same operations are interchangeable. */
  readonly symmetry?: boolean | undefined;
  /** Where all draws start from. */
  readonly seed: number;
  /** For `pct`: the depth of the bugs it is to find. */
  readonly depth: number;
  /** Steps of one execution, at most. */
  readonly stepsMax: number;
  /** What may be left out of loops that go on and on. */
  readonly loopRules?: LoopRules | undefined;
}

export interface Searched extends SearchResult {
  /** Happens-before and reads-from classes among the complete executions; null where they are not counted. */
  readonly classes: number | null;
  readonly readsFrom: number | null;
  /** Whether there were more classes than can be kept apart: then these are lower bounds. */
  readonly classesCut: boolean;
  /** How the violation came about, and how its execution stopped. */
  readonly schedule: readonly number[];
  readonly stop: Stop['kind'] | undefined;
  /** Of a livelock: so many of the last steps come again and again. */
  readonly cycle?: number | undefined;
  /** The `sometimes` that never came true. */
  readonly missing: readonly string[];
  /** Where executions had to be cut short: all of up to so many steps were covered. */
  readonly completeTo?: number;
  /** Loops that were explored for a bounded number of iterations. */
  readonly bounds: readonly string[];
  /** Loops that were taken for loops without a state, because they look like that. */
  readonly compared: readonly string[];
  /** Whether one of these has a state after all: then nothing else here counts. */
  readonly isRefuted: boolean;
}
