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
  assumption: 'if no plain access reads a value that comes from itself (docs/memory-models.md, lkmm)',
  searchGraphs,
  hasViews: true,
  axioms: {
    memory: lkmmMemoryType,
    isLinear: true,
    order: lkmmOrder,
    isConsistent,
  },
};
