import { WeakExecution } from '../memoryModels/weakExecution.ts';
import type { Program } from '../program.ts';
import { twoHaveFences } from './fences.ts';
import { ExecutionGraph } from './graph.ts';
import { topologicalOrder, tsoOrder, weakOrder } from './partialOrder.ts';
import type { ConsistencyModel } from './trust.ts';

/** The consistency model for the graphs of a program. */
export function consistencyModelOf(model: 'tso' | 'weak', program: Program, stepsMax: number): ConsistencyModel {
  const rules = model === 'weak' ? 'fences later' : 'coherence';
  const graph = new ExecutionGraph(new WeakExecution(program, stepsMax, [], rules));
  if (model === 'tso')
    return { graph, order: tsoOrder, isConsistent: (run) => topologicalOrder(tsoOrder(run)) !== undefined };
  // Without fences of two threads, the order in which events were added is a topological order.
  return {
    graph,
    order: weakOrder,
    isConsistent: (run) => !twoHaveFences(run) || topologicalOrder(weakOrder(run)) !== undefined,
  };
}
