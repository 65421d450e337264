import { expect, test } from 'vitest';
import type { Cell } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { ProgramProof } from '../../src/prove/programProof.ts';

type Run = (mem: Memory, cells: readonly Cell[]) => void;

/** The values that cell 0 has in some state, where each operation begins and ends at one cell. */
function valuesOf(learningStates: number, ...runs: readonly Run[]): number[] {
  const layout = new Layout();
  const cells = [0, 1, 2].map((i) => layout.cell(`c${i}`, 'u32'));
  const proof = new ProgramProof(
    {
      program: {
        layout,
        init: () => {},
        actors: runs.map((run, i) => ({
          name: `actor${i}`,
          operations: [
            {
              label: 'run',
              run(mem) {
                mem.fetchOr(cells[2], 0);
                run(mem, cells);
                mem.fetchOr(cells[2], 0);
              },
              until: () => false,
            },
          ],
        })),
      },
      indexRings: [],
      invariants: [],
      obligations: [0, 1, 2].map((value) => ({ name: `${value}`, isOpen: ({ read }) => read(cells[0]) === value })),
      sometimes: {},
      visible: [cells[0]],
      visibleBetween: [],
      fair: 0,
    },
    'weak',
    learningStates,
  );
  proof.run({ until: Infinity, bytes: 2 ** 28 });
  const labels = proof.graph.labels.subarray(0, proof.graph.size);
  return [0, 1, 2].filter((value) => labels.some((label) => (label & (1 << value)) !== 0));
}

const nothing: Run = () => {};

test('a store that a property reads is seen', () => {
  const stores: Run = (mem, [c0]) => {
    mem.store(c0, 1);
    mem.store(c0, 2);
  };
  for (const learning of [1, Infinity]) expect(valuesOf(learning, stores, nothing)).toEqual([0, 1, 2]);
});

test('a store that another thread loads is interleaved', () => {
  const stores: Run = (mem, [, c1]) => {
    mem.store(c1, 1);
    mem.store(c1, 0);
  };
  const loads: Run = (mem, [c0, c1]) => {
    if (mem.load(c1) === 1) mem.store(c0, 1);
  };
  for (const learning of [1, Infinity]) expect(valuesOf(learning, stores, loads)).toEqual([0, 1]);
});

test('steps that no other thread can disturb make no states', () => {
  const alone: Run = (mem, [, c1]) => {
    for (let i = 0; i < 5; i++) mem.store(c1, i);
  };
  expect(valuesOf(1, alone, nothing)).toEqual([0]);
});
