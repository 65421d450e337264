import { grownCopy } from '../../memory/grownCopy.ts';

/** A step at a point of the search, and what is to be tried, or was, after it. */
export interface WakeupNode {
  readonly thread: number;
  /** Its footprint: see `Execution.footprints`. */
  code: number;
  /** Whether the search has been there. */
  tried: boolean;
  /** In the order in which they are tried. */
  children: WakeupNode[];
  /** Where all of it stands in few bytes (see `Packing`), when everything below was tried: then `children` is empty until somebody has to look. */
  packed: Int32Array | undefined;
  start: number;
}

/** A step that is still to be tried, with nothing after it. */
export const wakeup = (thread: number, code: number): WakeupNode => ({
  thread,
  code,
  tried: false,
  children: [],
  packed: undefined,
  start: 0,
});

/** A sequence of steps: the thread and the footprint of each. */
export interface Sequence {
  readonly threads: number[];
  readonly codes: number[];
}

/** A thread whose next step was tried before, and the footprint of that step. */
export interface Sleeper {
  readonly thread: number;
  readonly code: number;
}

export type Conflict = (a: number, b: number) => boolean;

/**
 * Whether a thread can come first in `sequence` without changing its class: its first step there conflicts with none before it; or it has none there, and its next
 * step conflicts with none at all.
 */
export function weakInitial({ thread, code }: Sleeper, { threads, codes }: Sequence, conflict: Conflict): boolean {
  for (let i = 0; i < threads.length; i++) {
    if (threads[i] === thread) return true;
    if (conflict(code, codes[i])) return false;
  }
  return true;
}

/**
 * Adds `sequence` to the ordered tree below `children`, from number `from` on, unless what is there leads to all that it leads to (Abdulla, Aronis,
 * Jonsson, Sagonas: "Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction", JACM 2017). Takes `sequence` apart.
 *
 * @returns false where it leads to a step of `closed`, below which nothing can be added now; nothing has been added then.
 */
export function insert(
  children: WakeupNode[],
  from: number,
  sequence: Sequence,
  conflict: Conflict,
  closed?: ReadonlySet<WakeupNode>,
): boolean {
  const { threads, codes } = sequence;
  let level = children;
  let first = from;
  for (;;) {
    let child: WakeupNode | undefined;
    for (let i = first; i < level.length && child === undefined; i++)
      if (weakInitial(level[i], sequence, conflict)) child = level[i];
    if (child === undefined) break;
    const at = threads.indexOf(child.thread);
    if (at >= 0) {
      threads.splice(at, 1);
      codes.splice(at, 1);
    }
    if (closed?.has(child)) return false;
    unpack(child);
    // The end of an execution, or of what is to be tried: all that follows is, or will be.
    if (child.children.length === 0) return true;
    level = child.children;
    first = 0;
  }
  for (let i = 0; i < threads.length; i++) {
    const child = wakeup(threads[i], codes[i]);
    level.push(child);
    level = child.children;
  }
  return true;
}

/** Words of a packed step: its thread, with TRIED, and OPEN where something below it is still to be tried; its footprint; the words of it and all below. */
const WORDS = 3;
const TRIED = 32;
const OPEN = 64;

/** Steps that stand side by side in a packed form; each stays packed as long as there is nothing in it that is to be tried. */
export function unpackSiblings(words: Int32Array, from = 0, to = words.length): WakeupNode[] {
  const steps: WakeupNode[] = [];
  for (let at = from; at < to; at += words[at + 2]) {
    const head = words[at];
    const tried = (head & TRIED) !== 0;
    const node: WakeupNode = {
      thread: head & 31,
      code: words[at + 1],
      tried,
      children: NONE,
      packed: words,
      start: at,
    };
    if (words[at + 2] === WORDS) forget(node);
    else if (!tried || (head & OPEN) !== 0) unpack(node);
    steps.push(node);
  }
  return steps;
}

function unpack(node: WakeupNode): void {
  const { packed: words, start } = node;
  if (words === undefined) return;
  node.children = unpackSiblings(words, start + WORDS, start + words[start + 2]);
  node.packed = undefined;
}

const NONE: WakeupNode[] = [];

/** Keeps what stands below in few bytes. */
export function compressTree(node: WakeupNode): void {
  if (node.children.length === 0) return;
  node.packed = packed(node);
  node.start = 0;
  node.children = [];
}

/** Keeps nothing of what stands below. */
export function forget(node: WakeupNode): void {
  node.children = [];
  node.packed = undefined;
}

/** A step and all below it as plain numbers, parents first. */
function packed(root: WakeupNode): Int32Array {
  const packing = new TreeEncoder();
  packing.add(root);
  return packing.words();
}

/** HOT. Writes steps down as plain numbers: each with `begin`, then what comes after it, then `end`. */
export class TreeEncoder {
  private written = new Int32Array(1 << 10);
  private at = 0;
  /** How many steps were written that are still to be tried. */
  private untried = 0;
  /** Where the steps begin that have not ended, and how many were still to be tried there. */
  private readonly open: number[] = [];

  begin(thread: number, code: number, tried: boolean): void {
    this.room(WORDS);
    this.open.push(this.at, this.untried);
    this.written[this.at] = thread | (tried ? TRIED : 0);
    if (!tried) this.untried++;
    this.written[this.at + 1] = code;
    this.at += WORDS;
  }

  end(): void {
    const untried = this.open.pop()!;
    const start = this.open.pop()!;
    this.written[start + 2] = this.at - start;
    if (this.untried > untried) this.written[start] |= OPEN;
  }

  /** A step with all below it. */
  add(root: WakeupNode): void {
    const stack: { readonly node: WakeupNode; next: number }[] = [];
    const enter = (node: WakeupNode): void => {
      if (node.packed !== undefined) {
        const { packed: words, start } = node;
        const length = words[start + 2];
        this.room(length);
        this.written.set(words.subarray(start, start + length), this.at);
        this.at += length;
      } else {
        this.begin(node.thread, node.code, node.tried);
        stack.push({ node, next: 0 });
      }
    };
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.node.children[top.next++];
      if (child !== undefined) enter(child);
      else {
        this.end();
        stack.pop();
      }
    }
  }

  /** What was written, when all steps have ended; and begins anew. */
  words(): Int32Array<ArrayBuffer> {
    const words = this.written.slice(0, this.at);
    this.at = 0;
    this.untried = 0;
    this.open.length = 0;
    return words;
  }

  private room(needed: number): void {
    if (this.at + needed <= this.written.length) return;
    this.written = grownCopy(this.written, Math.max(this.written.length * 2, this.at + needed));
  }
}
