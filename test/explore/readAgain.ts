import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { scenario } from '../../src/scenario/define.ts';

/**
 * The last store to y1 is by a or by c, with the same value. `reader` loads it and then accesses x,
 * which a has accessed before its store.
 */
export const readAgain = (
  before: (mem: Memory, x: Cell) => void,
  after: (mem: Memory, x: Cell) => unknown,
  isRight: (result: unknown) => boolean = () => true,
) =>
  scenario({
    name: 'read again',
    cells: { x: 'u32', y: 'u32', y1: { type: 'u16', over: 'y' }, z: 'u32', done: 'u32' },
    actors: {
      c: [
        (mem, { y1, done }) => {
          mem.store(y1, 1);
          mem.storeRelease(done, 1);
        },
      ],
      a: [
        (mem, { x, y }) => {
          before(mem, x);
          mem.storeRelease(y, 0x70001);
        },
      ],
      between: [
        (mem, { y, z, done }) => {
          if (mem.load(y) === 0x70001 && mem.loadAcquire(done) === 1) mem.storeRelease(z, 1);
        },
      ],
      reader: [
        (mem, { x, y1, z }) => {
          if (mem.loadAcquire(z) === 0) return -1;
          mem.loadAcquire(y1);
          return after(mem, x);
        },
      ],
    },
    finally: { 'the reader is right': ({ results }) => isRight(results.reader[0]) },
  });
