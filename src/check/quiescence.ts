import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { SetupMemory } from '../memory/setupMemory.ts';
import type { StateView } from './property.ts';

/**
 * Runs `work` on a copy of memory as it is when all threads have ended, and returns how to read what it left; or, where `work` throws,
 * what it threw.
 */
export function atQuiescence(
  layout: Layout,
  work: (mem: Memory) => void,
): (look: StateView) => ((cell: Cell) => number) | Error {
  let buffer: SharedArrayBuffer | undefined;
  return (look) => {
    buffer ??= new SharedArrayBuffer(layout.size);
    const mem = new SetupMemory(buffer);
    mem.u32.set(look.words);
    try {
      work(mem);
    } catch (error) {
      return error as Error;
    }
    return (cell) => mem.load(cell);
  };
}
