import { traceOf } from '../explore/execution/trace.ts';
import { sameStep } from '../memory/trace.ts';
import { plural } from '../report/format.ts';
import type { CheckedExecution } from '../run/createRun.ts';
import { LockstepPool } from '../run/lockstep/lockstepPool.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';

export interface WorkerReplay {
  /** Whether steps, memory and violation are the same as in the explorer. */
  readonly same: boolean;
  readonly text: string;
}

/**
 * Runs a schedule again on real threads, one step at a time, and compares the result.
 *
 * @param run the run of the same schedule in the explorer.
 * @param property that the run violates; null: none.
 */
export async function replayOnWorkers(
  source: ScenarioRef,
  order: readonly number[],
  { execution }: CheckedExecution,
  property: string | null,
): Promise<WorkerReplay> {
  const trace = traceOf(execution);
  const threads = execution.program.actors.length;
  const pool = new LockstepPool(threads);
  const different = (text: string): WorkerReplay => ({ same: false, text });
  try {
    const replayed = await pool.run(source, order.slice(0, trace.length));
    const { memory, strayed, violation } = replayed;
    if (strayed !== undefined) return different(`on ${plural(threads, 'worker thread')}: ${strayed}`);
    const i = trace.findIndex((step, i) => replayed.trace[i] === undefined || !sameStep(step, replayed.trace[i]));
    if (i >= 0) return different(`on worker threads step ${i + 1} differs`);
    if (violation !== undefined && violation.property !== property)
      return different(`on worker threads ${violation.property}: ${violation.message}`);
    if (!memory.every((byte, i) => byte === execution.bytes.u8[i]))
      return different('on worker threads the final memory differs');
    const steps = plural(trace.length, 'step');
    return {
      same: true,
      text: `the same on ${plural(threads, 'worker thread')}: ${steps}, and the same memory, byte for byte`,
    };
  } finally {
    await pool.close();
  }
}
