import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { SetupMemory } from '../memory/setupMemory.ts';
import type { StateView } from './property.ts';

/**
 * Runs `work` on a copy of memory at quiescence, when all threads have ended. Returns a function
 * that reads cells of the result, or the error that `work` threw.
 */
export function atQuiescence(
  layout: Layout,
  work: (mem: Memory) => void,
): (view: StateView) => ((cell: Cell) => number) | Error {
  let buffer: SharedArrayBuffer | undefined;
  return (view) => {
    buffer ??= new SharedArrayBuffer(layout.size);
    const mem = new SetupMemory(buffer);
    mem.u32.set(view.words);
    try {
      work(mem);
    } catch (error) {
      return error as Error;
    }
    return (cell) => mem.load(cell);
  };
}
