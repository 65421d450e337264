import type { Cell, Cell64, Lock } from '../memory/cell.ts';
import { NativeMemory } from '../memory/nativeMemory.ts';
import type { StateView } from './property.ts';

/** A view of shared memory after real threads have finished with it. */
export function memoryStateView(memory: SharedArrayBuffer, results: StateView['results']): StateView {
  const mem = new NativeMemory(memory, 0);
  return {
    read: (cell: Cell) => mem.load(cell),
    read64: (cell: Cell64) => mem.load64(cell),
    holder: (lock: Lock) => mem.holder(lock),
    words: mem.u32,
    results,
  };
}
