import { AccessMemory, performAccess } from './accessMemory.ts';
import type { Lock, Place } from './cell.ts';
import { accessCode, isWrite, Kind } from './kinds.ts';
import { ContractViolation } from './memory.ts';
import { NativeMemory, WaitTimeout } from './nativeMemory.ts';

/**
 * Thrown through an operation when the schedule has no step left: the execution has reached the end
 * of the finding.
 */
export const END_OF_SCHEDULE = Symbol('end of schedule');

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
  const table = viewSharedSchedule(new SharedArrayBuffer(16 + n * 27), n);
  table.order.set(order);
  table.chosen.set(chosen);
  return table;
}

/** The `SharedSchedule` of `length` steps in `buffer`. */
export function viewSharedSchedule(buffer: SharedArrayBuffer, length: number): SharedSchedule {
  const control = new Int32Array(buffer, 0, 4);
  const values = new BigUint64Array(buffer, 16, length);
  const olds = new BigUint64Array(buffer, 16 + 8 * length, length);
  const codes = new Int32Array(buffer, 16 + 16 * length, length);
  const operations = new Int32Array(buffer, 16 + 20 * length, length);
  const chosen = new Uint16Array(buffer, 16 + 24 * length, length);
  const order = new Uint8Array(buffer, 16 + 26 * length, length);
  return { control, order, chosen, codes, operations, values, olds };
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

  constructor(buffer: SharedArrayBuffer, thread: number, table: SharedSchedule) {
    super();
    this.thread = thread;
    this.native = new NativeMemory(buffer, thread);
    this.table = table;
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

  protected access(kind: number, place: Place, operand: number | bigint, expected: number): number | bigint {
    const step = this.turn();
    const code = accessCode(kind, place.id);
    if (kind === Kind.wake || kind === Kind.resume) {
      this.recordStep(step, code, 0n, 0n); // the schedule says when a thread has been woken
      return 0;
    }
    if (kind === Kind.lock) this.checkFree(place as Lock, step);
    const old = this.valueAt(place);
    if (!isWrite(kind)) {
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
