import { NativeMemory, WAIT_MS } from '../memory/native.ts';
import { buildVm } from './build.ts';
import type { VmSpec } from './spec.ts';

/** One actor's part of many rounds on free threads; all of them start each round together. */
export interface StressTask {
  readonly spec: VmSpec;
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
  /** What an operation threw, and in which round; the rounds after it were not run. */
  readonly crashed: { readonly round: number; readonly message: string } | undefined;
}

/** Slots of `control`: threads that have come to a round's start, over all rounds; the clock; set when a thread gave up. */
const ARRIVED = 0;
const CLOCK = 1;
const FAILED = 2;

export default function runRounds({ spec, thread, memories, control }: StressTask): StressPart {
  const { operations } = buildVm(spec).program.actors[thread];
  const shared = new Int32Array(control);
  const calls: CallRecord[][] = [];
  for (let round = 0; round < memories.length; round++) {
    const mem = new NativeMemory(memories[round], thread);
    const done: CallRecord[] = [];
    calls.push(done);
    if (!startTogether(shared, (round + 1) * spec.actors.length)) break;
    try {
      for (let index = 0; index < operations.length; ) {
        const start = Atomics.add(shared, CLOCK, 1);
        const result = operations[index].run(mem);
        done.push({ operation: index, start, end: Atomics.add(shared, CLOCK, 1), result });
        if (operations[index].until?.(result) ?? true) index++;
      }
    } catch (error) {
      Atomics.store(shared, FAILED, 1);
      Atomics.notify(shared, ARRIVED);
      return {
        calls,
        crashed: { round, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) },
      };
    }
  }
  return { calls, crashed: undefined };
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
