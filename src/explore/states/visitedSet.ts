/** The nodes that a search has visited: it goes on from each of them once. */
export interface VisitedSet {
  readonly size: number;
  /** Bytes in use. */
  readonly bytes: number;
  /** Whether two different nodes may have been taken for one. The search must then start anew. */
  readonly mustRestart: boolean;
  clear(): void;
  /**
   * Adds the current node of the execution. Returns false if the search need not go on from it.
   *
   * @param spent what the path has cost of the search's bound; 0 if there is none.
   */
  add(spent: number): boolean;
}
