import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { traceOf } from '../src/explore/execution/trace.ts';
import { ReplayScheduler } from '../src/explore/schedulers/replay.ts';
import { createRun, runOnce, takenSchedule } from '../src/run/createRun.ts';
import { LockstepPool } from '../src/run/lockstep/lockstepPool.ts';
import { buildVm } from '../src/scenario/vm.ts';
import { detailedScenarios } from '../src/trackers/gfnRing/scenarios.ts';
import { draws } from '../test/draws.ts';
import { flatten, ScheduleArbitrary } from './arbitraries/schedule.ts';

const names = ['vm', 'vm-hostile'];
const specs = names.map((name) => detailedScenarios.find(({ spec }) => spec.name === name)!.spec);
const pool = new LockstepPool(5);
const RUNS = draws(150);
let compared = 0;

test('the explorer and worker threads give the same trace, results and memory for the same schedule', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...specs), new ScheduleArbitrary(5, 80), async (spec, runs) => {
      const run = createRun(buildVm(spec), 20_000);
      runOnce(run, new ReplayScheduler(flatten(runs)));
      const schedule = takenSchedule(run);
      const threads = await pool.run(spec, schedule);
      expect(threads.strayed).toBeUndefined();
      expect(threads.violation).toBeUndefined();
      expect(threads.trace).toEqual(traceOf(run.execution));
      expect([...threads.memory]).toEqual([...run.execution.bytes.u8]);
      expect(threads.results).toEqual(run.execution.results);
      compared++;
    }),
    { numRuns: RUNS, seed: Number(process.env.GFNRING_SEED ?? 1) },
  );
});

afterAll(async () => {
  await pool.close();
  expect(compared).toBeGreaterThanOrEqual(RUNS);
});
