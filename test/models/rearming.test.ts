import { expect, test } from 'vitest';
import { pagesRearmedByReset } from '../../src/models/rearming.ts';

const pagesOf = (slot: number): number | undefined => ({ 1: 256, 2: 70 })[slot];
const offsets = (slot: number, ...of: bigint[]) => of.map((offset) => ({ slot, offset }));
const U64_MAX = 2n ** 64n - 1n;

test('entries in their slot are re-armed in any order', () => {
  const taken = [...offsets(1, 5n, 4n, 255n, 0n), ...offsets(2, 69n)];
  expect(pagesRearmedByReset(taken, pagesOf)).toEqual(taken);
});

test('unknown slots, and pages beyond the end, are skipped', () => {
  expect(pagesRearmedByReset([...offsets(77, 0n), ...offsets(1, 256n), ...offsets(2, 70n, 6n)], pagesOf)).toEqual(
    offsets(2, 6n),
  );
});

test('a page outside of its slot prevents the re-arming of neighbours up to 63 pages away', () => {
  expect(pagesRearmedByReset(offsets(2, 7n, 70n), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(2, 70n, 7n), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(2, 6n, 70n), pagesOf)).toEqual(offsets(2, 6n));
  expect(pagesRearmedByReset([...offsets(2, 69n), ...offsets(1, 0n), ...offsets(2, 70n)], pagesOf)).toEqual([
    ...offsets(2, 69n),
    ...offsets(1, 0n),
  ]);
});

test('the distance of two offsets is a difference of u64', () => {
  expect(pagesRearmedByReset(offsets(1, U64_MAX, 0n), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(1, 0n, U64_MAX), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(1, 2n ** 63n, 0n), pagesOf)).toEqual(offsets(1, 0n));
});
