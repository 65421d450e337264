import { Piscina } from 'piscina';
import type { Violation } from '../../explore/execution/violation.ts';
import { createSharedSchedule, stepsTaken } from '../../memory/scheduledMemory.ts';
import { SetupMemory } from '../../memory/setupMemory.ts';
import type { Step } from '../../memory/trace.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import type { LockstepPart, LockstepTask } from './lockstepWorker.ts';

export interface LockstepRun {
  readonly trace: readonly Step[];
  readonly memory: Uint8Array;
  /** By thread: what its finished operations returned. */
  readonly results: readonly (readonly unknown[])[];
  /** What a thread saw itself: a `check` that failed, a crash. */
  readonly violation: Violation | undefined;
  /** Why the schedule could not be followed. */
  readonly strayed: string | undefined;
}

/** Real worker threads, one an actor, that run scenarios step by step as schedules say. */
export class LockstepPool {
  private readonly threads: number;
  private readonly watchdogMs: number;
  private pool: Piscina;

  /** @param watchdogMs how long one execution may take; then its threads are ended, whatever they are doing. */
  constructor(threads: number, watchdogMs = 20_000) {
    this.threads = threads;
    this.watchdogMs = watchdogMs;
    this.pool = this.newPool();
  }

  async run(source: ScenarioRef, schedule: readonly number[]): Promise<LockstepRun> {
    const { program } = await openScenario(source);
    if (program.actors.length !== this.threads)
      throw new RangeError(`a pool of ${this.threads} threads cannot run ${program.actors.length} actors`);
    const memory = new SharedArrayBuffer(program.layout.size);
    program.init(new SetupMemory(memory));
    const table = createSharedSchedule(schedule);
    const common = { source, memory, table: table.control.buffer as SharedArrayBuffer, steps: schedule.length };
    const watchdog = AbortSignal.timeout(this.watchdogMs);
    const parts = await Promise.allSettled(
      program.actors.map(
        (_, thread) =>
          this.pool.run({ ...common, thread } satisfies LockstepTask, { signal: watchdog }) as Promise<LockstepPart>,
      ),
    );
    const done = parts.map((part) => (part.status === 'fulfilled' ? part.value : lost(part.reason)));
    if (parts.some((part) => part.status === 'rejected')) await this.renew();
    const trace: Step[] = [];
    for (let i = 0; i < stepsTaken(table); i++) {
      trace.push({
        thread: schedule[i],
        operation: table.operations[i],
        code: table.codes[i],
        value: table.values[i],
        old: table.olds[i],
      });
    }
    return {
      trace,
      memory: new Uint8Array(memory),
      results: done.map((part) => part.results),
      violation: done.find((part) => part.violation)?.violation,
      strayed: done.find((part) => part.strayed)?.strayed,
    };
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async renew(): Promise<void> {
    await this.pool.destroy();
    this.pool = this.newPool();
  }

  /** As many threads as actors, one task each: they wait for one another. */
  private newPool(): Piscina {
    return new Piscina({
      filename: workerFile('run/lockstep/lockstepWorker'),
      minThreads: this.threads,
      maxThreads: this.threads,
      idleTimeout: Infinity,
    });
  }
}

function lost(reason: unknown): LockstepPart {
  const strayed =
    (reason as Error).name === 'AbortError'
      ? 'a thread did not come back and was ended by the watchdog'
      : (reason as Error).message;
  return { results: [], violation: undefined, strayed };
}
