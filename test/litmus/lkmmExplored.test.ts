import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { byAxioms, byExploration, testOf } from './lkmmGraphs.ts';

const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 30);
const SEED = Number(process.env.GFNRING_SEED ?? 1);

function agrees(threads: readonly string[]): ReturnType<typeof byAxioms> {
  const program = testOf(threads);
  const expected = byAxioms(program);
  expect({ threads, ...byExploration(program) }).toEqual({ threads, ...expected });
  return expected;
}

const LOAD_X = 'r0 = READ_ONCE(*x);';
const LOAD_Y = 'r0 = READ_ONCE(*y);';
const STORE_X = 'WRITE_ONCE(*x, 1);';
const STORE_Y = 'WRITE_ONCE(*y, 1);';

// The numbers of graphs are those of the axioms. With load buffering, there is one more.
test.each([
  ['store buffering', 4, [`${STORE_X} ${LOAD_Y}`, `${STORE_Y} ${LOAD_X}`]],
  ['with full fences', 3, [`${STORE_X} smp_mb(); ${LOAD_Y}`, `${STORE_Y} smp_mb(); ${LOAD_X}`]],
  ['load buffering', 4, [`${LOAD_X} ${STORE_Y}`, `${LOAD_Y} ${STORE_X}`]],
  ['with a release', 4, [`${LOAD_X} smp_store_release(y, 1);`, `${LOAD_Y} ${STORE_X}`]],
  ['with an order on both sides', 3, [`${LOAD_X} smp_store_release(y, 1);`, `r0 = smp_load_acquire(y); ${STORE_X}`]],
  ['with data dependencies', 3, [`${LOAD_X} WRITE_ONCE(*y, r0 + 1);`, `${LOAD_Y} WRITE_ONCE(*x, r0 + 1);`]],
  ['with control dependencies', 1, [`${LOAD_X} if (r0) ${STORE_Y}`, `${LOAD_Y} if (r0) ${STORE_X}`]],
  ['of atomics', 4, [`r0 = xchg_relaxed(x, 2); ${STORE_Y}`, `${LOAD_Y} ${STORE_X}`]],
  ['coherence', 4, ['WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1);', 'WRITE_ONCE(*y, 2); WRITE_ONCE(*x, 2);']],
] as const)('%s', (_, graphs, threads) => {
  expect(agrees(threads).graphs).toBe(graphs);
});

test.each([
  [
    'message passing by rcu_dereference',
    ['WRITE_ONCE(*z, 1); smp_store_release(x, 1);', `${LOAD_X} r1 = READ_ONCE(*z);`],
  ],
  [
    'three threads',
    ['WRITE_ONCE(*x, 1);', `${LOAD_X} smp_store_release(y, 1);`, `${LOAD_Y} smp_rmb(); r1 = READ_ONCE(*x);`],
  ],
  [
    'a release after a load',
    ['WRITE_ONCE(*x, 2); smp_wmb(); WRITE_ONCE(*y, 1);', `${LOAD_Y} smp_store_release(x, 1);`],
  ],
  [
    'locks',
    [
      `spin_lock(l); ${STORE_X} spin_unlock(l); spin_lock(l); ${STORE_Y} spin_unlock(l);`,
      `${LOAD_Y} smp_rmb(); r1 = READ_ONCE(*x);`,
    ],
  ],
  [
    'a plain store that is published',
    ['*x = 1; smp_store_release(y, 1);', 'r0 = smp_load_acquire(y); if (r0) r1 = *x;'],
  ],
  ['copies in a circle, of a third value', [`${LOAD_X} WRITE_ONCE(*y, r0);`, `${LOAD_Y} WRITE_ONCE(*x, r0);`, STORE_X]],
  [
    'conditions in a circle, on a third value',
    [`${LOAD_X} if (r0) ${STORE_Y}`, `${LOAD_Y} if (r0) ${STORE_X}`, STORE_X],
  ],
  ['a plain store that races', ['*x = 1; WRITE_ONCE(*y, 1);', 'r0 = smp_load_acquire(y); if (r0) r1 = *x;']],
  [
    'a dependency on two loads',
    [`${LOAD_X} r1 = READ_ONCE(*y); WRITE_ONCE(*z, 2 * r0 + r1);`, 'r0 = READ_ONCE(*z); WRITE_ONCE(*x, 1);', STORE_Y],
  ],
] as const)('%s', (_, threads) => {
  agrees(threads);
});

const variable = fc.constantFrom('x', 'y');
/** `#` is the next register, `@` the one before, `%` the next value. */
const statements = fc.oneof(
  { weight: 5, arbitrary: variable.map((x) => `# = READ_ONCE(*${x});`) },
  { weight: 3, arbitrary: variable.map((x) => `WRITE_ONCE(*${x}, %);`) },
  { weight: 1, arbitrary: variable.map((x) => `smp_store_release(${x}, %);`) },
  { weight: 1, arbitrary: variable.map((x) => `# = smp_load_acquire(${x});`) },
  { weight: 2, arbitrary: variable.map((x) => `WRITE_ONCE(*${x}, @ + %);`) },
  { weight: 2, arbitrary: variable.map((x) => `if (@) WRITE_ONCE(*${x}, %);`) },
  { weight: 1, arbitrary: fc.constantFrom('smp_mb();', 'smp_rmb();', 'smp_wmb();') },
  { weight: 1, arbitrary: fc.tuple(order(), variable).map(([of, x]) => `# = xchg${of}(${x}, %);`) },
  { weight: 1, arbitrary: fc.tuple(order(), variable).map(([of, x]) => `# = atomic_fetch_add${of}(1, ${x});`) },
  { weight: 1, arbitrary: fc.tuple(order(), variable).map(([of, x]) => `# = cmpxchg${of}(${x}, 0, %);`) },
);
const plain = fc.oneof(
  { weight: 3, arbitrary: statements },
  { weight: 1, arbitrary: variable.map((x) => `# = *${x};`) },
  { weight: 1, arbitrary: variable.map((x) => `*${x} = %;`) },
);

function order(): fc.Arbitrary<string> {
  return fc.constantFrom('', '_relaxed', '_acquire', '_release');
}

const programs = (of: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.array(fc.array(of, { minLength: 2, maxLength: 3 }), { minLength: 2, maxLength: 3 }).map((threads) => {
    let value = 0;
    return threads.map((body) => {
      let registers = 1;
      // A value that comes from itself alone, through plain loads, is not looked for.
      let condition = 0;
      const texts = body.map((text) => {
        const last = text.startsWith('if') ? condition : registers - 1;
        if (text.startsWith('#') && !text.startsWith('# = *')) condition = registers;
        return text
          .replaceAll('@', `r${last}`)
          .replaceAll('#', () => `r${registers++}`)
          .replaceAll('%', () => `${++value}`);
      });
      return `int r0 = 0; ${texts.join(' ')}`;
    });
  });

test('drawn programs', () => {
  fc.assert(
    fc.property(programs(statements), (threads) => {
      agrees(threads);
    }),
    { numRuns: PROGRAMS, seed: SEED },
  );
}, 600_000);

test('drawn programs with plain accesses', () => {
  let [races, free] = [0, 0];
  fc.assert(
    fc.property(programs(plain), (threads) => {
      if (agrees(threads).race) races++;
      else free++;
    }),
    { numRuns: PROGRAMS, seed: SEED },
  );
  expect(races).toBeGreaterThan(0);
  expect(free).toBeGreaterThan(0);
}, 600_000);
