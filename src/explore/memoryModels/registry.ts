import { Execution, type MemoryModelType } from '../execution/execution.ts';
import type { Program } from '../program.ts';
import { ScMemory } from './sc/scMemory.ts';
import { TsoMemory } from './tso/tsoMemory.ts';
import { WeakMemory } from './weak/weakMemory.ts';

/** What memory the threads share: see `docs/memory-models.md`. */
export const memoryModels = ['sc', 'tso', 'weak'] as const;
export type MemoryModelName = (typeof memoryModels)[number];

const types: Readonly<Record<MemoryModelName, MemoryModelType>> = {
  sc: { fences: 'none', hasBuffers: false, create: (execution) => new ScMemory(execution) },
  tso: { fences: 'mb', hasBuffers: true, create: (execution) => new TsoMemory(execution) },
  weak: { fences: 'all', hasBuffers: false, create: (execution) => new WeakMemory(execution) },
};

/** An execution under a memory model. See the constructor of `Execution`. */
export function createExecution(
  model: MemoryModelName,
  program: Program,
  stepsMax: number,
  alike: readonly (readonly number[])[] = [],
): Execution {
  return new Execution(program, stepsMax, types[model], alike);
}
