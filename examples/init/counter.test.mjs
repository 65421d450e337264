import { explore, scenario } from 'gfnring';
import 'gfnring/vitest';
import { expect, test } from 'vitest';

const counter = new URL('./counter.mjs', import.meta.url);

test.each(['sc', 'tso', 'rc11'])('the counter loses no addition under %s', async (memoryModel) => {
  expect(await explore(counter, { memoryModel })).toHold();
});

// A search ends before the timeout of its test. This one has a minute.
test('the counter loses no addition, one execution of each class', async () => {
  expect(await explore(counter, { reduction: 'optimal' })).toHold();
}, 60_000);

test('two locks that are taken in both orders deadlock', async () => {
  const take = (mem, first, second) => {
    mem.lock(first);
    mem.lock(second);
    mem.unlock(second);
    mem.unlock(first);
  };
  const crossed = scenario({
    name: 'crossed',
    cells: {},
    locks: ['m', 'n'],
    actors: { a: [(mem, { m, n }) => take(mem, m, n)], b: [(mem, { m, n }) => take(mem, n, m)] },
  });
  expect(await explore(crossed)).toFind('deadlock');
});
