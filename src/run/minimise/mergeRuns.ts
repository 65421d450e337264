import { contextSwitches, threadOf } from '../../explore/schedule.ts';
import type { Failure } from '../failure.ts';
import { createAttempt, trySchedule } from './attempt.ts';
import type { Budget } from './budget.ts';

/** Moves runs of steps of one thread next to each other while the violation stays. */
export function mergeRuns(failure: Failure, budget: Budget): Failure {
  const run = createAttempt(failure, failure);
  let best = failure;
  for (let i = 1; i < best.schedule.length && !budget.isSpent; i++) {
    const merged = mergedAt(best.schedule, i);
    const found = merged && trySchedule(run, best, merged, budget);
    if (found !== undefined && contextSwitches(found.schedule) < contextSwitches(best.schedule)) best = found;
  }
  return best;
}

/**
 * Where step `i` switches to another thread: the schedule with the next run of the thread before it
 * moved there.
 */
function mergedAt(schedule: readonly number[], i: number): number[] | undefined {
  const thread = threadOf(schedule[i - 1]);
  if (threadOf(schedule[i]) === thread) return undefined;
  const later = schedule.findIndex((choice, at) => at >= i && threadOf(choice) === thread);
  if (later < 0) return undefined;
  let end = later;
  while (end < schedule.length && threadOf(schedule[end]) === thread) end++;
  return [...schedule.slice(0, i), ...schedule.slice(later, end), ...schedule.slice(i, later), ...schedule.slice(end)];
}
