import type { Scenario } from '../../check/scenario.ts';
import { STUCK, type Violation } from '../../explore/execution/violation.ts';
import { noLimits } from '../../explore/limits.ts';
import { DATA_RACE } from '../../explore/memoryModels/dataRaces.ts';
import { contextSwitches, encodeChoice, readFromIndex, threadOf } from '../../explore/schedule.ts';
import { Pct } from '../../explore/schedulers/pct.ts';
import { ReplayScheduler } from '../../explore/schedulers/replay.ts';
import type { Scheduler } from '../../explore/schedulers/scheduler.ts';
import { depthFirstSearch } from '../../explore/search/dfs.ts';
import { StateCache } from '../../explore/states/stateCache.ts';
import { BadInput } from '../../input/badInput.ts';
import { areVms, isVm, type OpenedScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import {
  type CheckedExecution,
  createRun,
  type MemoryConfig,
  plainMachine,
  runOnce,
  scheduleOf,
} from '../createRun.ts';
import { shrink } from '../shrink.ts';
import { Budget } from './budget.ts';
import { Wakers } from './wakers.ts';

/** A schedule under which a scenario violates a property. */
export interface Failure extends OpenedScenario, MemoryConfig {
  readonly property: string;
  readonly message: string;
  readonly schedule: readonly number[];
  /** Of a livelock: so many of the last steps come again and again. */
  readonly cycle?: number;
}

/** Its scenarios are made from data, and become smaller as such. */
const isBuilt = (source: ScenarioRef): boolean => isVm(source) || areVms(source);

/** Steps of an execution that is tried in place of a failure: some more than that has. */
const stepsMax = ({ schedule }: Failure): number => 4 * schedule.length + 1000;
/** Memory for the states of one bounded search: some hundred thousand of them. */
const STATES_BYTES = 1 << 26;
/** The same where steps are counted: some ten thousand. */
const FEW_STATES_BYTES = 1 << 23;
/** What building a scenario costs, in steps. */
const BUILD_STEPS = 2_000;
/** Draws by which a smaller scenario is tried where its states are too many. */
const DRAWS = 150;

/**
 * The same violation under the fewest context switches; then, without more of them, in the fewest operations; then with the smallest values. In at most
 * `seconds`, half of which may go into the first: where that is not enough, what comes back may not be minimal. It has been seen to fail.
 *
 * @param steps that may be taken for it, about. With no limit of time, the same comes back each time.
 */
export function minimise(failure: Failure, seconds: number, steps = Infinity): Failure {
  // The way there and the cycle are as short as they can be; and what does not come back is not to be run again.
  if (failure.cycle !== undefined || failure.property === STUCK) return failure;
  const budget = new Budget(seconds, steps);
  let { best, isLeast } = fewestSwitches(failure, budget.share(1 / 2));
  const stop = runOnce(createRun(best.scenario, stepsMax(best), best), new ReplayScheduler(best.schedule)).stop.kind;
  const wakers =
    stop === 'deadlock' || stop === 'livelock'
      ? new Wakers(best.scenario, best, Math.min(1, budget.secondsLeft / 8))
      : undefined;
  const isOfMachine = !isBuilt(best.source) && !isPlain(best) && !failsPlainly(best, best, budget.share(1 / 4));
  const inTurn = isBuilt(best.source) ? [] : ordersThatHold(createRun(best.scenario, stepsMax(best), best));
  for (let again = true; again && !budget.isSpent; ) {
    again = false;
    for (const smaller of shrink(best)) {
      if (budget.isSpent) break;
      budget.spend(BUILD_STEPS);
      const found = asked(() => failsAlike(smaller, best, { isLeast, isOfMachine, budget, wakers, inTurn }));
      if (found === undefined) continue;
      best = found;
      again = true;
      break;
    }
    if (again || isLeast || budget.isSpent) continue;
    // It was too large to be sure before, and is smaller now.
    const switches = contextSwitches(best.schedule);
    ({ best, isLeast } = fewestSwitches(best, budget));
    again = contextSwitches(best.schedule) < switches;
  }
  return fewerIterations(best, budget);
}

/** Leaves out accesses that only repeat the one before, as those of a loop that goes on waiting, where the violation stays. */
function fewerIterations(failure: Failure, budget: Budget): Failure {
  const run = createRun(failure.scenario, stepsMax(failure), failure);
  runOnce(run, new ReplayScheduler(failure.schedule));
  const { schedule, nodes, tree } = run.execution;
  const repeated = Array.from(failure.schedule.keys()).filter(
    (s) => s > 0 && schedule[s] === schedule[s - 1] && tree.code[nodes[s]] === tree.code[nodes[s - 1]],
  );
  let best = failure;
  for (const s of repeated.reverse()) {
    if (budget.isSpent) break;
    const shorter = best.schedule.toSpliced(s, 1);
    const { violation } = runOnce(run, new ReplayScheduler(shorter));
    budget.spend(run.execution.steps);
    if (violation?.property !== best.property) continue;
    const found = failureOf(run, best, best, violation.message);
    const isBetter = found.schedule.length < best.schedule.length;
    if (isBetter && contextSwitches(found.schedule) <= contextSwitches(best.schedule)) best = found;
  }
  return best;
}

/** Of a scenario with operations left out a property may ask in vain, as for a field of a result that is no longer there: then it is not a smaller one. */
function asked<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof BadInput) return undefined;
    throw error;
  }
}

/**
 * Looks for the same violation in a smaller scenario; where the fewest switches are known, with no more of them; and where it takes the memory model, or tearing, one
 * that takes it too: without the store that a load may miss, the load misses it on any machine.
 */
function failsAlike(
  smaller: OpenedScenario,
  larger: Failure,
  {
    isLeast,
    isOfMachine,
    budget,
    wakers,
    inTurn,
  }: {
    readonly isLeast: boolean;
    readonly isOfMachine: boolean;
    readonly budget: Budget;
    /** Where threads wait in vain: which operations may not be left out. */
    readonly wakers: Wakers | undefined;
    /** Of a user's own scenario: see `ordersThatHold`. */
    readonly inTurn: readonly Order[];
  },
): Failure | undefined {
  const { property, message, schedule } = larger;
  const run = createRun(smaller.scenario, stepsMax(larger), larger);
  // Without the operation that orders two others, these race; so it must be the same race. That is there in any order.
  const isRace = property === DATA_RACE;
  const isSame = (found: Violation | undefined): boolean =>
    found?.property === property && (!isRace || found.message === message);
  if (!isBuilt(smaller.source) && !isRace && !holdInTurn(run, inTurn)) return undefined;
  if (isOfMachine && failsPlainly(smaller, larger, budget)) return undefined;
  run.execution.until = budget.end;
  const most = contextSwitches(schedule);
  const fits = (violation: Violation | undefined): Failure | undefined => {
    budget.spend(run.execution.steps);
    if (violation === undefined || !isSame(violation) || run.execution.steps === 0) return undefined;
    if (wakers?.areKept(run, smaller.scenario) === false) return undefined;
    const found = failureOf(run, smaller, larger, violation.message);
    return isLeast && contextSwitches(found.schedule) > most ? undefined : found;
  };
  const along = fits(
    runOnce(run, new ReplayScheduler(renumbered(schedule, larger.scenario, smaller.scenario))).violation,
  );
  if (along !== undefined) return along;
  const bounded = withSwitches(smaller, larger, most, budget);
  if (bounded.failure !== undefined || bounded.isAll) {
    if (bounded.failure === undefined || !isSame(bounded.failure)) return undefined;
    return wakers === undefined
      ? bounded.failure
      : fits(runOnce(run, new ReplayScheduler(bounded.failure.schedule)).violation);
  }
  const pct = new Pct(1, 3, run.execution.node.length, schedule.length);
  for (let index = 0; index < DRAWS && !budget.isSpent; index++) {
    const found = fits(runOnce(run, pct, index).violation);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An order in which the actors come one after the other. */
type Order = readonly number[];

/** So many actors come in every order; more of them in as many orders as there are actors. */
const ACTORS_IN_EVERY_ORDER = 4;

/**
 * The orders in which a scenario holds where its actors come one after the other. A smaller one is to hold in all of these: what a user asks for may fail in any
 * order once an operation is left out (a count of what was done, a wait for what is no longer done), and then says nothing about interleavings.
 */
function ordersThatHold(run: CheckedExecution): Order[] {
  const threads = run.execution.program.actors.map((_, thread) => thread);
  const orders =
    threads.length <= ACTORS_IN_EVERY_ORDER
      ? permutations(threads)
      : threads.map((first) => [...threads.slice(first), ...threads.slice(0, first)]);
  return orders.filter((order) => holdInTurn(run, [order]));
}

/** Whether all holds in each of some orders; and in one at least, whatever they are. */
function holdInTurn(run: CheckedExecution, orders: readonly Order[]): boolean {
  return (
    orders.length > 0 &&
    orders.every((order) => {
      const inTurn: Scheduler = {
        begin: () => {},
        next: ({ enabled }) => order.find((thread) => enabled & (1 << thread)) ?? -1,
        chooseReadsFrom: () => 0,
      };
      const { stop, violation } = runOnce(run, inTurn);
      return stop.kind === 'finished' && violation === undefined;
    })
  );
}

function permutations(of: readonly number[]): number[][] {
  if (of.length <= 1) return [[...of]];
  return of.flatMap((first) => permutations(of.filter((other) => other !== first)).map((rest) => [first, ...rest]));
}

/** The schedule without the steps of an actor that is no longer there. */
function renumbered(
  schedule: readonly number[],
  { program: larger }: Scenario,
  { program: smaller }: Scenario,
): readonly number[] {
  if (larger.actors.length === smaller.actors.length) return schedule;
  const places = larger.actors.map(({ name }) => smaller.actors.findIndex((actor) => actor.name === name));
  return schedule.flatMap((choice) => {
    const [thread, actor] = [threadOf(choice), threadOf(choice) % larger.actors.length];
    if (places[actor] < 0) return [];
    const lane = thread < larger.actors.length ? places[actor] : smaller.actors.length + places[actor];
    return [encodeChoice(lane, readFromIndex(choice))];
  });
}

const isPlain = ({ memoryModel, tearing }: MemoryConfig): boolean => memoryModel === 'sc' && !tearing;

/** Whether a property is seen to fail on a plain machine, with as many context switches. */
function failsPlainly(sourced: OpenedScenario, like: Failure, budget: Budget): boolean {
  return (
    withSwitches(sourced, { ...like, ...plainMachine }, contextSwitches(like.schedule), budget).failure !== undefined
  );
}

/** With each bound from none on, every state that can be reached within it: the first that fails has the fewest switches. */
function fewestSwitches(failure: Failure, budget: Budget): { best: Failure; isLeast: boolean } {
  let best = mergeRuns(failure, budget);
  for (let switches = 0; switches < contextSwitches(best.schedule); switches++) {
    const { failure: found, isAll } = withSwitches(failure, failure, switches, budget);
    if (found !== undefined) best = found;
    if (found !== undefined || !isAll) return { best, isLeast: isAll };
  }
  return { best, isLeast: true };
}

/** A violation of `property` with so many context switches at most; `isAll`: whether there is none if none was found. */
function withSwitches(
  sourced: OpenedScenario,
  like: Failure,
  most: number,
  budget: Budget,
): { readonly failure: Failure | undefined; readonly isAll: boolean } {
  if (budget.isSpent) return { failure: undefined, isAll: false };
  const run = createRun(sourced.scenario, stepsMax(like), like);
  const { execution, checker } = run;
  const { violation, limit, steps } = depthFirstSearch(
    execution,
    checker,
    { ...noLimits, cuts: 1, seconds: budget.secondsLeft, bytes: budget.isOfSteps ? FEW_STATES_BYTES : STATES_BYTES },
    {
      states: new StateCache(execution, checker, true),
      bound: { kind: 'switches', max: most },
      property: like.property,
    },
  );
  budget.spend(steps);
  const failure = violation === undefined ? undefined : failureOf(run, sourced, like, violation.message);
  return { failure, isAll: limit === undefined };
}

/** Puts neighbouring runs of one thread together where the violation stays. */
export function mergeRuns(failure: Failure, budget: Budget): Failure {
  const run = createRun(failure.scenario, stepsMax(failure), failure);
  let best = failure;
  for (let i = 1; i < best.schedule.length && !budget.isSpent; i++) {
    const { schedule } = best;
    const thread = threadOf(schedule[i - 1]);
    if (threadOf(schedule[i]) === thread) continue;
    const later = schedule.findIndex((choice, at) => at >= i && threadOf(choice) === thread);
    if (later < 0) continue;
    let end = later;
    while (end < schedule.length && threadOf(schedule[end]) === thread) end++;
    const merged = [
      ...schedule.slice(0, i),
      ...schedule.slice(later, end),
      ...schedule.slice(i, later),
      ...schedule.slice(end),
    ];
    const { violation } = runOnce(run, new ReplayScheduler(merged));
    budget.spend(run.execution.steps);
    if (violation?.property !== best.property) continue;
    const found = failureOf(run, best, best, violation.message);
    if (contextSwitches(found.schedule) < contextSwitches(schedule)) best = found;
  }
  return best;
}

const failureOf = (
  run: CheckedExecution,
  { source, scenario }: OpenedScenario,
  like: Failure,
  message: string,
): Failure => ({
  ...like,
  source,
  scenario,
  message,
  schedule: scheduleOf(run),
});
