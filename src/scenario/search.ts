import { Classes } from '../explore/classes.ts';
import type { Stop } from '../explore/execution.ts';
import { hunt } from '../explore/hunt.ts';
import { type Bound, searchInterleavings } from '../explore/interleavings.ts';
import type { Limits } from '../explore/limits.ts';
import { searchOptimal } from '../explore/optimal.ts';
import { profileOf } from '../explore/profile.ts';
import type { Scheduler } from '../explore/scheduler.ts';
import { type DrawingName, drawingNames, makeScheduler } from '../explore/schedulers/make.ts';
import type { SearchResult } from '../explore/search.ts';
import { States } from '../explore/states.ts';
import { Symmetry } from '../explore/symmetry.ts';
import { BadInput } from './badInput.ts';
import { type Run, runOf, scheduleOf } from './run.ts';
import type { Scenario } from './scenario.ts';

export const schedulerNames = ['exhaustive', ...drawingNames] as const;
export type SchedulerName = (typeof schedulerNames)[number];

export const reductionNames = ['none', 'optimal', 'states'] as const;
export type Reduction = (typeof reductionNames)[number];

/** How a scenario is searched, as plain data. */
export interface Search {
  readonly scheduler: SchedulerName;
  /** For `exhaustive`. */
  readonly reduction: Reduction;
  /** For `exhaustive`: only what can be had with so many preemptions. */
  readonly preemptions?: number | undefined;
  /** For `states`: actors with the same operations are interchangeable. */
  readonly symmetry?: boolean | undefined;
  readonly seed: number;
  /** For `pct`: the depth of the bugs it is to find. */
  readonly depth: number;
  /** Steps of one execution, at most. */
  readonly stepsMax: number;
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
  /** The `sometimes` that never came true. */
  readonly missing: readonly string[];
}

/** Searches a scenario on this thread. Throws `BadInput` where it cannot be searched like that. */
export function searchHere(scenario: Scenario, search: Search, limits: Limits): Searched {
  const symmetry = search.symmetry === true && search.reduction === 'states' ? symmetryOf(scenario) : undefined;
  const run = runOf(scenario, search.stepsMax, symmetry?.groups);
  const { execution, checker } = run;
  const classes =
    search.scheduler === 'exhaustive' && search.reduction === 'states' ? undefined : new Classes(execution);
  const result = resultOf(run, search, limits, classes, symmetry);
  if (symmetry !== undefined && execution.threadMatters)
    throw new BadInput(`${scenario.name}: an operation asks for mem.thread, so its actors are not interchangeable`);
  return {
    ...result,
    classes: classes?.seen.size ?? null,
    readsFrom: classes?.readsFrom.size ?? null,
    classesCut: classes?.full ?? false,
    schedule: result.violation === undefined ? [] : scheduleOf(run),
    stop: result.violation === undefined ? undefined : execution.stopped()?.kind,
    missing: checker.missing,
  };
}

function resultOf(
  { execution, checker }: Run,
  search: Search,
  limits: Limits,
  classes: Classes | undefined,
  symmetry: Symmetry | undefined,
): SearchResult {
  const { scheduler, reduction, preemptions } = search;
  if (scheduler !== 'exhaustive')
    return hunt(execution, checker, drawing(execution, scheduler, search), limits, 0, classes);
  if (reduction === 'optimal')
    return searchOptimal(execution, checker, limits, {
      ...(classes && { classes }),
      ...(preemptions !== undefined && { preemptions }),
    });
  const bound: Bound | undefined = preemptions === undefined ? undefined : { of: 'preemptions', most: preemptions };
  const states = reduction === 'none' ? undefined : new States(execution, checker, bound !== undefined, symmetry);
  return searchInterleavings(execution, checker, limits, {
    ...(bound && { bound }),
    ...(states && { states }),
    ...(classes && { classes }),
  });
}

/** What draws executions. The same on every thread. */
export function drawing(execution: Run['execution'], name: DrawingName, { seed, depth }: Search): Scheduler {
  return makeScheduler(name, seed, profileOf(execution, seed), depth);
}

function symmetryOf(scenario: Scenario): Symmetry {
  const symmetry = new Symmetry(scenario.program);
  if (symmetry.groups.length > 0) return symmetry;
  throw new BadInput(`${scenario.name}: no two actors have the same operations, so none are interchangeable`);
}
