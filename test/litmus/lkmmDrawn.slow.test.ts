import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVerdict, type LitmusModel } from '../../src/litmus/report.ts';
import { litmus } from './readerTexts.ts';

const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 60);
const SEED = Number(process.env.GFNRING_SEED ?? 1);

interface Drawn {
  /** By thread: statements over the variables x and y, with `#` for the next register. */
  readonly threads: readonly (readonly string[])[];
  /** Values of the registers, from the first thread's on. */
  readonly values: readonly number[];
}

const variable = fc.constantFrom('x', 'y');
const accesses = fc.oneof(
  { weight: 3, arbitrary: variable.map((x) => `WRITE_ONCE(*${x}, 1);`) },
  { weight: 1, arbitrary: variable.map((x) => `smp_store_release(${x}, 2);`) },
  { weight: 4, arbitrary: variable.map((x) => `# = READ_ONCE(*${x});`) },
  { weight: 1, arbitrary: variable.map((x) => `# = smp_load_acquire(${x});`) },
  { weight: 1, arbitrary: variable.map((x) => `# = xchg(${x}, 1);`) },
  { weight: 1, arbitrary: variable.map((x) => `# = atomic_fetch_add(1, ${x});`) },
  {
    weight: 2,
    arbitrary: fc.tuple(variable, variable).map(([x, y]) => `# = READ_ONCE(*${x}); if (#) WRITE_ONCE(*${y}, 1);`),
  },
  {
    weight: 1,
    arbitrary: variable.map((x) => `spin_lock(l); # = READ_ONCE(*${x}); WRITE_ONCE(*${x}, 2); spin_unlock(l);`),
  },
);
/** Loops with a full fence before each access. */
const loops = fc.oneof(
  variable.map((x) => `do { smp_mb(); # = READ_ONCE(*${x}); } while (!#);`),
  variable.map((x) => `for (# = 0; # < 2; #++) { smp_mb(); WRITE_ONCE(*${x}, # ? 2 : 1); }`),
);
const fences = fc.constantFrom('smp_mb();', 'smp_rmb();', 'smp_wmb();', 'barrier();');
const drawn = (statement: fc.Arbitrary<string>): fc.Arbitrary<Drawn> =>
  fc.record({
    threads: fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
    values: fc.array(fc.nat(1), { minLength: 9, maxLength: 9 }),
  });

function textOf({ threads, values }: Drawn, between = ''): string {
  const condition: string[] = [];
  const bodies = threads.map((statements, i) => {
    let registers = 0;
    const body = statements.map((statement) => {
      if (!statement.includes('#')) return statement;
      condition.push(`${i}:r${registers}=${values[condition.length]}`);
      return statement.replaceAll('#', `r${registers++}`);
    });
    return `x, y, l: ${body.join(` ${between} `)}`;
  });
  return litmus(bodies, `exists (${condition.length === 0 ? 'x=1' : condition.join(' /\\ ')})`);
}

function allows(text: string, model: LitmusModel): boolean {
  const { verdict, reasons } = compareVerdict(text, model, 30);
  if (verdict === null) throw new Error(reasons.join());
  return verdict === 'Sometimes' || verdict === 'Always';
}

test('the LKMM allows what sequentially consistent and x86 machines do', () => {
  const allowed = { sc: 0, tso: 0, lkmm: 0 };
  fc.assert(
    fc.property(drawn(fc.oneof({ weight: 3, arbitrary: accesses }, fences)), (program) => {
      const text = textOf(program);
      const [sc, tso, lkmm] = (['sc', 'tso', 'lkmm'] as const).map((model) => {
        const isAllowed = allows(text, model);
        if (isAllowed) allowed[model]++;
        return isAllowed;
      });
      expect([sc && !lkmm, tso && !lkmm]).toEqual([false, false]);
    }),
    { numRuns: PROGRAMS, seed: SEED },
  );
  // Programs that tell the models apart are drawn.
  expect(allowed.tso).toBeGreaterThanOrEqual(allowed.sc);
  expect(allowed.lkmm).toBeGreaterThan(allowed.tso);
  expect(allowed.lkmm).toBeLessThan(PROGRAMS);
});

test('with full fences between all accesses, the LKMM is sequentially consistent', () => {
  let allowed = 0;
  const straight = accesses.filter((statement) => !/if|spin/.test(statement));
  fc.assert(
    fc.property(drawn(fc.oneof({ weight: 3, arbitrary: straight }, loops)), (program) => {
      const text = textOf(program, 'smp_mb();');
      const isAllowed = allows(text, 'lkmm');
      if (isAllowed) allowed++;
      expect(isAllowed).toBe(allows(text, 'sc'));
    }),
    { numRuns: PROGRAMS, seed: SEED },
  );
  expect(allowed).toBeGreaterThan(0);
});
