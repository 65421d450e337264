import { type Random, uniformInt } from '../explore/random.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import type { Scheduler, SchedulerView } from '../explore/schedulers/scheduler.ts';

/** Maximum number of steps that one mutation inserts. */
const INSERTED_MAX = 8;

/**
 * Applies one to three mutations to a schedule. A mutation truncates it, moves, removes or inserts
 * a run of steps of one thread, or splices another schedule onto it. Any list of threads is a
 * schedule for `ReplayThenFallback`, so the result needs no repair.
 *
 * @param parents one or more schedules. @param threads number of threads.
 */
export function mutateSchedule(parents: readonly (readonly number[])[], threads: number, random: Random): number[] {
  let schedule = parents[uniformInt(random, parents.length)].slice();
  for (let times = 1 + uniformInt(random, 3); times > 0; times--)
    schedule = mutateOnce(schedule, parents[uniformInt(random, parents.length)], threads, random);
  return schedule;
}

function mutateOnce(schedule: number[], other: readonly number[], threads: number, random: Random): number[] {
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
      const steps = new Array<number>(1 + uniformInt(random, INSERTED_MAX)).fill(uniformInt(random, threads));
      return schedule.toSpliced(at, 0, ...steps);
    }
    default:
      return [...schedule.slice(0, at), ...other.slice(uniformInt(random, other.length + 1))];
  }
}

/** Begin and end of the run of steps of one thread that contains step `at`. */
function runAt(schedule: readonly number[], at: number): [number, number] {
  let [from, to] = [at, at];
  while (from > 0 && threadOf(schedule[from - 1]) === threadOf(schedule[at] ?? -1)) from--;
  while (to < schedule.length && threadOf(schedule[to]) === threadOf(schedule[at])) to++;
  return [from, to];
}

/**
 * Replays a schedule, skipping steps of threads that are not enabled, and then follows a fallback
 * scheduler.
 */
export class ReplayThenFallback implements Scheduler {
  /** To be set before `begin`. */
  schedule: readonly number[] = [];
  private readonly fallback: Scheduler;
  private at = 0;
  /** The read-from index of the current step of `schedule`, or -1 for a step of the fallback. */
  private readFrom = -1;

  constructor(fallback: Scheduler) {
    this.fallback = fallback;
  }

  begin(index: number): void {
    this.at = 0;
    this.fallback.begin(index);
  }

  next(view: SchedulerView): number {
    while (this.at < this.schedule.length) {
      const choice = this.schedule[this.at++];
      this.readFrom = readFromIndex(choice);
      if (view.enabled & (1 << threadOf(choice))) return threadOf(choice);
    }
    this.readFrom = -1;
    return this.fallback.next(view);
  }

  chooseReadsFrom(count: number): number {
    return this.readFrom < 0 ? this.fallback.chooseReadsFrom(count) : Math.min(this.readFrom, count - 1);
  }
}
