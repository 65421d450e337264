import type { MemoryModelDescriptor } from '../memoryModelDescriptor.ts';
import { rc11Graph } from './graphMemory.ts';
import { Rc11Memory } from './rc11Memory.ts';
import { rc11Order } from './rc11Order.ts';

export const rc11: MemoryModelDescriptor = {
  fences: 'all',
  hasBuffers: false,
  create: (execution) => new Rc11Memory(execution),

  machine: 'the memory model rc11',
  isSequentiallyConsistent: false,
  hasViews: true,
  axioms: {
    memory: rc11Graph,
    isLinear: true,
    order: rc11Order,
    isConsistent: (graph) => graph.memory.transitions.scOrder.cycles === 0,
  },
};
