import type { MemoryModelDescriptor } from '../memoryModelDescriptor.ts';
import { isConsistent } from './consistency.ts';
import { LkmmMemory } from './lkmmMemory.ts';
import { lkmmOrder } from './lkmmOrder.ts';
import { lkmmMemoryType, searchGraphs } from './searchGraphs.ts';

export const lkmm: MemoryModelDescriptor = {
  fences: 'all',
  hasBuffers: false,
  create: (execution) => new LkmmMemory(execution),

  machine: 'the memory model of the Linux kernel',
  isSequentiallyConsistent: false,
  searchGraphs,
  hasViews: true,
  axioms: {
    memory: lkmmMemoryType,
    isLinear: true,
    order: lkmmOrder,
    isConsistent,
  },
};
