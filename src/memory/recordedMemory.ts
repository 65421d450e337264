import type { Cell, Cell64, Lock } from './cell.ts';
import type { Layout } from './layout.ts';
import {
  accessCode,
  ContractViolation,
  isFence,
  Kind,
  kindNames,
  kindOf,
  loadUntil,
  type Memory,
  placeOf,
} from './memory.ts';
import type { Step } from './trace.ts';

/** Thrown through an operation when the recording has no further step for it. */
export const END_OF_RECORDING = Symbol('end of recording');

/**
 * Serves one actor the values it saw in a finding, in one ordinary pass: nothing is thrown on the way and nothing runs twice, so that a
 * debugger can step through. Nothing is shared and nothing is written.
 */
export class RecordedMemory implements Memory {
  readonly thread: number;
  origin: string | undefined;
  private readonly steps: readonly Step[];
  private readonly layout: Layout;
  private next = 0;

  /** `steps`: the recorded steps of `thread` alone, in order. */
  constructor(thread: number, steps: readonly Step[], layout: Layout) {
    this.thread = thread;
    this.steps = steps;
    this.layout = layout;
  }

  read(cell: Cell): number {
    return Number(this.step(Kind.read, cell.id).value);
  }
  write(cell: Cell, value: number): void {
    this.wrote(Kind.write, cell, value);
  }
  read64(cell: Cell64): bigint {
    return this.step(Kind.read, cell.id).value;
  }
  write64(cell: Cell64, value: bigint): void {
    this.wrote(Kind.write, cell, value);
  }
  load(cell: Cell): number {
    return Number(this.step(Kind.load, cell.id).value);
  }
  store(cell: Cell, value: number): void {
    this.wrote(Kind.store, cell, value);
  }
  load64(cell: Cell64): bigint {
    return this.step(Kind.load, cell.id).value;
  }
  store64(cell: Cell64, value: bigint): void {
    this.wrote(Kind.store, cell, value);
  }
  loadAcquire(cell: Cell): number {
    return Number(this.step(Kind.loadAcquire, cell.id).value);
  }
  storeRelease(cell: Cell, value: number): void {
    this.wrote(Kind.storeRelease, cell, value);
  }
  xchg(cell: Cell, _value: number): number {
    return Number(this.step(Kind.xchg, cell.id).old);
  }
  cmpxchg(cell: Cell, _expected: number, _replacement: number): number {
    return Number(this.step(Kind.cmpxchg, cell.id).old);
  }
  fetchAdd(cell: Cell, _value: number): number {
    return Number(this.step(Kind.fetchAdd, cell.id).old);
  }
  fetchAnd(cell: Cell, _value: number): number {
    return Number(this.step(Kind.fetchAnd, cell.id).old);
  }
  fetchOr(cell: Cell, _value: number): number {
    return Number(this.step(Kind.fetchOr, cell.id).old);
  }
  rmb(): void {
    this.fence(Kind.rmb);
  }
  wmb(): void {
    this.fence(Kind.wmb);
  }
  mb(): void {
    this.fence(Kind.mb);
  }
  lock(lock: Lock): void {
    this.step(Kind.lock, lock.id);
  }
  unlock(lock: Lock): void {
    this.step(Kind.unlock, lock.id);
  }
  waitUntil(cell: Cell, holds: (value: number) => boolean): number;
  waitUntil(cell: Cell64, holds: (value: bigint) => boolean): bigint;
  waitUntil(cell: Cell | Cell64, holds: (value: never) => boolean): number | bigint {
    return loadUntil(this, cell, holds);
  }
  wait(cell: Cell, expected: number): boolean {
    if (Number(this.step(Kind.wait, cell.id).value) !== expected >>> 0) return false;
    this.step(Kind.resume, cell.id);
    return true;
  }
  wake(cell: Cell): void {
    this.step(Kind.wake, cell.id);
  }

  private wrote(kind: number, cell: Cell | Cell64, value: number | bigint): void {
    const recorded = this.step(kind, cell.id).value;
    const stored = BigInt.asUintN(cell.bits, BigInt(value));
    if (recorded !== stored) throw this.differs(`${kindNames[kind]} ${cell.name} = ${recorded}`, `= ${stored}`);
  }

  /** A fence is a step under some memory models only: where it is none, the recording goes on with another access. */
  private fence(kind: number): void {
    if (this.steps[this.next]?.code === accessCode(kind, 0)) this.next++;
  }

  private step(kind: number, id: number): Step {
    const step = this.steps[this.next];
    if (step === undefined) throw END_OF_RECORDING;
    if (step.code !== accessCode(kind, id)) {
      throw this.differs(this.describe(step.code), this.describe(accessCode(kind, id)));
    }
    this.next++;
    return step;
  }

  private describe(code: number): string {
    const name = kindNames[kindOf(code)];
    return isFence(kindOf(code)) ? name : `${name} ${this.layout.places[placeOf(code)].name}`;
  }

  private differs(recorded: string, now: string): ContractViolation {
    return new ContractViolation(
      'differs on the second pass',
      `step ${this.next + 1} of thread ${this.thread} was ${recorded} in the recording and is ${now} now`,
    );
  }
}
