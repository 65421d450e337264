import { type Violation, violationOf } from '../../explore/execution/violation.ts';
import { ASSUMED } from '../../memory/assume.ts';
import type { Place } from '../../memory/cell.ts';
import { NativeMemory, WAIT_MS } from '../../memory/nativeMemory.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';

/** The operations of one actor in many rounds. All threads start each round together. */
export interface StressTask {
  readonly source: ScenarioRef;
  readonly thread: number;
  /** By round: memory with the initial values. */
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

/** The rounds of one thread. */
export interface ThreadRounds {
  /** By round. */
  readonly calls: readonly (readonly CallRecord[])[];
  /** Rounds that an `assume` of this thread ended. */
  readonly blockedRounds: readonly number[];
  /** What an operation threw, and in which round. Later rounds were not run. */
  readonly failed: { readonly round: number; readonly violation: Violation } | undefined;
}

/** Words of `control`. Number of times that a thread has come to the start of a round. */
const ARRIVED = 0;
/** The number of calls that have begun or ended. */
const CLOCK = 1;
/** 1: a thread has failed. */
const FAILED = 2;

export default async function runRounds({ source, thread, memories, control }: StressTask): Promise<ThreadRounds> {
  const { actors, layout } = (await openScenario(source)).program;
  const { operations } = actors[thread];
  const shared = new Int32Array(control);
  const calls: CallRecord[][] = [];
  const blockedRounds: number[] = [];
  for (let round = 0; round < memories.length; round++) {
    const mem = new NativeMemory(memories[round], thread);
    const done: CallRecord[] = [];
    calls.push(done);
    if (!startTogether(shared, (round + 1) * actors.length)) break;
    try {
      for (let index = 0; index < operations.length; ) {
        const start = Atomics.add(shared, CLOCK, 1);
        const result = operations[index].run(mem, done.at(-1)?.result);
        done.push({ operation: index, start, end: Atomics.add(shared, CLOCK, 1), result });
        if (operations[index].until?.(result) ?? true) index++;
      }
    } catch (error) {
      if (error === ASSUMED) {
        blockedRounds.push(round);
        release(mem, layout.places);
        continue;
      }
      Atomics.store(shared, FAILED, 1);
      Atomics.notify(shared, ARRIVED);
      return { calls, blockedRounds, failed: { round, violation: violationOf(error) } };
    }
  }
  return { calls, blockedRounds, failed: undefined };
}

/**
 * Releases the locks of a thread that an `assume` has ended, so that the others can end the round.
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
