import { AccessMemory, performAccess } from './accessMemory.ts';
import type { Lock, Place } from './cell.ts';
import { accessCode, isQueue, isWait, isWrite, Kind } from './kinds.ts';
import { ContractViolation } from './memory.ts';
import { NativeMemory, WaitTimeout } from './nativeMemory.ts';
import { WaitQueues } from './waitQueues.ts';

/**
 * Thrown through an operation when the schedule has no step left: the execution has reached the end
 * of the finding.
 */
export const END_OF_SCHEDULE = Symbol('end of schedule');

/** Threads that a table of wait queues has room for. */
const THREADS_MAX = 32;
/** Bytes before the first list of a table. */
const HEAD = 16 + 8 * THREADS_MAX;

/** Indices into `SharedSchedule.control`. */
const STEP = 0;
const FAILED = 1;

/**
 * A schedule in shared memory, and the trace of the threads that follow it. `order[i]` is the
 * thread that takes step i, and `chosen[i]` what it chooses if that step is a `choose`.
 */
export interface SharedSchedule {
  readonly control: Int32Array;
  readonly order: Uint8Array;
  readonly chosen: Uint16Array;
  /** See `WaitQueues`. */
  readonly queues: Int32Array;
  /** The trace, by step: access code, index of the operation, value, old value. */
  readonly codes: Int32Array;
  readonly operations: Int32Array;
  readonly values: BigUint64Array;
  readonly olds: BigUint64Array;
}

/**
 * A `SharedSchedule` of these threads, and of what each of their steps chooses, in a new buffer.
 * Other threads view it with `viewSharedSchedule`.
 */
export function createSharedSchedule(order: readonly number[], chosen: readonly number[] = []): SharedSchedule {
  const n = order.length;
  const table = viewSharedSchedule(new SharedArrayBuffer(HEAD + n * 27), n);
  table.order.set(order);
  table.chosen.set(chosen);
  table.queues.fill(-1);
  return table;
}

/** The `SharedSchedule` of `length` steps in `buffer`. */
export function viewSharedSchedule(buffer: SharedArrayBuffer, length: number): SharedSchedule {
  const control = new Int32Array(buffer, 0, 4);
  const queues = new Int32Array(buffer, 16, 2 * THREADS_MAX);
  const values = new BigUint64Array(buffer, HEAD, length);
  const olds = new BigUint64Array(buffer, HEAD + 8 * length, length);
  const codes = new Int32Array(buffer, HEAD + 16 * length, length);
  const operations = new Int32Array(buffer, HEAD + 20 * length, length);
  const chosen = new Uint16Array(buffer, HEAD + 24 * length, length);
  const order = new Uint8Array(buffer, HEAD + 26 * length, length);
  return { control, queues, order, chosen, codes, operations, values, olds };
}

/** How many steps have been taken. */
export const stepsTaken = (table: SharedSchedule): number => Atomics.load(table.control, STEP);

/**
 * Real threads under a schedule: each access waits for its turn, then is the `Atomics` call of
 * `NativeMemory`.
 */
export class ScheduledMemory extends AccessMemory {
  readonly thread: number;
  origin: string | undefined;
  /** The index of the running operation; the caller of the operations sets it. */
  operation = 0;
  private readonly native: NativeMemory;
  private readonly table: SharedSchedule;
  private readonly queues: WaitQueues;

  /** @param places those of the layout. */
  constructor(buffer: SharedArrayBuffer, thread: number, table: SharedSchedule, places: readonly Place[]) {
    super();
    this.thread = thread;
    this.native = new NativeMemory(buffer, thread);
    this.table = table;
    this.queues = new WaitQueues(THREADS_MAX, places, table.queues);
  }

  /** Ends this thread. Throws `ContractViolation` when the schedule has a further step for it. */
  finish(): void {
    const { control, order } = this.table;
    for (let step = Atomics.load(control, STEP); step < order.length; step++) {
      if (order[step] !== this.thread) continue;
      this.fail();
      throw new ContractViolation(
        'outside the schedule',
        `thread ${this.thread} has ended, the schedule gives it step ${step + 1}`,
      );
    }
  }

  /** Ends the execution for all threads. */
  fail(): void {
    Atomics.store(this.table.control, FAILED, 1);
    Atomics.notify(this.table.control, STEP);
  }

  protected access(kind: number, place: Place, operand: number | bigint, expected: number | bigint): number | bigint {
    const step = this.turn();
    const code = accessCode(kind, place.id);
    if (isQueue(kind) && !isWait(kind)) {
      const result = this.useQueue(kind, place, Number(operand));
      this.recordStep(step, code, BigInt(result), 0n);
      return result;
    }
    if (kind === Kind.lock) this.checkFree(place as Lock, step);
    const old = this.valueAt(place);
    if (!isWrite(kind)) {
      if (isWait(kind) && old === expected) this.queues.sleep(this.thread, kind, place.id, step);
      this.recordStep(step, code, BigInt(old), 0n);
      return old;
    }
    const result = performAccess(this.native, kind, place, operand, expected);
    this.recordStep(step, code, BigInt(this.valueAt(place)), BigInt(old));
    return result;
  }

  protected fenceStep(_kind: number): void {}

  protected choiceStep(): number {
    const step = this.turn();
    const chosen = this.table.chosen[step];
    this.recordStep(step, accessCode(Kind.choose, 0), BigInt(chosen), 0n);
    return chosen;
  }

  /** The schedule says when a thread goes on; here is only whom a wake-up woke. */
  private useQueue(kind: number, { id }: Place, count: number): number {
    if (kind === Kind.wake) this.queues.wakeAll(id);
    if (kind === Kind.wakeSome) return countBits(this.queues.wakeSome(id, count));
    return kind === Kind.resumeFor && this.queues.timeOut(this.thread) ? 1 : 0;
  }

  private valueAt(place: Place): number | bigint {
    if (place.kind === 'cell64') return this.native.load64(place);
    return place.kind === 'cell' ? this.native.load(place) : Atomics.load(this.native.u32, place.offset >>> 2);
  }

  /**
   * A lock that is held means that the schedule is not this program's: no other thread runs to
   * release it.
   */
  private checkFree(lock: Lock, step: number): void {
    const holder = this.native.holder(lock);
    if (holder < 0) return;
    this.fail();
    throw new ContractViolation(
      'outside the schedule',
      `step ${step + 1} locks ${lock.name}, which thread ${holder} holds`,
    );
  }

  /** Waits until the next step is one of this thread, and returns its index. */
  private turn(): number {
    const { control, order } = this.table;
    for (let spins = 0; ; spins++) {
      const step = Atomics.load(control, STEP);
      if (step >= order.length || Atomics.load(control, FAILED) === 1) throw END_OF_SCHEDULE;
      if (order[step] === this.thread) return step;
      if (spins > 200 && Atomics.wait(control, STEP, step, WAIT_FOR_TURN_MS) === 'timed-out' && stuck(control, step)) {
        throw new WaitTimeout(this.thread, `its turn at step ${step + 1}`);
      }
    }
  }

  /**
   * Adds the step to the trace, then releases the next thread: pairs with the load of STEP in
   * `turn`.
   */
  private recordStep(step: number, code: number, value: bigint, old: bigint): void {
    const { control, order, codes, operations, values, olds } = this.table;
    codes[step] = code;
    operations[step] = this.operation;
    values[step] = value;
    olds[step] = old;
    Atomics.store(control, STEP, step + 1);
    if (order[step + 1] !== this.thread) Atomics.notify(control, STEP);
  }
}

/**
 * Milliseconds that a thread waits for its turn without any step, before it throws `WaitTimeout`.
 */
const WAIT_FOR_TURN_MS = 5_000;

const stuck = (control: Int32Array, step: number): boolean => Atomics.load(control, STEP) === step;

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
