import { type Violation, violationOf } from '../../explore/execution/violation.ts';
import { ASSUMED } from '../../memory/assume.ts';
import type { Place } from '../../memory/cell.ts';
import { NativeMemory, WAIT_MS } from '../../memory/nativeMemory.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';

/** One actor's part of many rounds on free threads; all of them start each round together. */
export interface StressTask {
  readonly source: ScenarioRef;
  readonly thread: number;
  /** One memory a round, holding the initial values. */
  readonly memories: readonly SharedArrayBuffer[];
  /** See the slots below. */
  readonly control: SharedArrayBuffer;
}

/** A call that returned: when it began and ended by the shared clock, and what it returned. */
export interface CallRecord {
  readonly operation: number;
  readonly start: number;
  readonly end: number;
  readonly result: unknown;
}

export interface StressPart {
  /** By round. */
  readonly calls: readonly (readonly CallRecord[])[];
  /** Rounds that an assumption ended for this thread. */
  readonly gaveUp: readonly number[];
  /** What an operation threw, and in which round; the rounds after it were not run. */
  readonly failed: (Violation & { readonly round: number }) | undefined;
}

/** Slots of `control`: threads that have come to a round's start, over all rounds; the clock; set when a thread gave up. */
const ARRIVED = 0;
const CLOCK = 1;
const FAILED = 2;

export default async function runRounds({ source, thread, memories, control }: StressTask): Promise<StressPart> {
  const { actors, layout } = (await openScenario(source)).program;
  const { operations } = actors[thread];
  const shared = new Int32Array(control);
  const calls: CallRecord[][] = [];
  const gaveUp: number[] = [];
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
        gaveUp.push(round);
        release(mem, layout.places);
        continue;
      }
      Atomics.store(shared, FAILED, 1);
      Atomics.notify(shared, ARRIVED);
      return { calls, gaveUp, failed: { round, ...violationOf(error) } };
    }
  }
  return { calls, gaveUp, failed: undefined };
}

/** The round counts for nothing any more, but those who wait for this thread's locks are to come to its end. */
function release(mem: NativeMemory, places: readonly Place[]): void {
  for (const place of places) {
    if (place.kind !== 'mutex' && place.kind !== 'spinlock') continue;
    if (mem.holder(place) === mem.thread) mem.unlock(place);
  }
}

/** Waits until `threads` arrivals have been counted. False when a thread has given up instead. */
function startTogether(shared: Int32Array, threads: number): boolean {
  if (Atomics.add(shared, ARRIVED, 1) + 1 === threads) Atomics.notify(shared, ARRIVED);
  for (let spins = 0; ; spins++) {
    const arrived = Atomics.load(shared, ARRIVED);
    if (arrived >= threads) return true;
    if (Atomics.load(shared, FAILED) === 1) return false;
    // A short spin lets those who are here start at the same moment; waiting lets those who have no processor yet arrive.
    if (spins > 1000 && Atomics.wait(shared, ARRIVED, arrived, WAIT_MS * 2) === 'timed-out') return false;
  }
}
