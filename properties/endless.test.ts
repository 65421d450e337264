import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell, Lock } from '../src/memory/cell.ts';
import { Layout } from '../src/memory/layout.ts';
import type { Memory } from '../src/memory/memory.ts';
import type { EndlessProgram } from '../src/prove/endlessProgram.ts';
import { ProgramProof } from '../src/prove/programProof.ts';
import { CELLS, type EndlessActors, type Instruction, oracle, VALUES } from './endlessOracle.ts';

const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 200);
const STATES_MAX = 2000;

/** All but the last, which each operation accesses. */
const cell = fc.integer({ min: 0, max: CELLS - 2 });
const value = fc.integer({ min: 0, max: VALUES - 1 });
const instruction: fc.Arbitrary<Instruction> = fc.oneof(
  fc.record({ do: fc.constant('load' as const), cell }),
  fc.record({ do: fc.constant('store' as const), cell, value }),
  fc.record({ do: fc.constant('increment' as const), cell }),
  fc.record({ do: fc.constant('cmpxchg' as const), cell, from: value, to: value }),
  fc.record({ do: fc.constant('choose' as const) }),
  fc.record({ do: fc.constant('unless' as const), value }),
);
/** One instruction; or a store that depends on what was loaded. */
const some: fc.Arbitrary<Instruction[]> = fc.oneof(
  instruction.map((one) => [one]),
  fc.tuple(cell, value, cell, value).map(([from, of, to, stored]): Instruction[] => [
    { do: 'load', cell: from },
    { do: 'unless', value: of },
    { do: 'store', cell: to, value: stored },
  ]),
);
/** Each operation has a step that all actors see, and perhaps a part under the lock. */
const code = fc
  .tuple(
    fc.record({ do: fc.constant('cmpxchg' as const), cell: fc.constant(CELLS - 1), from: value, to: value }),
    fc.array(some, { maxLength: 3 }),
    fc.option(fc.array(some, { minLength: 1, maxLength: 2 })),
  )
  .map(([first, others, locked]): Instruction[] => {
    // A jump must not go over a lock.
    const end = { do: 'load', cell: 2 } as const;
    const critical: Instruction[] = locked === null ? [] : [{ do: 'lock' }, ...locked.flat(), end, { do: 'unlock' }];
    return [...others.flat(), end, first, ...critical];
  });
const programs: fc.Arbitrary<EndlessActors> = fc
  .array(fc.tuple(code, fc.boolean()), { minLength: 2, maxLength: 3 })
  .map((actors) => ({ actors: actors.map(([of]) => of), fair: actors.map(([, isFair]) => isFair) }));

/**
 * The program on `Memory`, with obligations; the first cells are 0 and 1. One looks at cell 0
 * alone.
 */
function endless(program: EndlessActors, asked: readonly ((c0: number, c1: number) => boolean)[]): EndlessProgram {
  const layout = new Layout();
  const cells = Array.from({ length: CELLS }, (_, i) => layout.cell(`c${i}`, 'u32'));
  const lock = layout.lock('lock', 'spinlock');
  return {
    program: {
      layout,
      init: () => {},
      actors: program.actors.map((of, i) => ({
        name: `actor${i}`,
        operations: [{ label: 'run', run: (mem) => interpret(mem, of, cells, lock), until: () => false }],
      })),
    },
    indexRings: [],
    invariants: [],
    obligations: asked.map((isOpen, i) => ({
      name: `obligation ${i}`,
      isOpen: ({ read }) => isOpen(read(cells[0]), read(cells[1])),
    })),
    sometimes: {},
    visible: asked.length === 1 ? [cells[0]] : [cells[0], cells[1]],
    visibleBetween: [],
    fair: program.fair.reduce((bits, isFair, i) => (isFair ? bits | (1 << i) : bits), 0),
  };
}

function interpret(mem: Memory, code: readonly Instruction[], cells: readonly Cell[], lock: Lock): void {
  let register = 0;
  for (let at = 0; at < code.length; at++) {
    const i = code[at];
    if (i.do === 'load') register = mem.load(cells[i.cell]);
    else if (i.do === 'store') mem.store(cells[i.cell], i.value);
    else if (i.do === 'increment') mem.store(cells[i.cell], (register + 1) % VALUES);
    else if (i.do === 'cmpxchg') register = mem.cmpxchg(cells[i.cell], i.from, i.to);
    else if (i.do === 'choose') register = mem.choose(2);
    else if (i.do === 'lock') mem.lock(lock);
    else if (i.do === 'unlock') mem.unlock(lock);
    else if (i.do === 'unless' && i.value !== register) at++;
  }
}

/** All values of two cells. */
const PAIRS = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => [a, b] as const));

const LIMITS = { until: Infinity, bytes: 2 ** 30 };

test('fair cycles and reachable states are those of an independent search, with and without reduction', () => {
  const seen = { programs: 0, forever: 0, never: 0, starved: 0, reduced: 0 };
  fc.assert(
    fc.property(programs, value, (program, open) => {
      const expected = oracle(program, STATES_MAX);
      fc.pre(expected !== undefined);
      const { forever, pairs } = expected!;
      let [full, reduced] = [0, 0];
      for (const fairness of ['weak', 'strong'] as const)
        for (const reduces of [false, true]) {
          const proof = new ProgramProof(endless(program, [(c0) => c0 === open]), fairness, reduces ? 1 : Infinity);
          const end = proof.run(LIMITS);
          expect([fairness, reduces, end?.kind ?? 'proved']).toEqual([
            fairness,
            reduces,
            forever[fairness][open] ? 'violated' : 'proved',
          ]);
          if (reduces) reduced = proof.graph.size;
          else full = proof.graph.size;
        }
      for (const learning of [Infinity, 1]) {
        const proof = new ProgramProof(
          endless(
            program,
            PAIRS.map(
              ([a, b]) =>
                (c0, c1) =>
                  c0 === a && c1 === b,
            ),
          ),
          'weak',
          learning,
        );
        proof.run(LIMITS);
        const { graph } = proof;
        const met = graph.labels.subarray(0, graph.size).reduce((all, label) => all | label, 0);
        const pairsMet = PAIRS.filter((_, i) => (met & (1 << i)) !== 0).map(String);
        expect([learning, pairsMet.sort()]).toEqual([learning, [...pairs].sort()]);
      }
      seen.programs++;
      if (forever.strong[open]) seen.forever++;
      if (!forever.weak[open]) seen.never++;
      if (forever.weak[open] && !forever.strong[open]) seen.starved++;
      if (reduced < full) seen.reduced++;
    }),
    { numRuns: PROGRAMS, seed: Number(process.env.GFNRING_SEED ?? 1) },
  );
  // The programs are worth it.
  expect(seen.programs).toBe(PROGRAMS);
  expect(seen.forever).toBeGreaterThan(PROGRAMS / 10);
  expect(seen.never).toBeGreaterThan(PROGRAMS / 10);
  expect(seen.starved).toBeGreaterThan(0);
  expect(seen.reduced).toBeGreaterThan(PROGRAMS / 4);
});
