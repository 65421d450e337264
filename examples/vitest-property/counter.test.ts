import { explore, scenario } from 'gfnring';
import 'gfnring/vitest';
import { expect, test } from 'vitest';

/** Two threads count, with a lock. The types of cells and locks follow from their names. */
const counter = scenario({
  name: 'counter',
  cells: { count: 'u32' },
  locks: ['lock'],
  actors: {
    a: [
      (mem, { count, lock }) => {
        mem.lock(lock);
        const before = mem.load(count);
        mem.store(count, before + 1);
        mem.unlock(lock);
        return before;
      },
    ],
    b: [(mem, { count }) => mem.load(count)],
  },
  sometimes: { 'b comes after a': ({ results }) => results.b[0] === 1 },
  finally: {
    'a counts': ({ read, cells, results }) => read(cells.count) === results.a[0] + 1,
  },
});

test('every interleaving of a scenario in this file', async () => {
  expect(await explore(counter)).toHold();
});

test('every interleaving of a scenario in a module, whose path is seen from the current folder', async () => {
  expect(await explore('examples/own-scenario/clear-then-copy.mjs')).toHold();
});

test('where every interleaving is too many', async () => {
  expect(await explore('vm', { scheduler: 'pct', executions: 50 })).toHold({ within: 'limit' });
});
