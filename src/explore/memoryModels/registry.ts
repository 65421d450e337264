import { Execution } from '../execution/execution.ts';
import type { Program } from '../program.ts';
import type { MemoryModelDescriptor } from './memoryModelDescriptor.ts';
import { sc } from './sc/descriptor.ts';
import { tso } from './tso/descriptor.ts';
import { weak } from './weak/descriptor.ts';

/** The list of memory models: see `docs/memory-models.md`. */
const list = { sc, tso, weak };

export type MemoryModelName = keyof typeof list;
export const memoryModels: Readonly<Record<MemoryModelName, MemoryModelDescriptor>> = list;
export const memoryModelNames = Object.keys(list) as readonly MemoryModelName[];

/** The memory model where none is named. */
export const DEFAULT_MEMORY_MODEL: MemoryModelName = 'sc';

/** An execution under a memory model. See the constructor of `Execution`. */
export function createExecution(
  model: MemoryModelName,
  program: Program,
  stepsMax: number,
  alike: readonly (readonly number[])[] = [],
): Execution {
  return new Execution(program, stepsMax, memoryModels[model], alike);
}
