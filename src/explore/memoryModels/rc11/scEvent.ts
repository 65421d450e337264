import type { MessageView } from './threadView.ts';

/** A seq_cst access, taken or considered. Lists are by location, in the order of `locations`. */
export interface ScAccess {
  readonly thread: number;
  /** Its number among the steps of its thread, from 1. */
  readonly nth: number;
  readonly locations: readonly number[];
  /** The stores that it reads; empty: it reads nothing. */
  readonly reads: readonly number[];
  /** The stores that its own come right after; empty: it stores nothing. */
  readonly after: readonly number[];
  /** Its own stores; empty if it stores nothing, or is considered. */
  readonly made: readonly number[];
  /** What happens before it: in program order; and with what it reads. */
  readonly before: MessageView;
  readonly view: MessageView;
}

/** A seq_cst event: a fence, or an access. */
export interface ScEvent {
  /** By thread: how many of its seq_cst events come before this one in psc, transitively. */
  readonly before: number[];
  /** The access; undefined for a fence. */
  readonly access?: ScAccess;
  /** Of a fence: what its thread must not overlook after it, and what happens before it. */
  readonly view: MessageView;
  /**
   * Of a fence, by location: the coherence-first store that was read, and the first that was made,
   * after it in happens-before; -1: none.
   */
  readonly reads: number[];
  readonly writes: number[];
}
