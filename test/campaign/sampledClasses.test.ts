import { describe, expect, test } from 'vitest';
import { SampledClasses } from '../../src/campaign/coverage/sampledClasses.ts';
import { randomOf } from '../../src/explore/random.ts';

describe('sampled classes', () => {
  /** Uniformly distributed hashes. */
  const hashes = (n: number, seed: number): number[] => {
    const random = randomOf(seed, 0);
    return Array.from({ length: n }, () => (random.next() >>> 0) * 2 ** 21 + (random.next() >>> 11));
  };

  test('are counted exactly if they are few, and within 5% if they are many', () => {
    const few = new SampledClasses();
    for (const hash of hashes(5000, 1)) few.add(hash, true);
    expect(few.distinct).toBe(5000);
    const many = new SampledClasses();
    for (const hash of hashes(300_000, 2)) many.add(hash, true);
    expect(Math.abs(many.distinct - 300_000)).toBeLessThan(15_000);
    expect(many.toJSON().seen.length).toBeLessThanOrEqual(8192);
  });

  test('give the estimates of Good, Turing and Chao', () => {
    const classes = new SampledClasses();
    const [a, b, c, d] = hashes(4, 3);
    for (const hash of [a, a, b, b, b, c, d]) classes.add(hash, true);
    classes.drawn = 7;
    expect(classes.unseen).toBeCloseTo(2 / 7);
    expect(classes.left).toBe(2);
    const all = new SampledClasses();
    for (const hash of [a, a, b, b]) all.add(hash, true);
    all.drawn = 4;
    expect([all.unseen, all.left]).toEqual([0, 0]);
    expect([new SampledClasses().unseen, new SampledClasses().left]).toEqual([null, null]);
  });

  test('do not depend on the order or the parts in which they are added', () => {
    const list = hashes(40_000, 4);
    const whole = new SampledClasses();
    for (const hash of list) whole.add(hash, true);
    const parts = [list.slice(30_000), list.slice(0, 30_000)].map((part) => {
      const classes = new SampledClasses();
      for (const hash of part.toReversed()) classes.add(hash, true);
      return classes;
    });
    parts[0].merge(parts[1].toJSON());
    expect(parts[0].toJSON()).toEqual(whole.toJSON());
  });
});
