import { topologicalOrder } from '../../trust/partialOrder.ts';
import type { MemoryModelDescriptor } from '../memoryModelDescriptor.ts';
import { twoHaveFences } from './fences.ts';
import { weakGraph } from './graphMemory.ts';
import { WeakMemory } from './weakMemory.ts';
import { weakOrder } from './weakOrder.ts';

export const weak: MemoryModelDescriptor = {
  fences: 'all',
  hasBuffers: false,
  create: (execution) => new WeakMemory(execution),

  machine: 'the memory model weak',
  isSequentiallyConsistent: false,
  hasViews: true,
  axioms: {
    memory: weakGraph,
    order: weakOrder,
    // Without fences of two threads, the order in which events were added is a topological order.
    isConsistent: (graph) => !twoHaveFences(graph) || topologicalOrder(weakOrder(graph)) !== undefined,
  },
};
