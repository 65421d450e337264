/** A step at a point of the search, and what is to be tried, or was, after it. */
export interface Wakeup {
  readonly thread: number;
  /** Its footprint: see `Execution.footprints`. */
  code: number;
  /** Whether the search has been there. */
  tried: boolean;
  /** In the order in which they are tried. */
  children: Wakeup[];
  /** All of it in few bytes (see `packed`), when everything below was tried: then `children` is empty until somebody has to look. */
  packed?: Int32Array | undefined;
}

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
 */
export function insert(children: Wakeup[], from: number, sequence: Sequence, conflict: Conflict): void {
  const { threads, codes } = sequence;
  let level = children;
  let first = from;
  for (;;) {
    let child: Wakeup | undefined;
    for (let i = first; i < level.length && child === undefined; i++)
      if (weakInitial(level[i], sequence, conflict)) child = level[i];
    if (child === undefined) break;
    const at = threads.indexOf(child.thread);
    if (at >= 0) {
      threads.splice(at, 1);
      codes.splice(at, 1);
    }
    unpack(child);
    // The end of an execution, or of what is to be tried: all that follows is, or will be.
    if (child.children.length === 0) return;
    level = child.children;
    first = 0;
  }
  for (let i = 0; i < threads.length; i++) {
    const child: Wakeup = { thread: threads[i], code: codes[i], tried: false, children: [] };
    level.push(child);
    level = child.children;
  }
}

/** Words of a packed step: its thread, and 32 where it was tried; its footprint; the words of it and all below. */
const WORDS = 3;

/** The next steps of a packed one; those stay packed in turn, as long as there is nothing in them that is to be tried. */
export function childrenOf(words: Int32Array): Wakeup[] {
  const children: Wakeup[] = [];
  for (let at = WORDS; at < words.length; at += words[at + 2])
    children.push(received(words.subarray(at, at + words[at + 2])));
  return children;
}

function unpack(node: Wakeup): void {
  if (node.packed === undefined) return;
  node.children = childrenOf(node.packed);
  node.packed = undefined;
}

function received(words: Int32Array): Wakeup {
  const node: Wakeup = { thread: words[0] & 31, code: words[1], tried: (words[0] & 32) !== 0, children: [] };
  if (words.length === WORDS) return node;
  node.packed = words;
  for (let at = 0; at < words.length; at += WORDS) {
    if ((words[at] & 32) !== 0) continue;
    unpack(node);
    break;
  }
  return node;
}

/** Keeps what stands below in few bytes. */
export function pack(node: Wakeup): void {
  if (node.children.length === 0) return;
  node.packed = packed(node);
  node.children = [];
}

/** Keeps nothing of what stands below. */
export function forget(node: Wakeup): void {
  node.children = [];
  node.packed = undefined;
}

/** A step and all below it as plain numbers, parents first. */
export function packed(root: Wakeup): Int32Array {
  let words = new Int32Array(1 << 10);
  let at = 0;
  const room = (needed: number): void => {
    if (at + needed <= words.length) return;
    const wider = new Int32Array(Math.max(words.length * 2, at + needed));
    wider.set(words);
    words = wider;
  };
  const stack: { readonly node: Wakeup; readonly start: number; next: number }[] = [];
  const begin = (node: Wakeup): void => {
    if (node.packed !== undefined) {
      room(node.packed.length);
      words.set(node.packed, at);
      at += node.packed.length;
      return;
    }
    room(WORDS);
    stack.push({ node, start: at, next: 0 });
    words[at++] = node.thread | (node.tried ? 32 : 0);
    words[at++] = node.code;
    words[at++] = WORDS;
  };
  begin(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next < top.node.children.length) begin(top.node.children[top.next++]);
    else {
      words[top.start + 2] = at - top.start;
      stack.pop();
    }
  }
  return words.slice(0, at);
}
