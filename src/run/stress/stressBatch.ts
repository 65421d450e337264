import type { Piscina } from 'piscina';
import type { Scenario } from '../../check/scenario.ts';
import { crashOf, type Violation } from '../../explore/execution/violation.ts';
import { BadInput } from '../../input/badInput.ts';
import { describeThrown } from '../../input/show.ts';
import { SetupMemory } from '../../memory/setupMemory.ts';
import type { ScenarioRef } from '../../scenario/scenarioRef.ts';
import { isAbortedBy } from '../endedBy.ts';
import type { CallRecord, StressTask, ThreadRuns } from './stressWorker.ts';

/** One execution of the scenario by free threads. */
export interface StressRun {
  readonly memory: SharedArrayBuffer;
  /** By thread. */
  readonly calls: readonly (readonly CallRecord[])[];
  /** Whether an `assume` of some thread was false. */
  readonly isBlocked: boolean;
  /** What an operation threw. */
  readonly failed: Violation | undefined;
}

/** No batch takes so many seconds unless a thread loops for ever. */
export const PATIENCE_SECONDS = 60;

/**
 * Performs `count` runs, until one fails. Returns none if the batch was not done in time. If it had
 * `PATIENCE_SECONDS`, a thread that is not done has crashed.
 */
export async function runStressBatch(
  pool: Piscina,
  source: ScenarioRef,
  { program }: Scenario,
  count: number,
  seconds: number,
): Promise<StressRun[]> {
  const memories = Array.from({ length: count }, () => {
    const memory = new SharedArrayBuffer(program.layout.size);
    program.init(new SetupMemory(memory));
    return memory;
  });
  const control = new SharedArrayBuffer(16);
  // A thread that waits ends by itself after its deadline. One that loops for ever is ended here.
  // If one dies, all are ended, because the others would wait for it.
  const died = new AbortController();
  let cause: string | undefined;
  const signal = AbortSignal.any([died.signal, AbortSignal.timeout(Math.ceil(1000 * seconds))]);
  const settled = await Promise.allSettled(
    program.actors.map((_, thread) => {
      const task: StressTask = { source, thread, memories, control };
      const run = pool.run(task, { signal }) as Promise<ThreadRuns>;
      run.catch((error: unknown) => {
        if (isAbortedBy(signal, error)) return;
        cause ??= describeThrown(error);
        died.abort();
      });
      return run;
    }),
  );
  if (cause !== undefined && 'module' in source)
    throw new BadInput(`${source.module} ends its thread: ${cause}: a module must not do that`);
  const isLate = settled.some((thread) => thread.status === 'rejected' && isAbortedBy(signal, thread.reason));
  if (seconds < PATIENCE_SECONDS && isLate) return [];
  const threads = settled.map((thread) =>
    thread.status === 'fulfilled' ? thread.value : crashed(isAbortedBy(signal, thread.reason), thread.reason),
  );
  const firstFailed = Math.min(...threads.map(({ failed }) => failed?.run ?? Infinity));
  return memories.slice(0, Math.min(count, firstFailed + 1)).map((memory, run) => ({
    memory,
    calls: threads.map(({ calls }) => calls[run] ?? []),
    isBlocked: threads.some(({ blockedRuns }) => blockedRuns.includes(run)),
    failed: failureIn(threads, run),
  }));
}

/** A thread without a result has failed in the first run. */
function crashed(isTimeout: boolean, reason: unknown): ThreadRuns {
  const message = isTimeout ? 'a thread did not come back' : describeThrown(reason);
  return { calls: [[]], blockedRuns: [], failed: { run: 0, violation: crashOf(message) } };
}

function failureIn(threads: readonly ThreadRuns[], run: number): Violation | undefined {
  return threads.find((thread) => thread.failed?.run === run)?.failed?.violation;
}
