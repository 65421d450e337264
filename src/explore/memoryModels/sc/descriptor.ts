import type { MemoryModelDescriptor } from '../memoryModelDescriptor.ts';
import { ScMemory } from './scMemory.ts';

export const sc: MemoryModelDescriptor = {
  fences: 'none',
  hasBuffers: false,
  create: (execution) => new ScMemory(execution),

  machine: 'sequential consistency',
  isSequentiallyConsistent: true,
  hasViews: false,
  whyStronger: 'under sc, nothing is reordered',
};
