import { expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';

/** Whether the search of states finds what running every interleaving finds. */
const foundBy = async (what: Scenario, reduction: 'states' | 'none') =>
  (await explore(what, { memoryModel: 'weak', reduction, minimise: 0, seconds: 60 })).outcome;

test('states are told apart by what the last store of a cell tells to those who read it again', async () => {
  // The last store to y1 is of a or of c, with the same value; the reader knows which without having acquired anything.
  const again = scenario({
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
          mem.store(x, 1);
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
          return mem.load(x);
        },
      ],
    },
    finally: { 'x is seen': ({ results }) => results.reader[0] !== 0 },
  });
  expect([await foundBy(again, 'none'), await foundBy(again, 'states')]).toEqual(['violated', 'violated']);
});

test('states are told apart by which stores are parts of one', async () => {
  const parts = scenario({
    name: 'parts',
    cells: { y: 'u32', y1: { type: 'u16', over: 'y' }, p: 'u32', q: 'u32', r: 'u32' },
    actors: {
      one: [
        (mem, { y1, q }) => {
          mem.store(y1, 1);
          mem.store(q, 1);
        },
      ],
      two: [
        (mem, { y1, r }) => {
          mem.store(y1, 2);
          mem.store(r, 1);
        },
      ],
      whole: [
        (mem, { y, p }) => {
          mem.store(y, 0x70001);
          mem.store(p, 1);
        },
      ],
      reader: [
        (mem, { y, y1, p, q, r }) => {
          if (mem.load(p) + mem.load(q) + mem.load(r) !== 3) return 'early';
          return [mem.load(y), mem.load(y1)].join();
        },
      ],
    },
    // The coherence order must be whole, two, one: no other has this.
    finally: { 'one is not last': ({ results }) => results.reader[0] !== `${0x70002},1` },
  });
  expect([await foundBy(parts, 'none'), await foundBy(parts, 'states')]).toEqual(['violated', 'violated']);
});
