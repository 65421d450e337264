import { wallClock } from '../../explore/limits.ts';
import type { WorkBatch } from '../../explore/work/batchedSearch.ts';
import type { SearchWorker } from '../../explore/work/searchWorker.ts';
import type { WorkResult } from '../../explore/work/workItem.ts';
import type { CheckedExecution } from '../createRun.ts';

/** What was done of part `index` of a round, and the `sometimes` that have come true by then. */
export interface CompletedWork {
  readonly index: number;
  readonly done: WorkResult;
  readonly reached: readonly string[];
}

/** Slots of `control`, two words that all who share a round have: the part that is to be done next; the lowest that found a violation, + 1, or 0. */
const NEXT = 0;
const FOUND = 1;

export const createWorkCounter = (): SharedArrayBuffer => new SharedArrayBuffer(8);

/** Nobody begins another part. */
export function cancelWork(control: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(control), NEXT, 1 << 30);
}

/** Does whatever parts of a round it gets to before the others do, for as long as there is time, and none that come after a violation. */
export function runClaimedWork(
  { checker }: CheckedExecution,
  doer: SearchWorker,
  { items, limits, deadline }: WorkBatch,
  control: SharedArrayBuffer,
): CompletedWork[] {
  const slots = new Int32Array(control);
  const shares: CompletedWork[] = [];
  for (let i = Atomics.add(slots, NEXT, 1); i < items.length; i = Atomics.add(slots, NEXT, 1)) {
    // Draws from the first on, as the first that finds something counts. In a search of classes the last are the largest: they go first.
    const index = items[0].kind === 'optimalDpor' ? items.length - 1 - i : i;
    const found = Atomics.load(slots, FOUND);
    const seconds = (deadline - wallClock()) / 1000;
    if (seconds <= 0) break;
    if (found !== 0 && found <= index) continue;
    const done = doer.run(items[index], { ...limits, seconds });
    shares.push({ index, done, reached: checker.reached });
    if (done.violation !== undefined) lower(slots, index + 1);
  }
  return shares;
}

/** Makes FOUND the lower of what it is and `found`. */
function lower(slots: Int32Array, found: number): void {
  for (let now = Atomics.load(slots, FOUND); now === 0 || now > found; now = Atomics.load(slots, FOUND))
    if (Atomics.compareExchange(slots, FOUND, now, found) === now) return;
}

/** The shares in the order of their parts, up to the first that found a violation, or that is missing because the time was over. */
export function inOrder(shares: CompletedWork[]): CompletedWork[] {
  shares.sort((a, b) => a.index - b.index);
  const found = shares.findIndex(({ done }) => done.violation !== undefined);
  const missing = shares.findIndex(({ index }, i) => index !== i);
  const ends = [found < 0 ? Infinity : found + 1, missing < 0 ? Infinity : missing];
  return shares.slice(0, Math.min(...ends));
}
