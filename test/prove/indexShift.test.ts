import { expect, test } from 'vitest';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { NotShiftable } from '../../src/prove/indexShift.ts';
import { ProgramProof } from '../../src/prove/programProof.ts';

type Fetch = (mem: Memory, produced: number, consumed: number) => boolean;

/** A producer and a consumer of a ring of two entries whose indices run freely. */
function proofOf(isEmpty: Fetch, bits: 'u16' | 'u32' = 'u16'): ProgramProof {
  const layout = new Layout();
  const produced = layout.cell('produced', bits);
  const consumed = layout.cell('consumed', bits);
  const wrap = (index: number): number => (bits === 'u16' ? index & 0xffff : index >>> 0);
  const endless = (label: string, run: (mem: Memory) => void) => ({ label, run, until: () => false });
  const produce = endless('produce', (mem) => {
    const next = mem.load(produced);
    if (wrap(next - mem.load(consumed)) < 2) mem.store(produced, wrap(next + 1));
  });
  const consume = endless('consume', (mem) => {
    const next = mem.load(consumed);
    if (!isEmpty(mem, mem.load(produced), next)) mem.store(consumed, wrap(next + 1));
  });
  const used = (read: (cell: typeof produced) => number): number => wrap(read(produced) - read(consumed));
  return new ProgramProof(
    {
      program: {
        layout,
        init: () => {},
        actors: [
          { name: 'producer', operations: [produce] },
          { name: 'consumer', operations: [consume] },
        ],
      },
      indexRings: [{ size: 2, soft_limit: 2, consumed, produced, indices: [produced, consumed] }],
      invariants: [
        {
          name: 'two entries at most',
          betweenOperations: false,
          violation: ({ read }) => (used(read) > 2 ? `${used(read)}` : undefined),
        },
      ],
      obligations: [{ name: 'the ring is emptied', isOpen: ({ read }) => used(read) === 2 }],
      sometimes: {},
      visible: [produced, consumed],
      visibleBetween: [],
      fair: 0b10,
    },
    'weak',
  );
}

const LIMITS = { until: performance.now() + 20_000, bytes: 2 ** 28 };

test.each(['u16', 'u32'] as const)('indices of %s that run forever have few states', (bits) => {
  const proof = proofOf((_, produced, consumed) => produced === consumed, bits);
  expect(proof.run(LIMITS)).toBe(undefined);
  expect(proof.graph.size).toBeLessThan(100);
});

test('code that compares free-running indices by size is not reduced', () => {
  const proof = proofOf((_, produced, consumed) => produced <= consumed);
  expect(() => proof.run(LIMITS)).toThrow(NotShiftable);
});

test('code that is right until the sign bit is not reduced', () => {
  const proof = proofOf((_, produced, consumed) => produced === consumed || produced === 0x8000);
  expect(() => proof.run(LIMITS)).toThrow('does something else when the indices are');
});
