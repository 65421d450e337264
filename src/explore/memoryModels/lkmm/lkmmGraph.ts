import type { Dependencies } from './dependencies.ts';
import type { ReadGraph } from './graphEvents.ts';
import type { GraphRelations } from './graphRelations.ts';

/** A graph under `lkmm`. */
export interface LkmmGraph extends ReadGraph {
  /** By step: the store that it has read. It is a promise until that is kept. */
  readonly read: number[];
  /** By step: the promise that it has read; 0: none. */
  readonly promised: readonly number[];
  /** By step: the store that it made; `NO_STORE`: none. */
  readonly written: readonly number[];
  /** The first so many steps are known to be consistent. */
  consistentSteps: number;
  /** Whether a graph was inconsistent because of its dependencies. */
  needsDependencies: boolean;
  /** Those of the last graph that was loaded. */
  readonly relations: GraphRelations;
  /** The dependencies in the graph. */
  dependencies(x: GraphRelations): Dependencies;
  /** Whether step `write` depends on step `read` of its thread, which no fence keeps before it. */
  isDependent(read: number, write: number): boolean;
  /** The location of an access that is no fence. */
  locationOf(code: number): number;
}
