import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell, Lock } from '../src/memory/cell.ts';
import { Layout } from '../src/memory/layout.ts';
import type { Memory } from '../src/memory/memory.ts';
import type { EndlessProgram } from '../src/prove/endlessProgram.ts';
import { ProgramProof } from '../src/prove/programProof.ts';
import { CELLS, type EndlessActors, type Instruction, oracle, VALUES } from './endlessOracle.ts';

const PROGRAMS = Number(process.env.GFNRING_PROGRAMS ?? 80);
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
/** Each operation has a step that all actors see, and perhaps a part under the lock. */
const code = fc
  .tuple(
    fc.record({ do: fc.constant('cmpxchg' as const), cell: fc.constant(CELLS - 1), from: value, to: value }),
    fc.array(instruction, { maxLength: 4 }),
    fc.option(fc.array(instruction, { minLength: 1, maxLength: 3 })),
  )
  .map(([first, others, locked]): Instruction[] => {
    // A jump must not go over a lock.
    const end = { do: 'load', cell: 2 } as const;
    const critical: Instruction[] = locked === null ? [] : [{ do: 'lock' }, ...locked, end, { do: 'unlock' }];
    return [...others, end, first, ...critical];
  });
const programs: fc.Arbitrary<EndlessActors> = fc
  .array(fc.tuple(code, fc.boolean()), { minLength: 2, maxLength: 3 })
  .map((actors) => ({ actors: actors.map(([of]) => of), fair: actors.map(([, isFair]) => isFair) }));

/** The program on `Memory`, with what is asked of cell 0, and of cells 0 and 1. */
function endless(program: EndlessActors, open: number, pair: string | undefined): EndlessProgram {
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
    invariants: [
      {
        name: 'not this pair',
        betweenOperations: false,
        violation: ({ read }) => (`${read(cells[0])},${read(cells[1])}` === pair ? 'it is' : undefined),
      },
    ],
    obligations: [{ name: 'cell 0 changes', isOpen: ({ read }) => read(cells[0]) === open }],
    sometimes: {},
    visible: pair === undefined ? [cells[0]] : [cells[0], cells[1]],
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

const LIMITS = { until: Infinity, bytes: 2 ** 30 };

test('fair cycles and reachable states are those of an independent search, with and without reduction', () => {
  const seen = { programs: 0, forever: 0, never: 0, starved: 0, reduced: 0 };
  fc.assert(
    fc.property(programs, value, value, value, (program, open, left, right) => {
      const expected = oracle(program, STATES_MAX);
      fc.pre(expected !== undefined);
      const { forever, pairs } = expected!;
      const pair = `${left},${right}`;
      let [full, reduced] = [0, 0];
      for (const fairness of ['weak', 'strong'] as const)
        for (const reduces of [false, true]) {
          const proof = new ProgramProof(endless(program, open, undefined), fairness, reduces ? 1 : Infinity);
          const end = proof.run(LIMITS);
          expect([fairness, reduces, end?.kind ?? 'proved']).toEqual([
            fairness,
            reduces,
            forever[fairness][open] ? 'violated' : 'proved',
          ]);
          if (reduces) reduced = proof.graph.size;
          else full = proof.graph.size;
        }
      for (const reduces of [false, true]) {
        const end = new ProgramProof(
          { ...endless(program, open, pair), obligations: [] },
          'weak',
          reduces ? 1 : Infinity,
        ).run(LIMITS);
        expect([reduces, end === undefined]).toEqual([reduces, !pairs.has(pair)]);
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
