import type { Scenario } from '../../check/scenario.ts';
import { type Violation, violationOf } from '../../explore/execution/violation.ts';
import { ASSUMED } from '../../memory/assume.ts';
import { ContractViolation } from '../../memory/memory.ts';
import { WaitTimeout } from '../../memory/nativeMemory.ts';
import { END_OF_SCHEDULE, ScheduledMemory, viewSharedSchedule } from '../../memory/scheduledMemory.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';

/** One actor of an execution in lockstep. */
export interface LockstepTask {
  readonly source: ScenarioRef;
  readonly thread: number;
  readonly memory: SharedArrayBuffer;
  readonly table: SharedArrayBuffer;
  readonly steps: number;
}

/** The result of one actor. */
export interface LockstepThread {
  readonly results: readonly unknown[];
  /** What an operation threw. */
  readonly violation: Violation | undefined;
  /**
   * Why the schedule could not be followed: the thread's turn never came, or it did another access.
   */
  readonly strayed: string | undefined;
}

/** The latest scenario. A pool runs many schedules of one scenario. */
let latest: { readonly text: string; readonly scenario: Scenario } | undefined;

async function scenarioOf(source: ScenarioRef): Promise<Scenario> {
  const text = JSON.stringify(source);
  if (latest?.text !== text) latest = { text, scenario: await openScenario(source) };
  return latest.scenario;
}

export default async function runActor({
  source,
  thread,
  memory,
  table,
  steps,
}: LockstepTask): Promise<LockstepThread> {
  const { actors, layout } = (await scenarioOf(source)).program;
  const { operations } = actors[thread];
  const mem = new ScheduledMemory(memory, thread, viewSharedSchedule(table, steps), layout.places);
  const results: unknown[] = [];
  const ended = { results, violation: undefined, strayed: undefined };
  try {
    try {
      for (let index = 0; index < operations.length; ) {
        mem.operation = index;
        const result = operations[index].run(mem, results.at(-1));
        results.push(result);
        if (operations[index].until?.(result) ?? true) index++;
      }
    } catch (error) {
      if (error !== ASSUMED) throw error;
    }
    mem.finish();
  } catch (error) {
    if (error === END_OF_SCHEDULE) return ended;
    mem.fail();
    const own =
      error instanceof WaitTimeout || (error instanceof ContractViolation && error.rule === 'outside the schedule');
    return own ? { ...ended, strayed: `${error.name}: ${error.message}` } : { ...ended, violation: violationOf(error) };
  }
  return ended;
}
