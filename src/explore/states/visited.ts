/** Where a search has been, so that it goes on from there once. */
export interface Visited {
  readonly size: number;
  /** Bytes in use. */
  readonly bytes: number;
  /** Whether it has turned out that what was taken for one may be two: then the search begins anew. */
  readonly areTooFew: boolean;
  clear(): void;
  /** Adds where the execution is. Returns false when it has been there. */
  add(spent: number): boolean;
}
