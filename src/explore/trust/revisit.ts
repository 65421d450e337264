/** A step of a graph as plain data: by location of its place, the steps that it reads from, and whose stores its own come right after; -1 is the initial value. */
export interface GraphEvent {
  readonly thread: number;
  readonly from: readonly number[];
  readonly after: readonly number[];
  /** When it was added, as the search counts; a read that was made to read from a later store keeps its time, what it stores has the time of that. */
  readonly read: number;
  readonly write: number;
}

/** A read that is no step yet: of a thread's next step, when it was added, and what it reads from. */
export interface PendingRmwRead {
  readonly thread: number;
  readonly from: readonly number[];
  readonly read: number;
}

/** A part of the search, as plain data: all graphs that go on from these moves. */
export interface Revisit {
  readonly moves: readonly GraphEvent[];
  /** Read-modify-writes that are there in half, to be completed. */
  readonly halves: readonly PendingRmwRead[];
  /** Those who wait for a lock: they have read the step that took it. */
  readonly waits: readonly PendingRmwRead[];
  /** A store that is to be added next, and the read that is to read from it then. */
  readonly revisit?: PendingRmwRead & { readonly reader: { readonly thread: number; readonly read: number } };
}
