import { searchInterleavings } from '../explore/interleavings.ts';
import { Deadline, noLimits } from '../explore/limits.ts';
import { contextSwitches } from '../explore/schedule.ts';
import { Guided } from '../explore/schedulers/guided.ts';
import { Pct } from '../explore/schedulers/pct.ts';
import { States } from '../explore/states.ts';
import { buildVm } from './build.ts';
import { type Run, runOf, runOnce, scheduleOf } from './run.ts';
import { shrinkVm } from './shrink.ts';
import type { VmSpec } from './spec.ts';

/** A schedule under which a scenario violates a property. */
export interface Failure {
  readonly spec: VmSpec;
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
    for (const spec of shrinkVm(smallest.spec)) {
      if (deadline.seconds > seconds / 2) break;
      const found = failsAlike(spec, smallest);
      if (found === undefined) continue;
      smallest = found;
      again = true;
      break;
    }
  }
  return fewestSwitches(smallest, deadline, seconds);
}

/** Looks for the same violation in another, smaller scenario: along the known schedule first, then with a few short draws. */
function failsAlike(spec: VmSpec, { property, schedule, spec: larger }: Failure): Failure | undefined {
  const run = runOf(buildVm(spec), STEPS_MAX);
  const along = runOnce(run, new Guided(renumbered(schedule, larger, spec))).violation;
  if (along?.property === property) return failureOf(run, spec, property, along.message);
  const pct = new Pct(1, 3, spec.actors.length, schedule.length);
  for (let index = 0; index < 150; index++) {
    const { violation } = runOnce(run, pct, index);
    if (violation?.property === property) return failureOf(run, spec, property, violation.message);
  }
  return undefined;
}

/** The schedule without the steps of an actor that is no longer there. */
function renumbered(schedule: readonly number[], larger: VmSpec, smaller: VmSpec): readonly number[] {
  if (larger.actors.length === smaller.actors.length) return schedule;
  const places = larger.actors.map(({ name }) => smaller.actors.findIndex((actor) => actor.name === name));
  return schedule.map((thread) => places[thread]).filter((thread) => thread >= 0);
}

/** With each bound from none on, every state that can be reached within it: the first that fails has the fewest switches. */
function fewestSwitches(failure: Failure, deadline: Deadline, seconds: number): Failure {
  let best = failure;
  const { spec, property } = failure;
  for (let switches = 0; switches < contextSwitches(best.schedule); switches++) {
    const left = seconds - deadline.seconds;
    if (left <= 0) break;
    const run = runOf(buildVm(spec), STEPS_MAX);
    const { violation } = searchInterleavings(
      run.execution,
      run.checker,
      { ...noLimits, seconds: left, bytes: STATES_BYTES },
      { states: new States(run.execution, run.checker, true), bound: { of: 'switches', most: switches }, property },
    );
    if (violation !== undefined) best = failureOf(run, spec, property, violation.message);
    else best = mergeRuns(best);
  }
  return best;
}

/** Puts neighbouring runs of one thread together where the violation stays. */
function mergeRuns(failure: Failure): Failure {
  const run = runOf(buildVm(failure.spec), STEPS_MAX);
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
    const found = failureOf(run, best.spec, best.property, violation.message);
    if (contextSwitches(found.schedule) < contextSwitches(schedule)) best = found;
  }
  return best;
}

const failureOf = (run: Run, spec: VmSpec, property: string, message: string): Failure => ({
  spec,
  property,
  message,
  schedule: scheduleOf(run),
});
