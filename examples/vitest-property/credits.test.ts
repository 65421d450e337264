import fc from 'fast-check';
import { type Cell, explore, type Memory, scenario } from 'gfnring';
import 'gfnring/vitest';
import { expect, test } from 'vitest';

/** Threads take and give back credits, one at first. `take` returns whether there was one. */
type Operation = (mem: Memory, cells: { readonly credits: Cell }) => unknown;
type Name = 'take' | 'give';

const give: Operation = (mem, { credits }) => {
  mem.fetchAdd(credits, 1);
};
const right: Record<Name, Operation> = {
  give,
  take: (mem, { credits }) => {
    for (;;) {
      const left = mem.load(credits);
      if (left === 0) return false;
      if (mem.cmpxchg(credits, left, left - 1) === left) return true;
    }
  },
};
const wrong: Record<Name, Operation> = {
  give,
  take: (mem, { credits }) => {
    if (mem.load(credits) === 0) return false;
    mem.fetchAdd(credits, -1);
    return true;
  },
};

/** Two threads with generated operations; each scenario is explored exhaustively. */
const credits = (operations: Record<Name, Operation>) => {
  const names = fc.array(fc.constantFrom<Name>('take', 'give'), { minLength: 1, maxLength: 3 });
  return fc.asyncProperty(names, names, async (ofA, ofB) => {
    const drawn = scenario({
      name: 'credits',
      cells: { credits: { type: 'u32', initial: 1 } },
      actors: { a: ofA.map((name) => operations[name]), b: ofB.map((name) => operations[name]) },
      finally: {
        'credits are neither lost nor made': ({ read, cells, results }) => {
          const given = [...ofA, ...ofB].filter((name) => name === 'give').length;
          const taken = [...results.a, ...results.b].filter((result) => result === true).length;
          return read(cells.credits) === 1 + given - taken || `${read(cells.credits)} are left`;
        },
      },
    });
    expect(await explore(drawn)).toHold();
  });
};

test('credits are neither lost nor made, whatever two threads do', async () => {
  await fc.assert(credits(right), { numRuns: 30 });
});

test('a take that looks first is found, with the fewest operations that show it', async () => {
  const { counterexample, errorInstance } = await fc.check(credits(wrong), { seed: 1 });
  expect(counterexample).toEqual([['take'], ['take']]);
  expect(errorInstance).toHaveProperty('message', expect.stringContaining('credits: 2 operations by 2 actors'));
});
