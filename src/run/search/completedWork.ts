import { wallClock } from '../../explore/limits.ts';
import type { WorkBatch } from '../../explore/parallel/batchedSearch.ts';
import type { SearchWorker } from '../../explore/parallel/searchWorker.ts';
import type { WorkResult } from '../../explore/parallel/workItem.ts';
import type { CheckedExecution } from '../createRun.ts';

/** The result of one item of a batch. */
export interface CompletedWork {
  /** Index of the item in the batch. */
  readonly index: number;
  readonly result: WorkResult;
  /** The `sometimes` that have come true so far. */
  readonly reached: readonly string[];
}

/** Words of `control`, which all threads of a batch share: the number of items claimed so far. */
const CLAIMED = 0;
/** The lowest index of an item that found a violation, plus 1. 0: none. */
const FOUND = 1;

/** Creates the `control` of a batch. */
export const createWorkCounter = (): SharedArrayBuffer => new SharedArrayBuffer(8);

/** Lets no thread begin another item. */
export function cancelWork(control: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(control), CLAIMED, 1 << 30);
}

/**
 * Claims items of a batch and runs them, until no item or no time is left. Skips items after one
 * that found a violation.
 */
export function runClaimedWork(
  { checker }: CheckedExecution,
  worker: SearchWorker,
  { items, limits, deadline }: WorkBatch,
  control: SharedArrayBuffer,
): CompletedWork[] {
  const words = new Int32Array(control);
  const completed: CompletedWork[] = [];
  for (let i = Atomics.add(words, CLAIMED, 1); i < items.length; i = Atomics.add(words, CLAIMED, 1)) {
    // Samples run from the first on, because the first violation counts. In a search of classes,
    // the last items are the largest: they are begun first.
    const index = items[0].kind === 'optimalDpor' ? items.length - 1 - i : i;
    const found = Atomics.load(words, FOUND);
    const seconds = (deadline - wallClock()) / 1000;
    if (seconds <= 0) break;
    if (found !== 0 && found <= index) continue;
    const result = worker.run(items[index], { ...limits, seconds });
    completed.push({ index, result, reached: checker.reached });
    if (result.violation !== undefined) lowerFound(words, index + 1);
  }
  return completed;
}

/** Sets FOUND to the lower of its value and `found`. */
function lowerFound(words: Int32Array, found: number): void {
  for (let now = Atomics.load(words, FOUND); now === 0 || now > found; now = Atomics.load(words, FOUND))
    if (Atomics.compareExchange(words, FOUND, now, found) === now) return;
}

/**
 * Sorts the results of a batch by item. Cuts them off behind the first violation, and before the
 * first item that was not run because the time was over.
 */
export function completedInOrder(completed: CompletedWork[]): CompletedWork[] {
  completed.sort((a, b) => a.index - b.index);
  const found = completed.findIndex(({ result }) => result.violation !== undefined);
  const missing = completed.findIndex(({ index }, i) => index !== i);
  const ends = [found < 0 ? Infinity : found + 1, missing < 0 ? Infinity : missing];
  return completed.slice(0, Math.min(...ends));
}
