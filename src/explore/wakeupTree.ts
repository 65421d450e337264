/** A step at a point of the search, and what is to be tried, or was, after it. */
export interface Wakeup {
  readonly thread: number;
  /** Its footprint: see `Execution.footprints`. */
  code: number;
  /** Whether the search has been there. */
  tried: boolean;
  /** In the order in which they are tried. */
  children: Wakeup[];
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

/** A tree as plain numbers, to be sent to another thread: two for each step, parents first. */
export function encode(root: Wakeup): Int32Array {
  const words: number[] = [];
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    words.push(node.thread | (node.tried ? 32 : 0) | (node.children.length << 6), node.code);
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]);
  }
  return Int32Array.from(words);
}

export function decode(words: Int32Array): Wakeup {
  const root: Wakeup[] = [];
  const open: { readonly children: Wakeup[]; left: number }[] = [{ children: root, left: 1 }];
  for (let at = 0; at < words.length; at += 2) {
    while (open[open.length - 1].left === 0) open.pop();
    const { children } = open[open.length - 1];
    open[open.length - 1].left--;
    const node: Wakeup = { thread: words[at] & 31, code: words[at + 1], tried: (words[at] & 32) !== 0, children: [] };
    children.push(node);
    open.push({ children: node.children, left: words[at] >>> 6 });
  }
  return root[0];
}
