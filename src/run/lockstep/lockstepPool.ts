import type { Piscina } from 'piscina';
import type { Violation } from '../../explore/execution/violation.ts';
import { readFromIndex, threadOf } from '../../explore/schedule.ts';
import { describeThrown } from '../../input/show.ts';
import { createSharedSchedule, stepsTaken } from '../../memory/scheduledMemory.ts';
import { SetupMemory } from '../../memory/setupMemory.ts';
import type { Step } from '../../memory/trace.ts';
import { createPool, destroyPool } from '../../process/pool.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import { isAbortedBy } from '../endedBy.ts';
import type { LockstepTask, LockstepThread } from './lockstepWorker.ts';

/** The result of running a schedule on real threads. */
export interface LockstepRun {
  readonly trace: readonly Step[];
  readonly memory: Uint8Array;
  /** By thread: the results of its finished operations. */
  readonly results: readonly (readonly unknown[])[];
  /** What an operation threw: a `check` that failed, or a crash. */
  readonly violation: Violation | undefined;
  /** Why the schedule could not be followed. */
  readonly strayed: string | undefined;
}

/** Worker threads, one for each actor, that take their steps in the order of a schedule. */
export class LockstepPool {
  private readonly threads: number;
  private readonly watchdogMs: number;
  private pool: Piscina;

  /** @param watchdogMs limit of the time of one execution. Its threads are then ended. */
  constructor(threads: number, watchdogMs = 20_000) {
    this.threads = threads;
    this.watchdogMs = watchdogMs;
    this.pool = this.createPool();
  }

  async run(source: ScenarioRef, schedule: readonly number[]): Promise<LockstepRun> {
    const { program } = await openScenario(source);
    if (program.actors.length !== this.threads)
      throw new RangeError(`a pool of ${this.threads} threads cannot run ${program.actors.length} actors`);
    const memory = new SharedArrayBuffer(program.layout.size);
    program.init(new SetupMemory(memory));
    const threads = schedule.map(threadOf);
    const table = createSharedSchedule(threads, schedule.map(readFromIndex));
    const common = { source, memory, table: table.control.buffer as SharedArrayBuffer, steps: schedule.length };
    const watchdog = AbortSignal.timeout(this.watchdogMs);
    const settled = await Promise.allSettled(
      program.actors.map(
        (_, thread) =>
          this.pool.run({ ...common, thread } satisfies LockstepTask, { signal: watchdog }) as Promise<LockstepThread>,
      ),
    );
    const done = settled.map((thread) =>
      thread.status === 'fulfilled' ? thread.value : lostThread(isAbortedBy(watchdog, thread.reason), thread.reason),
    );
    if (settled.some((thread) => thread.status === 'rejected')) await this.restart();
    const trace: Step[] = [];
    for (let i = 0; i < stepsTaken(table); i++) {
      trace.push({
        thread: threads[i],
        operation: table.operations[i],
        code: table.codes[i],
        value: table.values[i],
        old: table.olds[i],
      });
    }
    return {
      trace,
      memory: new Uint8Array(memory),
      results: done.map(({ results }) => results),
      violation: done.find(({ violation }) => violation)?.violation,
      strayed: done.find(({ strayed }) => strayed)?.strayed,
    };
  }

  async close(): Promise<void> {
    await destroyPool(this.pool);
  }

  private async restart(): Promise<void> {
    await destroyPool(this.pool);
    this.pool = this.createPool();
  }

  /** Each actor needs a thread of its own, because they wait for each other. */
  private createPool(): Piscina {
    return createPool(workerFile('run/lockstep/lockstepWorker'), this.threads);
  }
}

function lostThread(isHung: boolean, reason: unknown): LockstepThread {
  const strayed = isHung ? 'a thread did not come back and was ended by the watchdog' : describeThrown(reason);
  return { results: [], violation: undefined, strayed };
}
