import { type Violation, violationOf } from '../../explore/execution/violation.ts';
import { ASSUMED } from '../../memory/assume.ts';
import type { Place } from '../../memory/cell.ts';
import { NativeMemory, WAIT_MS } from '../../memory/nativeMemory.ts';
import { runDueCallbacks } from '../../process/supervision.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';

/** The operations of one actor in many runs. All threads start each run together. */
export interface StressTask {
  readonly source: ScenarioRef;
  readonly thread: number;
  /** By run: memory with the initial values. */
  readonly memories: readonly SharedArrayBuffer[];
  /** Four words that the threads share: see `ARRIVED`, `CLOCK`, `FAILED`. */
  readonly control: SharedArrayBuffer;
}

/** A call that returned. Its times are those of a clock that the threads share. */
export interface CallRecord {
  readonly operation: number;
  readonly start: number;
  readonly end: number;
  readonly result: unknown;
}

/** The runs of one thread. */
export interface ThreadRuns {
  /** By run. */
  readonly calls: readonly (readonly CallRecord[])[];
  /** Runs that an `assume` of this thread ended. */
  readonly blockedRuns: readonly number[];
  /** What an operation threw, and in which run. There are no later runs. */
  readonly failed: { readonly run: number; readonly violation: Violation } | undefined;
}

/** Words of `control`. Number of times that a thread has come to the start of a run. */
const ARRIVED = 0;
/** The number of calls that have begun or ended. */
const CLOCK = 1;
/** 1: a thread has failed. */
const FAILED = 2;

export default async function runActor({ source, thread, memories, control }: StressTask): Promise<ThreadRuns> {
  const { actors, layout } = (await openScenario(source)).program;
  const { operations } = actors[thread];
  const shared = new Int32Array(control);
  const calls: CallRecord[][] = [];
  const blockedRuns: number[] = [];
  for (let run = 0; run < memories.length; run++) {
    const mem = new NativeMemory(memories[run], thread);
    const done: CallRecord[] = [];
    calls.push(done);
    if (!startTogether(shared, (run + 1) * actors.length)) break;
    try {
      for (let index = 0; index < operations.length; ) {
        const start = Atomics.add(shared, CLOCK, 1);
        const result = operations[index].run(mem, done.at(-1)?.result);
        done.push({ operation: index, start, end: Atomics.add(shared, CLOCK, 1), result });
        if (operations[index].until?.(result) ?? true) index++;
      }
    } catch (error) {
      if (error === ASSUMED) {
        blockedRuns.push(run);
        release(mem, layout.places);
        continue;
      }
      Atomics.store(shared, FAILED, 1);
      Atomics.notify(shared, ARRIVED);
      return { calls, blockedRuns, failed: { run, violation: violationOf(error) } };
    }
  }
  await runDueCallbacks();
  return { calls, blockedRuns, failed: undefined };
}

/**
 * Releases the locks of a thread that an `assume` has ended, so that the others can end the run.
 */
function release(mem: NativeMemory, places: readonly Place[]): void {
  for (const place of places) {
    if (place.kind !== 'mutex' && place.kind !== 'spinlock') continue;
    if (mem.holder(place) === mem.thread) mem.unlock(place);
  }
}

/**
 * Waits until `arrivals` have been counted. Returns false if a thread has failed, or does not come.
 */
function startTogether(shared: Int32Array, arrivals: number): boolean {
  if (Atomics.add(shared, ARRIVED, 1) + 1 === arrivals) Atomics.notify(shared, ARRIVED);
  for (let spins = 0; ; spins++) {
    const arrived = Atomics.load(shared, ARRIVED);
    if (arrived >= arrivals) return true;
    if (Atomics.load(shared, FAILED) === 1) return false;
    // A short spin lets threads start at the same moment. Waiting lets a thread arrive that has no
    // processor yet.
    if (spins > 1000 && Atomics.wait(shared, ARRIVED, arrived, WAIT_MS * 2) === 'timed-out') return false;
  }
}
