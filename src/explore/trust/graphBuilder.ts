import { placeOf } from '../../memory/kinds.ts';
import type { ExecutionGraph } from './graph.ts';
import type { AnyGraphExecution } from './graphMemory.ts';
import { latestStamp, type PartialGraph, type PendingRead } from './partialGraph.ts';

/** The graph that the search is at, with the reads that are not events yet; and the work list. */
export class GraphBuilder {
  readonly graph: ExecutionGraph;
  readonly execution: AnyGraphExecution;
  rmwReads: readonly PendingRead[] = [];
  lockWaits: readonly PendingRead[] = [];
  /** Branches that are still to be explored, the next one last. */
  readonly workList: PartialGraph[] = [];

  constructor(graph: ExecutionGraph) {
    this.graph = graph;
    this.execution = graph.execution;
  }

  load({ events, rmwReads, lockWaits }: PartialGraph): void {
    this.rmwReads = rmwReads;
    this.lockWaits = lockWaits;
    this.graph.load(events);
  }

  /** A stamp later than those of the graph and of its pending reads, and than `stamp`. */
  nextStamp(stamp: number): number {
    return this.graph.nextStamp(latestStamp(this.lockWaits, latestStamp(this.rmwReads, stamp)));
  }

  /** The locations that the next access of `thread` is to. */
  locationsOf(thread: number): readonly number[] {
    const { memory, pending } = this.execution;
    return memory.locations.of[placeOf(pending[thread])];
  }
}
