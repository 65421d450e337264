import { topologicalOrder } from '../../trust/partialOrder.ts';
import type { MemoryModelDescriptor } from '../memoryModelDescriptor.ts';
import { coherenceGraph } from '../rc11/graphMemory.ts';
import { TsoMemory } from './tsoMemory.ts';
import { tsoOrder } from './tsoOrder.ts';

export const tso: MemoryModelDescriptor = {
  fences: 'mb',
  hasBuffers: true,
  create: (execution) => new TsoMemory(execution),

  machine: 'the memory model tso',
  isSequentiallyConsistent: false,
  hasViews: false,
  axioms: {
    memory: coherenceGraph,
    isLinear: false,
    order: tsoOrder,
    isConsistent: (graph) => topologicalOrder(tsoOrder(graph)) !== undefined,
  },
  whyStronger: 'under tso, only loads overtake stores, and none an atomic update',
};
