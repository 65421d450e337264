import { Execution } from '../execution/execution.ts';
import type { Program } from '../program.ts';
import { TsoExecution } from './tsoExecution.ts';
import { WeakExecution } from './weakExecution.ts';

/** What memory the threads share: see `docs/memory-models.md`. */
export const memoryModels = ['sc', 'tso', 'weak'] as const;
export type MemoryModelName = (typeof memoryModels)[number];

/** An execution under a memory model. */
export function createExecution(
  model: MemoryModelName,
  program: Program,
  stepsMax: number,
  alike: readonly (readonly number[])[] = [],
): Execution {
  if (model === 'tso') return new TsoExecution(program, stepsMax, alike);
  return model === 'weak' ? new WeakExecution(program, stepsMax, alike) : new Execution(program, stepsMax, alike);
}
