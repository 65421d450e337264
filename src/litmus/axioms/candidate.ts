/**
 * What an access or a fence is. Reads: `plain`, `once`, `acquire`, `noreturn` (of an atomic without
 * a result), `lock` (that of spin_lock), `locked` and `unlocked` (of spin_is_locked and
 * spin_trylock). Writes: `plain`, `once`, `release`, `lock`, `unlock`. Fences, and what RCU and
 * SRCU do, have the name of their function in the kernel.
 */
export type EventLabel = string;

/** An event of a candidate execution. */
export interface CandidateEvent {
  readonly kind: 'read' | 'write' | 'fence';
  readonly label: EventLabel;
  /** The accessed address, that of a lock, or that of an SRCU structure; null: none. */
  readonly at: number | null;
  /** What is read or written; 0 for fences. */
  readonly value: number;
  /** Syntactic dependencies on reads of the same thread, by their numbers in the thread. */
  readonly address: ReadonlySet<number>;
  readonly data: ReadonlySet<number>;
  readonly control: ReadonlySet<number>;
  /** For a write of an atomic or of spin_lock: the number of its read in the thread. */
  readonly readOf?: number;
}

/** One way through a thread, with the values that its reads return. */
export interface ThreadRun {
  readonly events: readonly CandidateEvent[];
  /** The final values of the locals. */
  readonly locals: readonly number[];
  /** Why the behaviour is undefined; null: it is not. */
  readonly undefinedBehaviour: string | null;
}

/**
 * A candidate execution: a run of each thread, where each read reads from, and the coherence order.
 * A memory model says whether it is consistent.
 */
export interface Candidate {
  readonly events: readonly (CandidateEvent & { readonly thread: number; readonly inThread: number })[];
  /**
   * By event: the number of the write that it reads from. -1: the initial value, or no read.
   * `NOT_CONNECTED`: not chosen yet.
   */
  readonly readsFrom: readonly number[];
  /** By address: the writes in coherence order. */
  readonly coherence: ReadonlyMap<number, readonly number[]>;
}

export const NOT_CONNECTED = -2;

/** Coherence and reads-from at one address: by read, the write that it reads from, or -1. */
export interface Connection {
  readonly order: readonly number[];
  readonly sources: ReadonlyMap<number, number>;
}
