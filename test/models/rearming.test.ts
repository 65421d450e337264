import { expect, test } from 'vitest';
import { pagesRearmedByReset } from '../../src/models/rearming.ts';

const pagesOf = (slot: number): number | undefined => ({ 1: 256, 2: 70 })[slot];
const offsets = (slot: number, ...of: bigint[]) => of.map((offset) => ({ slot, offset }));
const U64_MAX = 2n ** 64n - 1n;

test('entries in their slot are re-armed, whatever their order', () => {
  const taken = [...offsets(1, 5n, 4n, 255n, 0n), ...offsets(2, 69n)];
  expect(pagesRearmedByReset(taken, pagesOf)).toEqual(taken);
});

test('slots that are not there, and pages beyond the end, are passed over', () => {
  expect(pagesRearmedByReset([...offsets(77, 0n), ...offsets(1, 256n), ...offsets(2, 70n, 6n)], pagesOf)).toEqual(
    offsets(2, 6n),
  );
});

test('a page that is not there takes its neighbours with it as far as 63 pages, in both directions', () => {
  expect(pagesRearmedByReset(offsets(2, 7n, 70n), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(2, 70n, 7n), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(2, 6n, 70n), pagesOf)).toEqual(offsets(2, 6n));
  expect(pagesRearmedByReset([...offsets(2, 69n), ...offsets(1, 0n), ...offsets(2, 70n)], pagesOf)).toEqual([
    ...offsets(2, 69n),
    ...offsets(1, 0n),
  ]);
});

test('the distance of two offsets is that of two u64', () => {
  expect(pagesRearmedByReset(offsets(1, U64_MAX, 0n), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(1, 0n, U64_MAX), pagesOf)).toEqual([]);
  expect(pagesRearmedByReset(offsets(1, 2n ** 63n, 0n), pagesOf)).toEqual(offsets(1, 0n));
});
