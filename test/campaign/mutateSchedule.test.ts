import { describe, expect, test } from 'vitest';
import { stripIndices } from '../../src/campaign/coverage/readsFromCoverage.ts';
import { mutateSchedule, ReplayThenFallback } from '../../src/campaign/mutateSchedule.ts';
import { randomOf } from '../../src/explore/random.ts';
import { RandomWalk } from '../../src/explore/schedulers/randomWalk.ts';
import { createRun, runOnce, takenSchedule } from '../../src/run/createRun.ts';
import { checkedScenarios } from '../../src/scenario/builtinScenarios.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

describe('mutated schedules', () => {
  test('are schedules for any input', () => {
    const { spec } = checkedScenarios('gfn-ring').find(({ spec }) => spec.name === 'ring')!;
    const run = createRun(buildVm(spec as VmSpec), 1000);
    const scheduler = new ReplayThenFallback(new RandomWalk(1));
    const parents = [[], [0, 0, 0], [2, 1, 0, 1, 2]];
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      scheduler.schedule = mutateSchedule(parents, 3, randomOf(7, i));
      expect(runOnce(run, scheduler, i)).toMatchObject({ stop: { kind: 'finished' }, violation: undefined });
      seen.add(takenSchedule(run).join());
    }
    expect(seen.size).toBeGreaterThan(200);
  });

  test('that are replayed exactly give the same execution', () => {
    const { spec } = checkedScenarios('gfn-ring').find(({ spec }) => spec.name === 'vm')!;
    const run = createRun(buildVm(spec as VmSpec), 10_000);
    runOnce(run, new RandomWalk(3));
    const schedule = takenSchedule(run);
    const scheduler = new ReplayThenFallback(new RandomWalk(99));
    scheduler.schedule = schedule;
    runOnce(run, scheduler);
    expect(takenSchedule(run)).toEqual(schedule);
  });
});

test('names without their numbers are equal within a family', () => {
  expect(stripIndices('vcpu12 [write page 1, 1:2] load ring0[13].slot')).toBe(
    'vcpu# [write page #] load ring#[#].slot',
  );
  expect(stripIndices('[poke ring0+2 u16 = 65535]')).toBe('[poke ring#+# u# = #]');
});
