/** A step that is still to be taken, and what comes after it. */
export interface Wakeup {
  readonly thread: number;
  /** Its footprint: see `Execution.footprints`. */
  readonly code: number;
  readonly children: Wakeup[];
}

/** A sequence of steps: the thread and the footprint of each. */
export interface Sequence {
  readonly threads: number[];
  readonly codes: number[];
}

type Conflict = (a: number, b: number) => boolean;

/**
 * Whether `thread`, whose next step has the footprint `code`, can come first in `sequence` without changing its class: its first step there conflicts with none before
 * it; or it has none there, and conflicts with none at all.
 */
export function weakInitial(thread: number, code: number, { threads, codes }: Sequence, conflict: Conflict): boolean {
  for (let i = 0; i < threads.length; i++) {
    if (threads[i] === thread) return true;
    if (conflict(code, codes[i])) return false;
  }
  return true;
}

/**
 * Adds `sequence` to the ordered tree below `children`, unless what is there leads to all that it leads to (Abdulla, Aronis, Jonsson, Sagonas: "Source
 * Sets: A Foundation for Optimal Dynamic Partial Order Reduction", JACM 2017). Takes `sequence` apart.
 */
export function insert(children: Wakeup[], sequence: Sequence, conflict: Conflict): void {
  const { threads, codes } = sequence;
  let level = children;
  for (;;) {
    const child = level.find(({ thread, code }) => weakInitial(thread, code, sequence, conflict));
    if (child === undefined) break;
    const at = threads.indexOf(child.thread);
    if (at >= 0) {
      threads.splice(at, 1);
      codes.splice(at, 1);
    }
    if (child.children.length === 0) return;
    level = child.children;
  }
  for (let i = 0; i < threads.length; i++) {
    const child: Wakeup = { thread: threads[i], code: codes[i], children: [] };
    level.push(child);
    level = child.children;
  }
}
