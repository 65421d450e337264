/** What a scheduler sees of an execution. Sets of threads are bit masks: thread t is bit 1 << t. */
export interface SchedulerView {
  /** Steps taken so far. */
  readonly steps: number;
  /** The threads that can take the next step; never 0. */
  readonly enabled: number;
  /** The thread that took the last step; -1 at the start. */
  readonly last: number;
  /** By thread: the access code of its next step; -1 if the thread has finished. */
  readonly pending: Int32Array;
  /** The number of reads-from choices of a thread's next step, from 1. */
  choiceCount(thread: number): number;
}

/** Returned by `next` instead of a thread: ends the execution here. */
export const PRUNE = -1;

/** Chooses the steps of executions. */
export interface Scheduler {
  /**
   * Starts execution number `index`. All later choices depend on the seed and on `index` alone, so
   * that any worker can run any execution.
   */
  begin(index: number): void;
  /**
   * Called before each step. Returns the thread that takes it, one of `view.enabled`, or `PRUNE`.
   */
  next(view: SchedulerView): number;
  /**
   * Called after `next` if the step has two or more reads-from choices. Returns one of them, from 0
   * to `count` - 1; choice 0 reads from the newest store.
   */
  chooseReadsFrom(count: number): number;
}

/** The lowest thread of a set. */
export const lowestSetBit = (threads: number): number => 31 - Math.clz32(threads & -threads);

/** The number of threads in a set. */
export function popcount(threads: number): number {
  let n = 0;
  for (let rest = threads; rest !== 0; rest &= rest - 1) n++;
  return n;
}
