import { type Cell, type Cell64, type Lock, wrap } from './cell.ts';
import { ContractViolation, checkChoices, loadUntil, type Memory } from './memory.ts';

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
  }

  load(cell: Cell): number {
    if (cell.bits === 32) return Atomics.load(this.u32, cell.offset >>> 2);
    return cell.bits === 16 ? Atomics.load(this.u16, cell.offset >>> 1) : Atomics.load(this.u8, cell.offset);
  }
  store(cell: Cell, value: number): void {
    if (cell.bits === 32) Atomics.store(this.u32, cell.offset >>> 2, value);
    else if (cell.bits === 16) Atomics.store(this.u16, cell.offset >>> 1, value);
    else Atomics.store(this.u8, cell.offset, value);
  }
  load64(cell: Cell64): bigint {
    return Atomics.load(this.u64, cell.offset >>> 3);
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
    return Atomics.exchange(this.#view(cell), index(cell), value);
  }
  cmpxchg(cell: Cell, expected: number, replacement: number): number {
    return Atomics.compareExchange(this.#view(cell), index(cell), wrap(expected, cell.bits), replacement);
  }
  fetchAdd(cell: Cell, value: number): number {
    return Atomics.add(this.#view(cell), index(cell), value);
  }
  fetchAnd(cell: Cell, value: number): number {
    return Atomics.and(this.#view(cell), index(cell), value);
  }
  fetchOr(cell: Cell, value: number): number {
    return Atomics.or(this.#view(cell), index(cell), value);
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
  wait(cell: Cell, expected: number): boolean {
    const outcome = Atomics.wait(this.i32, cell.offset >>> 2, expected | 0, WAIT_MS);
    if (outcome === 'timed-out') throw new WaitTimeout(this.thread, `a wake-up of ${cell.name}`);
    return outcome === 'ok';
  }
  wake(cell: Cell): void {
    Atomics.notify(this.i32, cell.offset >>> 2);
  }
  choose(count: number): number {
    checkChoices(count);
    drawn = Math.imul(drawn ^ (drawn >>> 15), 0x2c1b3c6d) + 0x9e3779b9 + this.thread;
    return Math.floor((drawn >>> 0) * 2 ** -32 * count);
  }

  #view(cell: Cell): Uint8Array | Uint16Array | Uint32Array {
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
