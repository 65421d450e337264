/** What a scheduler may see of an execution. All sets of threads are bit masks: thread t is bit 1 << t. */
export interface SchedulerView {
  /** Steps taken so far. */
  readonly steps: number;
  /** The threads that can take the next step; never 0. */
  readonly enabled: number;
  /** The thread that took the last step; -1 at the start. */
  readonly last: number;
  /** By thread: the access code that it will take next; -1 at its end. */
  readonly pending: Int32Array;
  /** In how many ways a thread can take its next step. */
  choiceCount(thread: number): number;
}

/** Returned by `next` instead of a thread: nothing below this point needs to be run. */
export const PRUNE = -1;

/** Makes the choices. The only plug of the explorer. */
export interface Scheduler {
  /** Before execution number `index`. What follows depends on the seed and the index alone, so that any worker may run any execution. */
  begin(index: number): void;
  /** The thread that takes the next step, one of `view.enabled`, or `PRUNE`. Asked before every step. */
  next(view: SchedulerView): number;
  /** Of `count` ways in which that step can be taken, two or more, one; 0 reads from the newest store. Asked right after `next`. */
  chooseReadsFrom(count: number): number;
}

/** The lowest thread of a set. */
export const lowestSetBit = (threads: number): number => 31 - Math.clz32(threads & -threads);

/** How many threads a set has. */
export function popcount(threads: number): number {
  let n = 0;
  for (let rest = threads; rest !== 0; rest &= rest - 1) n++;
  return n;
}
