import { type Cell, type Cell64, cellValue, type Lock, wideCellValue, wrap } from './cell.ts';
import { ContractViolation, checkChoices, loadUntil, type Memory, type WaitResult } from './memory.ts';

/** Milliseconds that a thread waits for a lock or a wake-up before it throws `WaitTimeout`. */
export const WAIT_MS = 10_000;

/**
 * In the word of a held lock: a thread may sleep until its release. Without it, `unlock` does not
 * call `Atomics.notify`, which would double its cost.
 */
const AWAITED = 1 << 30;

/**
 * A thread waited longer than `WAIT_MS`: a deadlock, or a lost wake-up, of free-running threads.
 */
export class WaitTimeout extends Error {
  constructor(thread: number, what: string) {
    super(`thread ${thread} waited ${WAIT_MS} ms for ${what}`);
    this.name = 'WaitTimeout';
  }
}

/**
 * Free-running memory: each access is one `Atomics` call on a buffer that worker threads share.
 * `Atomics` are sequentially consistent, so the fences do nothing. Each thread has an instance of
 * its own. A wait of more than 10 s for a lock or a wake-up throws `WaitTimeout`.
 */
export class NativeMemory implements Memory {
  readonly thread: number;
  origin: string | undefined;
  /** The buffer by bytes. */
  readonly u8: Uint8Array;
  /** By 16 bits. */
  readonly u16: Uint16Array;
  /** By 32 bits. */
  readonly u32: Uint32Array;
  /** By 32 bits, signed, as `Atomics.wait` needs it. */
  readonly i32: Int32Array;
  /** By 64 bits. */
  readonly u64: BigUint64Array;
  /** By 64 bits, signed. */
  readonly i64: BigInt64Array;

  /**
   * `buffer` has the bytes of the layout's `size`; `thread` is the number of the thread that uses
   * it, from 0.
   */
  constructor(buffer: SharedArrayBuffer, thread: number) {
    this.thread = thread;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    this.i64 = new BigInt64Array(buffer);
  }

  load(cell: Cell): number {
    if (cell.bits === 32) return Atomics.load(cell.signed ? this.i32 : this.u32, cell.offset >>> 2);
    return cellValue(cell, Atomics.load(this.viewOf(cell), index(cell)));
  }
  store(cell: Cell, value: number): void {
    if (cell.bits === 32) Atomics.store(this.u32, cell.offset >>> 2, value);
    else if (cell.bits === 16) Atomics.store(this.u16, cell.offset >>> 1, value);
    else Atomics.store(this.u8, cell.offset, value);
  }
  load64(cell: Cell64): bigint {
    return Atomics.load(cell.signed ? this.i64 : this.u64, cell.offset >>> 3);
  }
  store64(cell: Cell64, value: bigint): void {
    Atomics.store(this.u64, cell.offset >>> 3, value);
  }

  read(cell: Cell): number {
    return this.load(cell);
  }
  write(cell: Cell, value: number): void {
    this.store(cell, value);
  }
  read64(cell: Cell64): bigint {
    return this.load64(cell);
  }
  write64(cell: Cell64, value: bigint): void {
    this.store64(cell, value);
  }
  loadAcquire(cell: Cell): number {
    return this.load(cell);
  }
  storeRelease(cell: Cell, value: number): void {
    this.store(cell, value);
  }

  xchg(cell: Cell, value: number): number {
    return cellValue(cell, Atomics.exchange(this.viewOf(cell), index(cell), value));
  }
  cmpxchg(cell: Cell, expected: number, replacement: number): number {
    const old = Atomics.compareExchange(this.viewOf(cell), index(cell), wrap(expected, cell.bits), replacement);
    return cellValue(cell, old);
  }
  fetchAdd(cell: Cell, value: number): number {
    return cellValue(cell, Atomics.add(this.viewOf(cell), index(cell), value));
  }
  fetchAnd(cell: Cell, value: number): number {
    return cellValue(cell, Atomics.and(this.viewOf(cell), index(cell), value));
  }
  fetchOr(cell: Cell, value: number): number {
    return cellValue(cell, Atomics.or(this.viewOf(cell), index(cell), value));
  }
  fetchSub(cell: Cell, value: number): number {
    return cellValue(cell, Atomics.sub(this.viewOf(cell), index(cell), value));
  }
  fetchXor(cell: Cell, value: number): number {
    return cellValue(cell, Atomics.xor(this.viewOf(cell), index(cell), value));
  }

  xchg64(cell: Cell64, value: bigint): bigint {
    return wideCellValue(cell, Atomics.exchange(this.u64, cell.offset >>> 3, value));
  }
  cmpxchg64(cell: Cell64, expected: bigint, replacement: bigint): bigint {
    const old = Atomics.compareExchange(this.u64, cell.offset >>> 3, BigInt.asUintN(64, expected), replacement);
    return wideCellValue(cell, old);
  }
  fetchAdd64(cell: Cell64, value: bigint): bigint {
    return wideCellValue(cell, Atomics.add(this.u64, cell.offset >>> 3, value));
  }
  fetchAnd64(cell: Cell64, value: bigint): bigint {
    return wideCellValue(cell, Atomics.and(this.u64, cell.offset >>> 3, value));
  }
  fetchOr64(cell: Cell64, value: bigint): bigint {
    return wideCellValue(cell, Atomics.or(this.u64, cell.offset >>> 3, value));
  }
  fetchSub64(cell: Cell64, value: bigint): bigint {
    return wideCellValue(cell, Atomics.sub(this.u64, cell.offset >>> 3, value));
  }
  fetchXor64(cell: Cell64, value: bigint): bigint {
    return wideCellValue(cell, Atomics.xor(this.u64, cell.offset >>> 3, value));
  }

  rmb(): void {}
  wmb(): void {}
  mb(): void {}
  fence(): void {}

  lock(lock: Lock): void {
    const at = lock.offset >>> 2;
    const me = this.thread + 1;
    let mine = me;
    for (let spins = 0; ; spins++) {
      const held = Atomics.compareExchange(this.i32, at, 0, mine);
      if (held === 0) return;
      // A spinlock spins for a while only: more threads than processors would starve its holder.
      if (lock.kind === 'spinlock' && spins < 1000) continue;
      const awaited = held | AWAITED;
      if (held !== awaited && Atomics.compareExchange(this.i32, at, held, awaited) !== held) continue;
      if (Atomics.wait(this.i32, at, awaited, WAIT_MS) === 'timed-out') throw new WaitTimeout(this.thread, lock.name);
      mine = me | AWAITED; // others may still sleep, and only a thread that slept knows that
    }
  }
  unlock(lock: Lock): void {
    const at = lock.offset >>> 2;
    if (this.holder(lock) !== this.thread) {
      throw new ContractViolation(
        'not the holder',
        `thread ${this.thread} unlocks ${lock.name}, which it does not hold`,
      );
    }
    if ((Atomics.exchange(this.i32, at, 0) & AWAITED) !== 0) Atomics.notify(this.i32, at, 1);
  }

  /** The thread that holds a lock, or -1. */
  holder(lock: Lock): number {
    return (Atomics.load(this.i32, lock.offset >>> 2) & ~AWAITED) - 1;
  }

  waitUntil(cell: Cell, holds: (value: number) => boolean): number;
  waitUntil(cell: Cell64, holds: (value: bigint) => boolean): bigint;
  waitUntil(cell: Cell | Cell64, holds: (value: never) => boolean): number | bigint {
    let loads = 0;
    return loadUntil(this, cell, holds, () => {
      // Without a pause, more threads than processors would starve the thread that it waits for.
      if (++loads % 1000 !== 0) return;
      Atomics.wait(PAUSE, 0, 0, PAUSE_MS);
      if ((loads / 1000) * PAUSE_MS > WAIT_MS) throw new WaitTimeout(this.thread, `a value of ${cell.name}`);
    });
  }
  wait(cell: Cell, expected: number): boolean;
  wait(cell: Cell | Cell64, expected: number | bigint, timeout: number): WaitResult;
  wait(cell: Cell | Cell64, expected: number | bigint, timeout?: number): boolean | WaitResult {
    const ms = Math.min(timeout ?? Infinity, WAIT_MS);
    const outcome =
      cell.kind === 'cell64'
        ? Atomics.wait(this.i64, cell.offset >>> 3, BigInt.asIntN(64, BigInt(expected)), ms)
        : Atomics.wait(this.i32, cell.offset >>> 2, Number(expected) | 0, ms);
    if (outcome === 'timed-out' && ms === WAIT_MS) throw new WaitTimeout(this.thread, `a wake-up of ${cell.name}`);
    return timeout === undefined ? outcome === 'ok' : outcome;
  }
  /** Real threads cannot be in a queue and go on: `endWait` waits for another value. */
  startWait(cell: Cell | Cell64, expected: number | bigint): boolean {
    this.awaited = expected;
    if (cell.kind === 'cell64') return BigInt.asUintN(64, this.load64(cell)) === BigInt.asUintN(64, BigInt(expected));
    return (this.load(cell) | 0) === (Number(expected) | 0);
  }
  endWait(cell: Cell | Cell64, timeout: number): 'ok' | 'timed-out' {
    return this.wait(cell, this.awaited, timeout) === 'timed-out' ? 'timed-out' : 'ok';
  }
  wake(cell: Cell): void;
  wake(cell: Cell | Cell64, count: number): number;
  wake(cell: Cell | Cell64, count?: number): number {
    return cell.kind === 'cell64'
      ? Atomics.notify(this.i64, cell.offset >>> 3, count)
      : Atomics.notify(this.i32, cell.offset >>> 2, count);
  }
  choose(count: number): number {
    checkChoices(count);
    drawn = Math.imul(drawn ^ (drawn >>> 15), 0x2c1b3c6d) + 0x9e3779b9 + this.thread;
    return Math.floor((drawn >>> 0) * 2 ** -32 * count);
  }

  /** What the last `startWait` expected. */
  private awaited: number | bigint = 0;

  private viewOf(cell: Cell): Uint8Array | Uint16Array | Uint32Array {
    return cell.bits === 32 ? this.u32 : cell.bits === 16 ? this.u16 : this.u8;
  }
}

/** The last number that `choose` drew in this thread. */
let drawn = 1;

/** Milliseconds of the pause after a thousand loads of `waitUntil`. */
const PAUSE_MS = 1;
/** Never changes: a wait on it is a pause. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

const index = (cell: Cell): number => cell.offset >>> (cell.bits >>> 4);
