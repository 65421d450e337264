import { partsOf, WholeWordMemory } from '../../../memory/wholeWords.ts';
import { wrapMemory } from '../../wrapMemory.ts';
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
  assumption:
    'if no plain access reads a value that comes from itself, and no wake-up is lost (docs/memory-models.md, lkmm)',
  translate(program) {
    const parts = partsOf(program.layout);
    return wrapMemory(program, (mem) => new WholeWordMemory(mem, parts));
  },
  searchGraphs,
  hasViews: true,
  axioms: {
    memory: lkmmMemoryType,
    isLinear: true,
    order: lkmmOrder,
    isConsistent,
  },
};
