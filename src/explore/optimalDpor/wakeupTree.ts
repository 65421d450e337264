import { grownCopy } from '../../memory/grownCopy.ts';
import { isChoice, kindOf } from '../../memory/kinds.ts';

/** A node of a wakeup tree: one step, and the steps to explore after it. */
export interface WakeupNode {
  readonly thread: number;
  /** The footprint of the step: see `Execution.footprints`; of a `choose` see
   * `choiceCode.ts`. */
  code: number;
  /** Whether the search has taken this step. */
  explored: boolean;
  /** Ordered: the search explores them from left to right. */
  children: WakeupNode[];
  /**
   * If set, the subtree is encoded at `start` of these words (see `TreeEncoder`), and `children` is
   * empty.
   */
  encoded: Int32Array | undefined;
  start: number;
}

/** A leaf that is not explored yet. */
export const wakeupNode = (thread: number, code: number): WakeupNode => ({
  thread,
  code,
  explored: false,
  children: [],
  encoded: undefined,
  start: 0,
});

/** A sequence of steps: the thread and the footprint of each. */
export interface Sequence {
  readonly threads: number[];
  readonly codes: number[];
}

/** A member of a sleep set: a thread, and the footprint of its next step. */
export interface SleepingStep {
  readonly thread: number;
  readonly code: number;
}

/** Whether two footprints conflict. */
export type Conflict = (a: number, b: number) => boolean;

/**
 * Whether a thread is a weak initial of `sequence` (WI of the paper). Either its first step there
 * conflicts with no step before it, or it has none there and its next step conflicts with none.
 */
export function weakInitial({ thread, code }: SleepingStep, { threads, codes }: Sequence, conflict: Conflict): boolean {
  for (let i = 0; i < threads.length; i++) {
    // A `choose` with another result is another step, and each of them excludes the other.
    if (threads[i] === thread) return !isChoice(kindOf(code)) || codes[i] === code;
    if (conflict(code, codes[i])) return false;
  }
  return true;
}

/**
 * Inserts a wakeup sequence into an ordered tree, unless the tree covers it already. This is insert
 * of Abdulla, Aronis, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial
 * Order Reduction", JACM 2017. Consumes `sequence`.
 *
 * @param children the roots of the tree; those before number `from` are not considered.
 * @param closed nodes whose subtrees are not known here.
 * @returns false if the sequence leads into a closed node; nothing is inserted then.
 */
export function insertSequence(
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
    decodeChildren(child);
    // A leaf is explored with everything after it, so it covers the rest of the sequence.
    if (child.children.length === 0) return true;
    level = child.children;
    first = 0;
  }
  for (let i = 0; i < threads.length; i++) {
    const child = wakeupNode(threads[i], codes[i]);
    level.push(child);
    level = child.children;
  }
  return true;
}

/*
 * The encoded form of a node is three words, then its children. The first word has the thread and
 * the flags below, the second the footprint, the third the length of the whole encoding in words.
 */
const WORDS = 3;
const EXPLORED = 32;
/** Some node of the subtree is not explored. */
const OPEN = 64;

/** Decodes sibling nodes. Subtrees that are explored completely stay encoded. */
export function decodeSiblings(words: Int32Array, from = 0, to = words.length): WakeupNode[] {
  const nodes: WakeupNode[] = [];
  for (let at = from; at < to; at += words[at + 2]) {
    const head = words[at];
    const explored = (head & EXPLORED) !== 0;
    const node: WakeupNode = {
      thread: head & 31,
      code: words[at + 1],
      explored,
      children: NONE,
      encoded: words,
      start: at,
    };
    if (words[at + 2] === WORDS) dropSubtree(node);
    else if (!explored || (head & OPEN) !== 0) decodeChildren(node);
    nodes.push(node);
  }
  return nodes;
}

function decodeChildren(node: WakeupNode): void {
  const { encoded: words, start } = node;
  if (words === undefined) return;
  node.children = decodeSiblings(words, start + WORDS, start + words[start + 2]);
  node.encoded = undefined;
}

const NONE: WakeupNode[] = [];

/** Replaces the children of a node by their encoded form, which takes less memory. */
export function encodeSubtree(node: WakeupNode): void {
  if (node.children.length === 0) return;
  const encoder = new TreeEncoder();
  encoder.add(node);
  node.encoded = encoder.words();
  node.start = 0;
  node.children = [];
}

export function dropSubtree(node: WakeupNode): void {
  node.children = [];
  node.encoded = undefined;
}

/** HOT. Encodes nodes in preorder: `begin` for a node, then its children, then `end`. */
export class TreeEncoder {
  private written = new Int32Array(1 << 10);
  private at = 0;
  /** How many unexplored nodes have been written. */
  private unexplored = 0;
  /** For each node that has begun and not ended: where it starts, and `unexplored` at its start. */
  private readonly open: number[] = [];

  begin(thread: number, code: number, explored: boolean): void {
    this.reserve(WORDS);
    this.open.push(this.at, this.unexplored);
    this.written[this.at] = thread | (explored ? EXPLORED : 0);
    if (!explored) this.unexplored++;
    this.written[this.at + 1] = code;
    this.at += WORDS;
  }

  end(): void {
    const unexplored = this.open.pop()!;
    const start = this.open.pop()!;
    this.written[start + 2] = this.at - start;
    if (this.unexplored > unexplored) this.written[start] |= OPEN;
  }

  /** Encodes a node with its subtree. */
  add(root: WakeupNode): void {
    const stack: { readonly node: WakeupNode; next: number }[] = [];
    const enter = (node: WakeupNode): void => {
      if (node.encoded !== undefined) {
        const { encoded: words, start } = node;
        const length = words[start + 2];
        this.reserve(length);
        this.written.set(words.subarray(start, start + length), this.at);
        this.at += length;
      } else {
        this.begin(node.thread, node.code, node.explored);
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

  /** Returns what was written, and starts anew. All nodes must have ended. */
  words(): Int32Array<ArrayBuffer> {
    const words = this.written.slice(0, this.at);
    this.at = 0;
    this.unexplored = 0;
    this.open.length = 0;
    return words;
  }

  private reserve(words: number): void {
    if (this.at + words <= this.written.length) return;
    this.written = grownCopy(this.written, Math.max(this.written.length * 2, this.at + words));
  }
}
