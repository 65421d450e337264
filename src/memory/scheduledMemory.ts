import type { Cell, Cell64, Lock } from './cell.ts';
import { accessCode, ContractViolation, Kind, loadUntil, type Memory } from './memory.ts';
import { NativeMemory, WaitTimeout } from './nativeMemory.ts';

/** Thrown through an operation when the schedule has no step left: the execution ends where the finding ended. */
export const END_OF_SCHEDULE = Symbol('end of schedule');

/** Slots of `Timetable.control`. */
const STEP = 0;
const FAILED = 1;

/**
 * A schedule in shared memory, and the trace of those who keep to it. `order[i]` is the thread that takes step i; a thread that has
 * taken a step goes on without asking when the next is its own too.
 */
export interface SharedSchedule {
  readonly control: Int32Array;
  readonly order: Uint8Array;
  /** The trace, an entry a step: access code, value, what was there before, and the upper words of 64-bit cells. */
  readonly codes: Int32Array;
  readonly operations: Int32Array;
  readonly values: BigUint64Array;
  readonly olds: BigUint64Array;
}

/** A timetable for `schedule` in a shared buffer of its own; `view` again on the threads. */
export function timetableOf(schedule: readonly number[]): SharedSchedule {
  const n = schedule.length;
  const table = timetableView(new SharedArrayBuffer(16 + n * 25), n);
  table.order.set(schedule);
  return table;
}

/** The timetable of `length` steps that lies in `buffer`. */
export function timetableView(buffer: SharedArrayBuffer, length: number): SharedSchedule {
  const control = new Int32Array(buffer, 0, 4);
  const values = new BigUint64Array(buffer, 16, length);
  const olds = new BigUint64Array(buffer, 16 + 8 * length, length);
  const codes = new Int32Array(buffer, 16 + 16 * length, length);
  const operations = new Int32Array(buffer, 16 + 20 * length, length);
  const order = new Uint8Array(buffer, 16 + 24 * length, length);
  return { control, order, codes, operations, values, olds };
}

/** How many steps have been taken. */
export const stepsTaken = (table: SharedSchedule): number => Atomics.load(table.control, STEP);

/** Real threads under a schedule: each access waits for its turn, then is the same `Atomics` call as on free threads. */
export class ScheduledMemory implements Memory {
  readonly thread: number;
  origin: string | undefined;
  /** The running operation's index; set by whoever runs the operations. */
  operation = 0;
  private readonly native: NativeMemory;
  private readonly table: SharedSchedule;

  constructor(buffer: SharedArrayBuffer, thread: number, table: SharedSchedule) {
    this.thread = thread;
    this.native = new NativeMemory(buffer, thread);
    this.table = table;
  }

  /** Tells the others that this thread will take no further step. Throws `Breach` when the schedule still has one for it. */
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

  read(cell: Cell): number {
    return this.get(Kind.read, cell);
  }
  write(cell: Cell, value: number): void {
    this.put(Kind.write, cell, value);
  }
  read64(cell: Cell64): bigint {
    return this.get64(Kind.read, cell);
  }
  write64(cell: Cell64, value: bigint): void {
    this.put64(Kind.write, cell, value);
  }
  load(cell: Cell): number {
    return this.get(Kind.load, cell);
  }
  store(cell: Cell, value: number): void {
    this.put(Kind.store, cell, value);
  }
  load64(cell: Cell64): bigint {
    return this.get64(Kind.load, cell);
  }
  store64(cell: Cell64, value: bigint): void {
    this.put64(Kind.store, cell, value);
  }
  loadAcquire(cell: Cell): number {
    return this.get(Kind.loadAcquire, cell);
  }
  storeRelease(cell: Cell, value: number): void {
    this.put(Kind.storeRelease, cell, value);
  }

  xchg(cell: Cell, value: number): number {
    return this.update(Kind.xchg, cell, () => this.native.xchg(cell, value));
  }
  cmpxchg(cell: Cell, expected: number, replacement: number): number {
    return this.update(Kind.cmpxchg, cell, () => this.native.cmpxchg(cell, expected, replacement));
  }
  fetchAdd(cell: Cell, value: number): number {
    return this.update(Kind.fetchAdd, cell, () => this.native.fetchAdd(cell, value));
  }
  fetchAnd(cell: Cell, value: number): number {
    return this.update(Kind.fetchAnd, cell, () => this.native.fetchAnd(cell, value));
  }
  fetchOr(cell: Cell, value: number): number {
    return this.update(Kind.fetchOr, cell, () => this.native.fetchOr(cell, value));
  }

  rmb(): void {}
  wmb(): void {}
  mb(): void {}

  lock(lock: Lock): void {
    const step = this.turn();
    // In lockstep a lock that is not free is a schedule that is not this program's: nobody could give it back meanwhile.
    const holder = Atomics.load(this.native.i32, lock.offset >>> 2);
    if (holder !== 0) {
      this.fail();
      throw new ContractViolation(
        'outside the schedule',
        `step ${step + 1} locks ${lock.name}, which thread ${holder - 1} holds`,
      );
    }
    this.native.lock(lock);
    this.took(step, accessCode(Kind.lock, lock.id), BigInt(this.thread + 1), 0n);
  }
  unlock(lock: Lock): void {
    const step = this.turn();
    this.native.unlock(lock);
    this.took(step, accessCode(Kind.unlock, lock.id), 0n, BigInt(this.thread + 1));
  }

  waitUntil(cell: Cell, holds: (value: number) => boolean): number;
  waitUntil(cell: Cell64, holds: (value: bigint) => boolean): bigint;
  waitUntil(cell: Cell | Cell64, holds: (value: never) => boolean): number | bigint {
    return loadUntil(this, cell, holds);
  }
  wait(cell: Cell, expected: number): boolean {
    const step = this.turn();
    const seen = this.native.load(cell);
    this.took(step, accessCode(Kind.wait, cell.id), BigInt(seen), 0n);
    if (seen !== expected >>> 0) return false;
    // The schedule says when it has been woken.
    this.took(this.turn(), accessCode(Kind.resume, cell.id), 0n, 0n);
    return true;
  }
  wake(cell: Cell): void {
    this.took(this.turn(), accessCode(Kind.wake, cell.id), 0n, 0n);
  }

  private get(kind: number, cell: Cell): number {
    const step = this.turn();
    const value = this.native.load(cell);
    this.took(step, accessCode(kind, cell.id), BigInt(value), 0n);
    return value;
  }

  private put(kind: number, cell: Cell, value: number): void {
    const step = this.turn();
    const old = this.native.load(cell);
    this.native.store(cell, value);
    this.took(step, accessCode(kind, cell.id), BigInt(this.native.load(cell)), BigInt(old));
  }

  private update(kind: number, cell: Cell, access: () => number): number {
    const step = this.turn();
    const old = access();
    this.took(step, accessCode(kind, cell.id), BigInt(this.native.load(cell)), BigInt(old));
    return old;
  }

  private get64(kind: number, cell: Cell64): bigint {
    const step = this.turn();
    const value = this.native.load64(cell);
    this.took(step, accessCode(kind, cell.id), value, 0n);
    return value;
  }

  private put64(kind: number, cell: Cell64, value: bigint): void {
    const step = this.turn();
    const old = this.native.load64(cell);
    this.native.store64(cell, value);
    this.took(step, accessCode(kind, cell.id), this.native.load64(cell), old);
  }

  /** Waits until the schedule's next step is this thread's, and returns its index. */
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

  /** Writes the step into the trace, then lets the next thread go: pairs with the load of STEP in `turn`. */
  private took(step: number, code: number, value: bigint, old: bigint): void {
    const { control, order, codes, operations, values, olds } = this.table;
    codes[step] = code;
    operations[step] = this.operation;
    values[step] = value;
    olds[step] = old;
    Atomics.store(control, STEP, step + 1);
    if (order[step + 1] !== this.thread) Atomics.notify(control, STEP);
  }
}

/** How long a thread waits for its turn before it says that the schedule hangs. */
const WAIT_FOR_TURN_MS = 5_000;

const stuck = (control: Int32Array, step: number): boolean => Atomics.load(control, STEP) === step;
