import { Classes } from '../explore/classes.ts';
import { Doer } from '../explore/doer.ts';
import { Deadline, type Limits } from '../explore/limits.ts';
import type { Done, Part } from '../explore/parts.ts';
import { packed } from '../explore/wakeupTree.ts';
import { type Run, runOf } from './run.ts';
import { drawing, type Search } from './search.ts';
import { openSource, type Source } from './source.ts';

/** A worker's share of a round: whatever parts it gets to first. */
export interface RoundTask {
  readonly source: Source;
  readonly search: Search;
  readonly parts: readonly Part[];
  readonly limits: Limits;
  /** See the slots below. */
  readonly control: SharedArrayBuffer;
}

/** What was done of part `index`; the tree is sent packed. */
export interface Share {
  readonly index: number;
  readonly done: Omit<Done, 'tree'>;
  readonly tree: Int32Array | undefined;
  readonly reached: readonly string[];
}

/** Slots of `control`: the part that is to be done next; the lowest one that found a violation, + 1, or 0. */
export const NEXT = 0;
export const FOUND = 1;

interface Ready {
  readonly key: string;
  readonly run: Run;
  readonly doer: Doer;
}

/** What this worker is set up for: all rounds of a search, and all searches alike, go on with it. */
let ready: Ready | undefined;

export default async function runParts({ source, search, parts, limits, control }: RoundTask): Promise<Share[]> {
  const slots = new Int32Array(control);
  const deadline = new Deadline(limits.seconds);
  const { run, doer } = await readyFor(source, search);
  const shares: Share[] = [];
  for (let index = Atomics.add(slots, NEXT, 1); index < parts.length; index = Atomics.add(slots, NEXT, 1)) {
    const found = Atomics.load(slots, FOUND);
    if (found !== 0 && found <= index) break;
    const seconds = limits.seconds - deadline.seconds;
    if (seconds <= 0) break;
    const { tree, ...done } = doer.do(parts[index], { ...limits, seconds });
    shares.push({ index, done, tree: rootOf(tree), reached: run.checker.reached });
    if (done.violation !== undefined) lower(slots, index + 1);
  }
  return shares;
}

/** The tree of a part: one branch, or what the first part began with, as children of nothing. */
function rootOf(tree: Done['tree']): Int32Array | undefined {
  return tree.length === 0 ? undefined : packed({ thread: 31, code: 0, tried: true, children: [...tree] });
}

async function readyFor(source: Source, search: Search): Promise<Ready> {
  const key = JSON.stringify([source, search]);
  if (ready?.key === key) return ready;
  const run = runOf(await openSource(source), search.stepsMax);
  const { scheduler, preemptions } = search;
  const options =
    scheduler === 'exhaustive' ? { preemptions } : { scheduler: drawing(run.execution, scheduler, search) };
  ready = { key, run, doer: new Doer(run.execution, run.checker, new Classes(run.execution), options) };
  return ready;
}

/** Makes FOUND the lower of what it is and `found`. */
function lower(slots: Int32Array, found: number): void {
  for (let now = Atomics.load(slots, FOUND); now === 0 || now > found; now = Atomics.load(slots, FOUND))
    if (Atomics.compareExchange(slots, FOUND, now, found) === now) return;
}
