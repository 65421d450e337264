/* In this folder: campaigns: scenarios and schedules drawn and varied in numbered batches, on threads or by a queue, with a journal that loses nothing when
   a process is killed. */

import { below, type Random } from '../explore/random.ts';
import { threadOf, wayOf } from '../explore/schedule.ts';
import type { Scheduler, View } from '../explore/scheduler.ts';

/** Steps of another thread that are put in between, at most. */
const STEPS_MAX = 8;

/**
 * A schedule made of others: cut off, with runs of a thread moved or left out, steps of another thread put in, the end of one after the beginning of another. Any list of
 * threads is a schedule (see `Following`), so that nothing has to fit.
 *
 * @param parents one or more. @param threads how many there are.
 */
export function alter(parents: readonly (readonly number[])[], threads: number, random: Random): number[] {
  let schedule = parents[below(random, parents.length)].slice();
  for (let times = 1 + below(random, 3); times > 0; times--)
    schedule = alterOnce(schedule, parents[below(random, parents.length)], threads, random);
  return schedule;
}

function alterOnce(schedule: number[], other: readonly number[], threads: number, random: Random): number[] {
  const at = below(random, schedule.length + 1);
  switch (below(random, 6)) {
    case 0:
    case 1:
      return schedule.slice(0, at);
    case 2: {
      const [from, to] = runAt(schedule, at);
      const run = schedule.slice(from, to);
      const rest = schedule.toSpliced(from, to - from);
      return rest.toSpliced(below(random, rest.length + 1), 0, ...run);
    }
    case 3: {
      const [from, to] = runAt(schedule, at);
      return schedule.toSpliced(from, to - from);
    }
    case 4: {
      const steps = new Array<number>(1 + below(random, STEPS_MAX)).fill(below(random, threads));
      return schedule.toSpliced(at, 0, ...steps);
    }
    default:
      return [...schedule.slice(0, at), ...other.slice(below(random, other.length + 1))];
  }
}

/** Where the run of one thread begins and ends that step `at` is in. */
function runAt(schedule: readonly number[], at: number): [number, number] {
  let [from, to] = [at, at];
  while (from > 0 && threadOf(schedule[from - 1]) === threadOf(schedule[at] ?? -1)) from--;
  while (to < schedule.length && threadOf(schedule[to]) === threadOf(schedule[at])) to++;
  return [from, to];
}

/** Follows a schedule as far as it goes, passing over what cannot be, and then leaves it to another scheduler. */
export class Following implements Scheduler {
  /** To be set before `begin`. */
  schedule: readonly number[] = [];
  private readonly rest: Scheduler;
  private at = 0;
  private wanted = -1;

  constructor(rest: Scheduler) {
    this.rest = rest;
  }

  begin(index: number): void {
    this.at = 0;
    this.rest.begin(index);
  }

  next(view: View): number {
    while (this.at < this.schedule.length) {
      const choice = this.schedule[this.at++];
      this.wanted = wayOf(choice);
      if (view.enabled & (1 << threadOf(choice))) return threadOf(choice);
    }
    this.wanted = -1;
    return this.rest.next(view);
  }

  way(count: number): number {
    return this.wanted < 0 ? this.rest.way(count) : Math.min(this.wanted, count - 1);
  }
}
