import { expect, test } from 'vitest';
import { mostPushes, PAGES_MAX, pushBound, UNASKED_MAX } from '../../src/models/pushBound.ts';

const freeings = ['before re-arming', 'after re-arming'] as const;
/** Larger ones take seconds each. */
const SMALL = 5;
const questions = freeings.flatMap((freeing) =>
  Array.from({ length: PAGES_MAX }, (_, i) => i + 1).flatMap((pages) =>
    Array.from({ length: UNASKED_MAX + 1 }, (_, unasked) => ({ freeing, pages, unasked })),
  ),
);

test('the bound is what the model comes to', () => {
  for (const of of questions)
    if (of.pages + of.unasked < SMALL || process.env.GFNRING_LONG)
      expect([of, pushBound(of)]).toEqual([of, mostPushes(of)]);
});

test('beyond what the model was asked there is no bound', () => {
  for (const freeing of freeings) {
    expect(pushBound({ freeing, pages: PAGES_MAX + 1, unasked: 0 })).toBeUndefined();
    expect(pushBound({ freeing, pages: 1, unasked: UNASKED_MAX + 1 })).toBeUndefined();
  }
});
