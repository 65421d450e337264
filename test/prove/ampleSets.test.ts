import { expect, test } from 'vitest';
import type { Cell, Lock } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import type { Fairness } from '../../src/prove/endlessProgram.ts';
import { ProgramProof } from '../../src/prove/programProof.ts';

interface Places {
  readonly cells: readonly Cell[];
  readonly lock: Lock;
}
type Run = (mem: Memory, places: Places) => void;
/** What is asked of the value of cell 0: what it never is, and what it does not stay. */
interface Asked {
  readonly never?: number;
  readonly staysNot?: readonly number[];
}

/** Actors that perform `runs` forever. Each operation begins and ends at a cell that all access. */
function proofOf(runs: readonly Run[], { never, staysNot = [] }: Asked, learning: number, fairness: Fairness = 'weak') {
  const layout = new Layout();
  const cells = [0, 1, 2, 3].map((i) => layout.cell(`c${i}`, 'u32'));
  const lock = layout.lock('lock', 'spinlock');
  const operationOf = (run: Run) => ({
    label: 'run',
    run(mem: Memory) {
      mem.fetchOr(cells[3], 0);
      run(mem, { cells, lock });
      mem.fetchOr(cells[3], 0);
    },
    until: () => false,
  });
  return new ProgramProof(
    {
      program: {
        layout,
        init: () => {},
        actors: runs.map((run, i) => ({ name: `actor${i}`, operations: [operationOf(run)] })),
      },
      indexRings: [],
      invariants: [
        {
          name: 'never',
          betweenOperations: false,
          violation: ({ read }) => (read(cells[0]) === never ? `it is ${never}` : undefined),
        },
      ],
      obligations: staysNot.map((value) => ({ name: `not ${value}`, isOpen: ({ read }) => read(cells[0]) === value })),
      sometimes: {},
      visible: [cells[0]],
      visibleBetween: [],
      fair: 2 ** runs.length - 1,
    },
    fairness,
    learning,
  );
}

const LIMITS = { until: Infinity, bytes: 2 ** 28 };
/** With reduction from the first state on, and without any. */
const LEARNING = [1, Infinity];

/** The values, of 0 to 2, that cell 0 has in some state. */
function valuesOf(learning: number, ...runs: readonly Run[]): number[] {
  const values = [0, 1, 2];
  const proof = proofOf(runs, { staysNot: values }, learning);
  proof.run(LIMITS);
  const labels = proof.graph.labels.subarray(0, proof.graph.size);
  return values.filter((value) => labels.some((label) => (label & (1 << value)) !== 0));
}

const nothing: Run = () => {};

test('a store that a property reads is seen', () => {
  const stores: Run = (mem, { cells: [c0] }) => {
    mem.store(c0, 1);
    mem.store(c0, 2);
  };
  for (const learning of LEARNING) expect(valuesOf(learning, stores, nothing)).toEqual([0, 1, 2]);
});

test('a store that another thread loads is interleaved', () => {
  const stores: Run = (mem, { cells: [, c1] }) => {
    mem.store(c1, 1);
    mem.store(c1, 0);
  };
  const loads: Run = (mem, { cells: [c0, c1] }) => {
    if (mem.load(c1) === 1) mem.store(c0, 1);
  };
  for (const learning of LEARNING) expect(valuesOf(learning, stores, loads)).toEqual([0, 1]);
});

test('steps that no other thread can disturb make no states', () => {
  const storing =
    (count: number): Run =>
    (mem, { cells: [, c1] }) => {
      for (let i = 0; i < count; i++) mem.store(c1, i % 2);
    };
  const sizeWith = (run: Run): number => {
    const proof = proofOf([run, nothing], {}, 1);
    expect(proof.run(LIMITS)).toBe(undefined);
    return proof.graph.size;
  };
  expect(sizeWith(storing(10))).toBe(sizeWith(storing(4)));
});

test('what is found before all accesses are known is not believed', () => {
  const stores: Run = (mem, { cells: [, c1, c2] }) => {
    mem.store(c1, 1);
    mem.store(c2, 1);
  };
  // A cell that nobody is known to read is no part of a state, and is 0 where the search goes on.
  const reads: Run = (mem, { cells: [c0, c1, c2] }) => {
    if (mem.load(c2) === 1 && mem.load(c1) === 0) mem.store(c0, 1);
  };
  for (const learning of LEARNING) expect(proofOf([stores, reads], { never: 1 }, learning).run(LIMITS)).toBe(undefined);
});

test('under weak fairness, a thread may wait for a lock forever, also where the lock is held unseen', () => {
  const locked =
    (at: number): Run =>
    (mem, { cells, lock }) => {
      mem.lock(lock);
      mem.store(cells[at], 1);
      mem.unlock(lock);
    };
  for (const learning of LEARNING) {
    const outcome = (fairness: Fairness): string | undefined =>
      proofOf([locked(1), locked(0)], { staysNot: [0] }, learning, fairness).run(LIMITS)?.kind;
    expect([learning, outcome('weak'), outcome('strong')]).toEqual([learning, 'violated', undefined]);
  }
});
