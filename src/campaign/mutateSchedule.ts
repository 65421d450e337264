import { type Random, uniformInt } from '../explore/random.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import type { Scheduler, SchedulerView } from '../explore/schedulers/scheduler.ts';

/** Steps of another thread that are put in between, at most. */
const STEPS_MAX = 8;

/**
 * A schedule made of others: cut off, with runs of a thread moved or left out, steps of another thread put in, the end of one after the beginning of another. Any list of
 * threads is a schedule (see `Following`), so that nothing has to fit.
 *
 * @param parents one or more. @param threads how many there are.
 */
export function mutateSchedule(parents: readonly (readonly number[])[], threads: number, random: Random): number[] {
  let schedule = parents[uniformInt(random, parents.length)].slice();
  for (let times = 1 + uniformInt(random, 3); times > 0; times--)
    schedule = alterOnce(schedule, parents[uniformInt(random, parents.length)], threads, random);
  return schedule;
}

function alterOnce(schedule: number[], other: readonly number[], threads: number, random: Random): number[] {
  const at = uniformInt(random, schedule.length + 1);
  switch (uniformInt(random, 6)) {
    case 0:
    case 1:
      return schedule.slice(0, at);
    case 2: {
      const [from, to] = runAt(schedule, at);
      const run = schedule.slice(from, to);
      const rest = schedule.toSpliced(from, to - from);
      return rest.toSpliced(uniformInt(random, rest.length + 1), 0, ...run);
    }
    case 3: {
      const [from, to] = runAt(schedule, at);
      return schedule.toSpliced(from, to - from);
    }
    case 4: {
      const steps = new Array<number>(1 + uniformInt(random, STEPS_MAX)).fill(uniformInt(random, threads));
      return schedule.toSpliced(at, 0, ...steps);
    }
    default:
      return [...schedule.slice(0, at), ...other.slice(uniformInt(random, other.length + 1))];
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
export class ReplayThenFallback implements Scheduler {
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

  next(view: SchedulerView): number {
    while (this.at < this.schedule.length) {
      const choice = this.schedule[this.at++];
      this.wanted = readFromIndex(choice);
      if (view.enabled & (1 << threadOf(choice))) return threadOf(choice);
    }
    this.wanted = -1;
    return this.rest.next(view);
  }

  chooseReadsFrom(count: number): number {
    return this.wanted < 0 ? this.rest.chooseReadsFrom(count) : Math.min(this.wanted, count - 1);
  }
}
