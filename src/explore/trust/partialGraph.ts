/**
 * One event of an execution graph, as plain data. Events are numbered in the order in which the
 * graph lists them; -1 stands for the initial value of a location, a lower number for a promise.
 */
export interface GraphEvent {
  readonly thread: number;
  /** Reads-from, by location of the accessed place: the event that is read; empty for a store. */
  readonly readsFrom: readonly number[];
  /** Coherence order, by location: the event whose store comes right before; empty for a load. */
  readonly coherenceAfter: readonly number[];
  /** What a `choose` returns; of other events 0. */
  readonly chosen: number;
  /**
   * Stamps: when the read half and the write half were added to the graph. The write half of an RMW
   * gets a new stamp when a backward revisit changes what its read half reads. The read half keeps
   * its own.
   */
  readonly readStamp: number;
  readonly writeStamp: number;
}

/** The number of no store. */
export const NO_STORE = -1;

/**
 * Whether a number is no event and no store, but a value that a read is promised. Some store must
 * have it in the complete graph: see `memoryModels/lkmm/promises.ts`.
 */
export const isPromise = (number: number): boolean => number < NO_STORE;

/** A read that is not an event yet: a thread's next access has read, but has not been added. */
export interface PendingRead {
  readonly thread: number;
  /** As in `GraphEvent`. */
  readonly readsFrom: readonly number[];
  readonly readStamp: number;
}

/** The latest of `stamp` and those of these reads. */
export function latestStamp(reads: readonly PendingRead[], stamp: number): number {
  let latest = stamp;
  for (let i = 0; i < reads.length; i++) latest = Math.max(latest, reads[i].readStamp);
  return latest;
}

/** A store to add next, and the read that a backward revisit makes read from it. */
export interface BackwardRevisit extends PendingRead {
  readonly reader: { readonly thread: number; readonly readStamp: number };
}

/** A partial execution graph as plain data. It stands for all complete graphs that extend it. */
export interface PartialGraph {
  readonly events: readonly GraphEvent[];
  /** RMWs of which only the read half is in the graph. They are completed first. */
  readonly rmwReads: readonly PendingRead[];
  /** Threads that wait for a lock; each has read the event that took the lock. */
  readonly lockWaits: readonly PendingRead[];
  readonly backwardRevisit?: BackwardRevisit;
}

/** The root of the search: all complete graphs of a program. */
export const EMPTY_GRAPH: PartialGraph = { events: [], rmwReads: [], lockWaits: [] };
