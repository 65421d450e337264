import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ReplayScheduler } from '../src/explore/schedulers/replay.ts';
import { createRun, runOnce } from '../src/run/createRun.ts';
import { buildVm } from '../src/scenario/vm.ts';
import { claims } from '../src/vm/properties/claims.ts';
import type { VmSpec } from '../src/vm/spec.ts';
import { draws } from '../test/draws.ts';
import { flatten, ScheduleArbitrary, type ScheduleRun } from './arbitraries/schedule.ts';
import { VmArbitrary } from './arbitraries/vm.ts';

/**
 * Claims that these tests must reach: a property over scenarios that never fill a ring shows
 * nothing. `trackers.test.ts` reaches the other claims.
 */
const RING_CLAIMS = [
  'a ring is full',
  'a vCPU stops',
  'an index wraps',
  'a page is written again',
  'a page is re-armed',
  'a push is refused',
  'a cons is refused',
];
const reached = new Set<string>();

function violationOf(spec: VmSpec, schedule: readonly ScheduleRun[]) {
  const run = createRun(buildVm({ ...spec, sometimes: Object.keys(claims) }), 20_000);
  const { violation, stop } = runOnce(run, new ReplayScheduler(flatten(schedule)));
  for (const claim of Object.keys(claims)) if (!run.checker.missing.includes(claim)) reached.add(claim);
  return violation ?? (stop.kind === 'limit' ? 'an execution that does not end' : undefined);
}

// The seed is fixed so that a failure in CI can be reproduced. For another seed: GFNRING_SEED=… npx
// vitest run properties
const parameters = { numRuns: draws(500), seed: Number(process.env.GFNRING_SEED ?? 1) };

test('no honest VM loses a page, violates a rule of the ring, or hangs', () =>
  fc.assert(
    fc.property(new VmArbitrary({ hostile: false }), new ScheduleArbitrary(5, 60), (spec, schedule) => {
      expect(violationOf(spec, schedule)).toBeUndefined();
    }),
    parameters,
  ));

test('hostile writes to a ring neither break a rule of the kernel nor affect honest actors', () =>
  fc.assert(
    fc.property(new VmArbitrary({ hostile: true }), new ScheduleArbitrary(7, 60), (spec, schedule) => {
      expect(violationOf(spec, schedule)).toBeUndefined();
    }),
    parameters,
  ));

test('shrinking makes a scenario or a schedule smaller', () => {
  const size = (value: unknown): number => JSON.stringify(value).length;
  const steps = (runs: readonly ScheduleRun[]): number => runs.length + flatten(runs).length;
  fc.assert(
    fc.property(new VmArbitrary({ hostile: true }), new ScheduleArbitrary(7, 20), (spec, schedule) => {
      for (const smaller of new VmArbitrary({ hostile: true }).shrink(spec))
        expect(size(smaller.value)).toBeLessThanOrEqual(size(spec) + 2);
      for (const smaller of new ScheduleArbitrary(7, 20).shrink(schedule))
        expect(steps(smaller.value)).toBeLessThan(steps(schedule));
    }),
    { numRuns: 100, seed: 1 },
  );
});

afterAll(() => {
  expect(RING_CLAIMS.filter((claim) => !reached.has(claim))).toEqual([]);
});
