import { Execution } from '../execution/execution.ts';
import { coherenceGraph, weakGraph } from '../memoryModels/weak/graphMemory.ts';
import type { Program } from '../program.ts';
import { twoHaveFences } from './fences.ts';
import { ExecutionGraph } from './graph.ts';
import { topologicalOrder, tsoOrder, weakOrder } from './partialOrder.ts';
import type { ConsistencyModel } from './trust.ts';

/** By memory model: the memory of its graphs, and its axioms. */
const models = {
  tso: {
    memory: coherenceGraph,
    order: tsoOrder,
    isConsistent: (run) => topologicalOrder(tsoOrder(run)) !== undefined,
  },
  weak: {
    memory: weakGraph,
    order: weakOrder,
    // Without fences of two threads, the order in which events were added is a topological order.
    isConsistent: (run) => !twoHaveFences(run) || topologicalOrder(weakOrder(run)) !== undefined,
  },
} satisfies Record<string, Omit<ConsistencyModel, 'graph'> & { readonly memory: typeof weakGraph }>;

/** The consistency model for the graphs of a program. */
export function consistencyModelOf(model: keyof typeof models, program: Program, stepsMax: number): ConsistencyModel {
  const { memory, ...rest } = models[model];
  return { graph: new ExecutionGraph(new Execution(program, stepsMax, memory)), ...rest };
}
