import { describe, expect, test } from 'vitest';
import { stripIndices } from '../../src/campaign/coverage/readsFromCoverage.ts';
import { SampledClasses } from '../../src/campaign/coverage/sampledClasses.ts';
import { mutateSchedule, ReplayThenFallback } from '../../src/campaign/mutateSchedule.ts';
import { randomOf } from '../../src/explore/random.ts';
import { RandomWalk } from '../../src/explore/schedulers/randomWalk.ts';
import { createRun, runOnce, scheduleOf } from '../../src/run/createRun.ts';
import { checksOf } from '../../src/scenario/builtinScenarios.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

describe('classes that stand for all', () => {
  /** Hashes as even as those of classes are. */
  const hashes = (n: number, seed: number): number[] => {
    const random = randomOf(seed, 0);
    return Array.from({ length: n }, () => (random.next() >>> 0) * 2 ** 21 + (random.next() >>> 11));
  };

  test('are counted exactly where they are few, and within 5% where they are many', () => {
    const few = new SampledClasses();
    for (const hash of hashes(5000, 1)) few.add(hash, true);
    expect(few.distinct).toBe(5000);
    const many = new SampledClasses();
    for (const hash of hashes(300_000, 2)) many.add(hash, true);
    expect(Math.abs(many.distinct - 300_000)).toBeLessThan(15_000);
    expect(many.toJSON().seen.length).toBeLessThanOrEqual(8192);
  });

  test('say how much is left: what Good, Turing and Chao say', () => {
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

  test('are the same in whatever order and parts they come', () => {
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

describe('altered schedules', () => {
  test('are schedules, whatever they are made of', () => {
    const { spec } = checksOf('gfn-ring').find(({ spec }) => spec.name === 'ring')!;
    const run = createRun(buildVm(spec as VmSpec), 1000);
    const following = new ReplayThenFallback(new RandomWalk(1));
    const parents = [[], [0, 0, 0], [2, 1, 0, 1, 2]];
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      following.schedule = mutateSchedule(parents, 3, randomOf(7, i));
      expect(runOnce(run, following, i)).toMatchObject({ stop: { kind: 'finished' }, violation: undefined });
      seen.add(scheduleOf(run).join());
    }
    expect(seen.size).toBeGreaterThan(200);
  });

  test('that are followed to the letter come to the same', () => {
    const { spec } = checksOf('gfn-ring').find(({ spec }) => spec.name === 'vm')!;
    const run = createRun(buildVm(spec as VmSpec), 10_000);
    runOnce(run, new RandomWalk(3));
    const schedule = scheduleOf(run);
    const following = new ReplayThenFallback(new RandomWalk(99));
    following.schedule = schedule;
    runOnce(run, following);
    expect(scheduleOf(run)).toEqual(schedule);
  });
});

test('names without their numbers are those of a family', () => {
  expect(stripIndices('vcpu12 [write page 1, 1:2] load ring0[13].slot')).toBe(
    'vcpu# [write page #] load ring#[#].slot',
  );
  expect(stripIndices('[poke ring0+2 u16 = 65535]')).toBe('[poke ring#+# u# = #]');
});
