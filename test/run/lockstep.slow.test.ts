import { afterAll, describe, expect, test } from 'vitest';
import { traceOf } from '../../src/explore/execution/trace.ts';
import { parseSchedule } from '../../src/explore/schedule.ts';
import { ReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { createRun, runOnce, takenSchedule } from '../../src/run/createRun.ts';
import { LockstepPool } from '../../src/run/lockstep/lockstepPool.ts';
import { resolveScenarioName } from '../../src/run/resolveScenarioName.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

const reset = { name: 'kernel0', role: 'kernel', operations: [{ do: 'reset' }] } as const;
const spec: VmSpec = {
  schema: 1,
  name: 'two-resets',
  rings: [{ size: 2, leeway: 0 }],
  slots: [{ slot: 0, npages: 1 }],
  index: 0,
  actors: [reset, { ...reset, name: 'kernel1' }],
  sometimes: [],
};
const run = createRun(buildVm(spec), 1000);
runOnce(run, new ReplayScheduler([]));
const good = takenSchedule(run);

describe('worker threads in lockstep', () => {
  const pool = new LockstepPool(2);
  afterAll(() => pool.close());

  test('follow a schedule', async () => {
    const { trace, memory, ...rest } = await pool.run(spec, good);
    expect(rest).toMatchObject({ strayed: undefined, violation: undefined, results: [[0], [0]] });
    expect(trace).toEqual(traceOf(run.execution));
    expect([...memory]).toEqual([...run.execution.bytes.u8]);
  });

  test('end where the schedule ends', async () => {
    const half = await pool.run(spec, good.slice(0, 3));
    expect([half.strayed, half.trace.length]).toEqual([undefined, 3]);
  });

  test('report a schedule that takes a held lock', async () => {
    expect((await pool.run(spec, [0, 1])).strayed).toMatch(/step 2 locks slots_lock, which thread 0 holds/);
  });

  test('report a schedule with steps of a thread that has ended', async () => {
    expect((await pool.run(spec, [...good, 1])).strayed).toMatch(/thread 1 has ended, the schedule gives it step/);
  });
});

test('a thread gets what the schedule chooses for it', async () => {
  const pool = new LockstepPool(2);
  const ref = await resolveScenarioName('./test/run/choosing.mjs');
  const scenario = await openScenario(ref);
  const schedule = parseSchedule('0.2,1.1,1,0')!;
  const chosen = createRun(scenario, 100);
  runOnce(chosen, new ReplayScheduler(schedule));
  const { trace, results, strayed } = await pool.run(ref, schedule);
  expect(strayed).toBeUndefined();
  expect(results).toEqual([[1], [0]]);
  expect(trace).toEqual(traceOf(chosen.execution));
  expect(takenSchedule(chosen)).toEqual(schedule);
  await pool.close();
});

test('the watchdog ends threads that hang, and the pool continues with new ones', async () => {
  const pool = new LockstepPool(2, 2_000);
  // Thread 1 has no such step, so thread 0 waits for its turn until the watchdog ends it.
  const stuck = await pool.run(spec, [...good.slice(0, 1), ...Array<number>(3).fill(7), ...good]);
  expect(stuck.strayed).toMatch(/ended by the watchdog/);
  expect((await pool.run(spec, good)).results).toEqual([[0], [0]]);
  await pool.close();
});
