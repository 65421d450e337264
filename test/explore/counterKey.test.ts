import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counterKey } from '../../src/explore/counterKey.ts';

/** Bounds of counters, and two lists of counters within them. */
const counters = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 32 }).chain((bounds) => {
  const within = fc.tuple(...bounds.map((max) => fc.integer({ min: 0, max })));
  return fc.tuple(fc.constant(bounds), within, within);
});

test('lists of counters have the same key if and only if they are the same', () => {
  fc.assert(
    fc.property(counters, fc.nat(), ([bounds, a, b], i) => {
      // Lists that differ in one counter are those that come close to each other.
      const near = a.with(i % a.length, b[i % b.length]);
      for (const other of [b, near])
        expect(counterKey(a, bounds) === counterKey(other, bounds)).toBe(a.join() === other.join());
    }),
    { numRuns: 2000 },
  );
});

test('a small key is a number, which is fast to look up', () => {
  expect(counterKey([1, 2, 3], [9, 9, 9])).toBe(123);
});
