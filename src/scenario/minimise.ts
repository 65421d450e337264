import { searchInterleavings } from '../explore/interleavings.ts';
import { Deadline, noLimits } from '../explore/limits.ts';
import { contextSwitches } from '../explore/schedule.ts';
import type { Scheduler } from '../explore/scheduler.ts';
import { Guided } from '../explore/schedulers/guided.ts';
import { Pct } from '../explore/schedulers/pct.ts';
import { States } from '../explore/states.ts';
import { type Run, runOf, runOnce, scheduleOf } from './run.ts';
import type { Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { isVm, type Sourced } from './source.ts';

/** A schedule under which a scenario violates a property. */
export interface Failure extends Sourced {
  readonly property: string;
  readonly message: string;
  readonly schedule: readonly number[];
}

const STEPS_MAX = 100_000;
/** States that the search for fewer switches may visit per bound: about a second. */
const STATES_BYTES = 1 << 26;

/**
 * The same violation in fewer operations, then under fewer context switches; in at most `seconds`. What comes back has been seen to fail.
 */
export function minimise(failure: Failure, seconds: number): Failure {
  const deadline = new Deadline(seconds);
  let smallest = failure;
  for (let again = true; again && deadline.seconds < seconds / 2; ) {
    again = false;
    for (const smaller of shrink(smallest)) {
      if (deadline.seconds > seconds / 2) break;
      const found = failsAlike(smaller, smallest);
      if (found === undefined) continue;
      smallest = found;
      again = true;
      break;
    }
  }
  return fewestSwitches(smallest, deadline, seconds);
}

/** Looks for the same violation in another, smaller scenario: along the known schedule first, then with a few short draws. */
function failsAlike(smaller: Sourced, { property, schedule, scenario: larger }: Failure): Failure | undefined {
  const { scenario } = smaller;
  const run = runOf(scenario, STEPS_MAX);
  if (!isVm(smaller.source) && !holdsInTurn(run)) return undefined;
  const along = runOnce(run, new Guided(renumbered(schedule, larger, scenario))).violation;
  if (along?.property === property && run.execution.steps > 0) return failureOf(run, smaller, property, along.message);
  const pct = new Pct(1, 3, scenario.program.actors.length, schedule.length);
  for (let index = 0; index < 150; index++) {
    const { violation } = runOnce(run, pct, index);
    if (violation?.property === property) return failureOf(run, smaller, property, violation.message);
  }
  return undefined;
}

/**
 * Whether all holds when the actors come one after the other, in some order. What a user asks for may fail in any order once an operation is left out
 * (a count of what was done, a wait for what is no longer done), and then says nothing about interleavings.
 */
function holdsInTurn(run: Run): boolean {
  const threads = run.execution.program.actors.map((_, thread) => thread);
  return threads.some((first) => {
    const order = [...threads.slice(first), ...threads.slice(0, first)];
    const inTurn: Scheduler = {
      begin: () => {},
      next: ({ enabled }) => order.find((thread) => enabled & (1 << thread)) ?? -1,
    };
    const { stop, violation } = runOnce(run, inTurn);
    return stop.kind === 'finished' && violation === undefined;
  });
}

/** The schedule without the steps of an actor that is no longer there. */
function renumbered(
  schedule: readonly number[],
  { program: larger }: Scenario,
  { program: smaller }: Scenario,
): readonly number[] {
  if (larger.actors.length === smaller.actors.length) return schedule;
  const places = larger.actors.map(({ name }) => smaller.actors.findIndex((actor) => actor.name === name));
  return schedule.map((thread) => places[thread]).filter((thread) => thread >= 0);
}

/** With each bound from none on, every state that can be reached within it: the first that fails has the fewest switches. */
function fewestSwitches(failure: Failure, deadline: Deadline, seconds: number): Failure {
  let best = failure;
  const { property } = failure;
  for (let switches = 0; switches < contextSwitches(best.schedule); switches++) {
    const left = seconds - deadline.seconds;
    if (left <= 0) break;
    const run = runOf(failure.scenario, STEPS_MAX);
    const { violation } = searchInterleavings(
      run.execution,
      run.checker,
      { ...noLimits, seconds: left, bytes: STATES_BYTES },
      { states: new States(run.execution, run.checker, true), bound: { of: 'switches', most: switches }, property },
    );
    if (violation !== undefined) best = failureOf(run, failure, property, violation.message);
    else best = mergeRuns(best);
  }
  return best;
}

/** Puts neighbouring runs of one thread together where the violation stays. */
function mergeRuns(failure: Failure): Failure {
  const run = runOf(failure.scenario, STEPS_MAX);
  let best = failure;
  for (let i = 1; i < best.schedule.length; i++) {
    const { schedule } = best;
    if (schedule[i] === schedule[i - 1]) continue;
    const later = schedule.indexOf(schedule[i - 1], i);
    if (later < 0) continue;
    let end = later;
    while (end < schedule.length && schedule[end] === schedule[later]) end++;
    const merged = [
      ...schedule.slice(0, i),
      ...schedule.slice(later, end),
      ...schedule.slice(i, later),
      ...schedule.slice(end),
    ];
    const { violation } = runOnce(run, new Guided(merged));
    if (violation?.property !== best.property) continue;
    const found = failureOf(run, best, best.property, violation.message);
    if (contextSwitches(found.schedule) < contextSwitches(schedule)) best = found;
  }
  return best;
}

const failureOf = (run: Run, { source, scenario }: Sourced, property: string, message: string): Failure => ({
  source,
  scenario,
  property,
  message,
  schedule: scheduleOf(run),
});
