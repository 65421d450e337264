import type { GraphAxioms } from '../memoryModels/memoryModelDescriptor.ts';
import type { ExecutionGraph } from './graph.ts';

/** The memory model behind the graphs. */
export interface ConsistencyModel extends Pick<GraphAxioms, 'isLinear' | 'order' | 'isConsistent'> {
  /** It may be built on the execution that is checked. */
  readonly graph: ExecutionGraph;
  /** Another graph, on an execution of its own. Needed where `graph` is built like that. */
  createGraph?(): ExecutionGraph;
  /**
   * Calls `visit` for each complete graph that the current one stands for. Left out: it is that
   * graph.
   */
  complete?(visit: () => void): void;
}
