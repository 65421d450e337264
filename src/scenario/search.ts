import { CLASSES_MAX, Classes } from '../explore/classes.ts';
import { Doer, planOf } from '../explore/doer.ts';
import type { Stop } from '../explore/execution.ts';
import { PartialGraphs } from '../explore/graphs/partialGraphs.ts';
import { UNKNOWN } from '../explore/graphs/searchGraphs.ts';
import { graphTools } from '../explore/graphs/tools.ts';
import { type Bound, searchInterleavings } from '../explore/interleavings.ts';
import type { Limits } from '../explore/limits.ts';
import { profileOf } from '../explore/profile.ts';
import { Rounds } from '../explore/rounds.ts';
import type { Scheduler } from '../explore/scheduler.ts';
import { type DrawingName, drawingNames, makeScheduler } from '../explore/schedulers/make.ts';
import type { SearchResult } from '../explore/search.ts';
import { States } from '../explore/states.ts';
import { Symmetry } from '../explore/symmetry.ts';
import { BadInput } from './badInput.ts';
import { type Machine, type Run, runOf, scheduleOf } from './run.ts';
import type { Scenario } from './scenario.ts';
import { controlOf, doShare, inOrder } from './share.ts';

/** What makes the choices: `docs/exploring.md`. */
export const schedulerNames = ['exhaustive', ...drawingNames] as const;
export type SchedulerName = (typeof schedulerNames)[number];

/** Which executions may stand for others: `docs/exploring.md`. */
export const reductionNames = ['none', 'optimal', 'states'] as const;
export type Reduction = (typeof reductionNames)[number];

/** How a scenario is searched, as plain data. */
export interface Search extends Machine {
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
  if (search.scheduler === 'exhaustive' && search.reduction === 'states') return searchStates(scenario, search, limits);
  const run = runOf(scenario, search.stepsMax, search);
  const rounds = roundsOf(run, search, limits);
  const doer = doerOf(run, search);
  const all = rounds.all();
  for (let step = all.next(); !step.done; ) {
    const shares = doShare(run, doer, step.value.now, controlOf());
    step = all.next(inOrder(shares).map(({ done }) => done));
  }
  if (rounds.tally.limit === UNKNOWN) return searchMerging(scenario, search, limits);
  return searched(rounds, run.checker.missing);
}

/** The search of states: the only one that cannot be done in parts. */
function searchStates(scenario: Scenario, search: Search, limits: Limits): Searched {
  const { stepsMax, preemptions, symmetry } = search;
  const alike = symmetry === true ? symmetryOf(scenario, search) : undefined;
  const run = runOf(scenario, stepsMax, search, alike?.groups);
  const { execution, checker } = run;
  const bound: Bound | undefined = preemptions === undefined ? undefined : { of: 'preemptions', most: preemptions };
  const result = searchInterleavings(execution, checker, limits, {
    ...(bound && { bound }),
    states: new States(execution, checker, bound !== undefined, alike),
  });
  if (alike !== undefined && execution.threadMatters)
    throw new BadInput(`${scenario.name}: an operation asks for mem.thread, so its actors are not interchangeable`);
  return { ...cameTo(run, result), classes: null, readsFrom: null, classesCut: false };
}

/** What a search on one thread has come to, but for classes. */
function cameTo(
  run: Run,
  { executions, blocked, cut, states, steps, violation, late, limit }: SearchResult,
): Omit<Searched, 'classes' | 'readsFrom' | 'classesCut'> {
  return {
    ...{ executions, blocked, cut, states, steps, violation, late, limit },
    schedule: violation === undefined ? [] : scheduleOf(run),
    stop: violation === undefined ? undefined : run.execution.stopped()?.kind,
    missing: run.checker.missing,
  };
}

/** The reduction `optimal` under `tso` and `weak` of programs that `searchGraphs` does not know: on one thread, and with memory for all graphs. */
export function searchMerging(scenario: Scenario, search: Search, limits: Limits): Searched {
  const run = runOf(scenario, search.stepsMax, search);
  const { execution, checker } = run;
  const classes = new Classes(execution);
  execution.roundsEnd = true;
  const states = new PartialGraphs(execution);
  const result = searchInterleavings(execution, checker, limits, { states, classes });
  const { seen, readsFrom, full } = classes;
  return { ...cameTo(run, result), states: 0, classes: seen.size, readsFrom: readsFrom.size, classesCut: full };
}

/** A search in rounds; whoever does the parts has a `doerOf` the same search. */
export function roundsOf({ execution, checker }: Run, search: Search, limits: Limits): Rounds {
  const { scheduler, reduction, memoryModel } = search;
  const optimal = memoryModel === 'sc' ? 'classes' : 'graphs';
  const kind = scheduler !== 'exhaustive' ? 'draws' : reduction === 'optimal' ? optimal : 'interleavings';
  return new Rounds(planOf(kind, execution, checker), limits);
}

export function doerOf({ execution, checker }: Run, search: Search): Doer {
  const { scheduler, preemptions, reduction, memoryModel, stepsMax } = search;
  const graphs =
    reduction === 'optimal' && memoryModel !== 'sc' ? graphTools(memoryModel, execution.program, stepsMax) : undefined;
  if (graphs !== undefined && preemptions !== undefined)
    throw new BadInput(
      'optimal knows preemptions under sc alone: --reduction none or states knows them under tso and weak',
    );
  const options =
    scheduler === 'exhaustive' ? { preemptions, graphs } : { scheduler: drawing(execution, scheduler, search) };
  return new Doer(execution, checker, new Classes(execution), options);
}

/** What rounds have come to, with the `sometimes` that never came true. */
export function searched({ tally, last, classes, readsFrom }: Rounds, missing: readonly string[]): Searched {
  const { executions, blocked, cut, states, steps, violation, late, limit } = tally;
  return {
    ...{ executions, blocked, cut, states, steps, violation, late, limit },
    classes: classes.size,
    readsFrom: readsFrom.size,
    classesCut: classes.size >= CLASSES_MAX,
    schedule: last?.schedule ?? [],
    stop: last?.stop,
    missing,
  };
}

/** What draws executions. The same on every thread. */
function drawing(execution: Run['execution'], name: DrawingName, { seed, depth }: Search): Scheduler {
  return makeScheduler(name, seed, profileOf(execution, seed), depth);
}

function symmetryOf(scenario: Scenario, { memoryModel }: Search): Symmetry {
  if (memoryModel !== 'sc')
    throw new BadInput(`${scenario.name}: interchangeable actors are known under the memory model sc alone`);
  const symmetry = new Symmetry(scenario.program);
  if (symmetry.groups.length > 0) return symmetry;
  throw new BadInput(`${scenario.name}: no two actors have the same operations, so none are interchangeable`);
}
