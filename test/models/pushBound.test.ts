import { expect, test } from 'vitest';
import { mostPushes, PAGES_MAX, pushBound, UNCONDITIONAL_MAX } from '../../src/models/pushBound.ts';

const freeings = ['before re-arming', 'after re-arming'] as const;
/** Larger scenarios take seconds each. */
const SMALL = 5;
const questions = freeings.flatMap((freeing) =>
  Array.from({ length: PAGES_MAX }, (_, i) => i + 1).flatMap((pages) =>
    Array.from({ length: UNCONDITIONAL_MAX + 1 }, (_, unconditional) => ({ freeing, pages, unconditional })),
  ),
);

test('the bound equals that of the model', () => {
  for (const of of questions)
    if (of.pages + of.unconditional < SMALL || process.env.GFNRING_LONG)
      expect([of, pushBound(of)]).toEqual([of, mostPushes(of)]);
});

test('there is no bound for sizes that the model does not prove', () => {
  for (const freeing of freeings) {
    expect(pushBound({ freeing, pages: PAGES_MAX + 1, unconditional: 0 })).toBeUndefined();
    expect(pushBound({ freeing, pages: 1, unconditional: UNCONDITIONAL_MAX + 1 })).toBeUndefined();
  }
});
