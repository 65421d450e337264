import { type Cell, type Cell64, type Lock, wrap } from './cell.ts';
import { accessCode, Breach, Kind, type Memory } from './memory.ts';

/** Thrown through an operation whose thread has to wait for its turn. Not an Error: it needs no stack, and only the engine may catch it. */
export const SUSPENDED = Symbol('suspended');

/** What a `ReplayMemory` asks of the engine that runs it. */
export interface Turns {
  /**
   * The thread has come to the access `code`, for the first time. True: it may take it now. False: the next step is another
   * thread's, and `SUSPENDED` must be thrown. Throws `Breach` when the access may not be taken at all.
   */
  reach(thread: number, code: number): boolean;
  /** `thread` has taken `lock`, or given it back. */
  locked(lock: Lock): void;
  unlocked(lock: Lock): void;
  /** `thread` has gone to sleep on `cell`; or has woken all who do: returns them, a bit a thread. */
  slept(thread: number, cell: Cell): void;
  woken(cell: Cell): number;
  /** What a place is called. */
  describe(code: number): string;
}

/** The bytes that all threads of one execution share. Plain arrays: the engine runs in one thread. */
export interface Bytes {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

/**
 * HOT: a step costs a handful of bare `Atomics` calls (`npm run bench`, "a step in the explorer"). Kept monomorphic and free of allocation.
 *
 * A paused thread is its log. The operation is run again over the results it has already seen; at the first access that has none it
 * is either answered in place (the thread goes on) or left by throwing. Thus the continuation of a thread is plain data: it can
 * be cut short, compared and hashed.
 *
 * The log spans the whole execution, entry p of a thread being its p-th step: `codes` says what was accessed, `values` what was loaded
 * or stored, `olds` what a written cell held before; `highs` and `oldHighs` are the upper words of 64-bit cells. `pos` is where the running
 * operation is, `length` where the log ends.
 */
export class ReplayMemory implements Memory {
  readonly thread: number;
  codes = new Int32Array(256);
  values = new Uint32Array(256);
  olds = new Uint32Array(256);
  highs = new Uint32Array(256);
  oldHighs = new Uint32Array(256);
  pos = 0;
  length = 0;
  private readonly turns: Turns;
  private readonly bytes8: Uint8Array;
  private readonly bytes16: Uint16Array;
  private readonly bytes32: Uint32Array;

  constructor(thread: number, bytes: Bytes, turns: Turns) {
    this.thread = thread;
    this.turns = turns;
    this.bytes8 = bytes.u8;
    this.bytes16 = bytes.u16;
    this.bytes32 = bytes.u32;
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
    return this.update(Kind.xchg, cell, 0, value);
  }
  cmpxchg(cell: Cell, expected: number, replacement: number): number {
    return this.update(Kind.cmpxchg, cell, wrap(expected, cell.bits), replacement);
  }
  fetchAdd(cell: Cell, value: number): number {
    return this.update(Kind.fetchAdd, cell, 0, value);
  }
  fetchAnd(cell: Cell, value: number): number {
    return this.update(Kind.fetchAnd, cell, 0, value);
  }
  fetchOr(cell: Cell, value: number): number {
    return this.update(Kind.fetchOr, cell, 0, value);
  }

  rmb(): void {}
  wmb(): void {}
  mb(): void {}

  lock(lock: Lock): void {
    const code = accessCode(Kind.lock, lock.id);
    if (this.pos < this.length) {
      this.again(code);
      return;
    }
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    this.bytes32[lock.offset >>> 2] = this.thread + 1;
    this.record(code, this.thread + 1, 0);
    this.turns.locked(lock);
  }
  unlock(lock: Lock): void {
    const code = accessCode(Kind.unlock, lock.id);
    if (this.pos < this.length) {
      this.again(code);
      return;
    }
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    this.bytes32[lock.offset >>> 2] = 0;
    this.record(code, 0, this.thread + 1);
    this.turns.unlocked(lock);
  }

  wait(cell: Cell, expected: number): boolean {
    const code = accessCode(Kind.wait, cell.id);
    let seen: number;
    if (this.pos < this.length) seen = this.values[this.again(code)];
    else {
      if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
      seen = this.fetch(cell);
      this.record(code, seen, 0);
      if (seen === expected >>> 0) this.turns.slept(this.thread, cell);
    }
    if (seen !== expected >>> 0) return false;
    const resume = accessCode(Kind.resume, cell.id);
    if (this.pos < this.length) this.again(resume);
    else {
      if (!this.turns.reach(this.thread, resume)) throw SUSPENDED;
      this.record(resume, 0, 0);
    }
    return true;
  }
  wake(cell: Cell): void {
    const code = accessCode(Kind.wake, cell.id);
    if (this.pos < this.length) {
      this.again(code);
      return;
    }
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    this.record(code, this.turns.woken(cell), 0);
  }

  private get(kind: number, cell: Cell): number {
    const code = (cell.id << 4) | kind;
    if (this.pos < this.length) return this.values[this.again(code)];
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    const value = this.fetch(cell);
    this.record(code, value, 0);
    return value;
  }

  private put(kind: number, cell: Cell, value: number): void {
    const code = (cell.id << 4) | kind;
    const stored = cell.bits === 32 ? value >>> 0 : cell.bits === 16 ? value & 0xffff : value & 0xff;
    if (this.pos < this.length) {
      const p = this.again(code);
      if (this.values[p] !== stored) this.differs(p, code, stored);
      return;
    }
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    let old: number;
    if (cell.bits === 32) {
      const at = cell.offset >>> 2;
      old = this.bytes32[at];
      this.bytes32[at] = stored;
    } else if (cell.bits === 16) {
      const at = cell.offset >>> 1;
      old = this.bytes16[at];
      this.bytes16[at] = stored;
    } else {
      old = this.bytes8[cell.offset];
      this.bytes8[cell.offset] = stored;
    }
    this.record(code, stored, old);
  }

  private update(kind: number, cell: Cell, expected: number, operand: number): number {
    const code = (cell.id << 4) | kind;
    if (this.pos < this.length) {
      const p = this.again(code);
      const old = this.olds[p];
      const value = updated(kind, old, expected, operand, cell.bits);
      if (this.values[p] !== value) this.differs(p, code, value);
      return old;
    }
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    const old = this.fetch(cell);
    const value = updated(kind, old, expected, operand, cell.bits);
    if (cell.bits === 32) this.bytes32[cell.offset >>> 2] = value;
    else if (cell.bits === 16) this.bytes16[cell.offset >>> 1] = value;
    else this.bytes8[cell.offset] = value;
    this.record(code, value, old);
    return old;
  }

  private get64(kind: number, cell: Cell64): bigint {
    const code = (cell.id << 4) | kind;
    if (this.pos < this.length) {
      const p = this.again(code);
      return (BigInt(this.highs[p]) << 32n) | BigInt(this.values[p]);
    }
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    const at = cell.offset >>> 2;
    const low = this.bytes32[at];
    const high = this.bytes32[at + 1];
    const p = this.record(code, low, 0);
    this.highs[p] = high;
    return (BigInt(high) << 32n) | BigInt(low);
  }

  private put64(kind: number, cell: Cell64, value: bigint): void {
    const code = (cell.id << 4) | kind;
    const low = Number(value & 0xffff_ffffn);
    const high = Number((value >> 32n) & 0xffff_ffffn);
    if (this.pos < this.length) {
      const p = this.again(code);
      if (this.values[p] !== low || this.highs[p] !== high) this.differs(p, code, low);
      return;
    }
    if (!this.turns.reach(this.thread, code)) throw SUSPENDED;
    const at = cell.offset >>> 2;
    const p = this.record(code, low, this.bytes32[at]);
    this.highs[p] = high;
    this.oldHighs[p] = this.bytes32[at + 1];
    this.bytes32[at] = low;
    this.bytes32[at + 1] = high;
  }

  private fetch(cell: Cell): number {
    if (cell.bits === 32) return this.bytes32[cell.offset >>> 2];
    return cell.bits === 16 ? this.bytes16[cell.offset >>> 1] : this.bytes8[cell.offset];
  }

  private record(code: number, value: number, old: number): number {
    const p = this.pos;
    if (p === this.codes.length) this.grow();
    this.codes[p] = code;
    this.values[p] = value;
    this.olds[p] = old;
    this.pos = p + 1;
    this.length = p + 1;
    return p;
  }

  /** The log entry that answers this access on a further pass. */
  private again(code: number): number {
    const p = this.pos;
    if (this.codes[p] !== code) this.differs(p, code, undefined);
    this.pos = p + 1;
    return p;
  }

  private differs(p: number, code: number, value: number | undefined): never {
    const first = `${this.turns.describe(this.codes[p])}${value === undefined ? '' : ` = ${this.values[p]}`}`;
    const second = `${this.turns.describe(code)}${value === undefined ? '' : ` = ${value}`}`;
    throw new Breach(
      'differs on the second pass',
      `step ${p + 1} of thread ${this.thread} was ${first}, run again over the same results it is ${second}; an operation may depend on nothing but its arguments and what mem returned`,
    );
  }

  private grow(): void {
    const size = this.codes.length * 2;
    const wider = (from: Uint32Array): Uint32Array<ArrayBuffer> => {
      const to = new Uint32Array(size);
      to.set(from);
      return to;
    };
    const codes = new Int32Array(size);
    codes.set(this.codes);
    this.codes = codes;
    this.values = wider(this.values);
    this.olds = wider(this.olds);
    this.highs = wider(this.highs);
    this.oldHighs = wider(this.oldHighs);
  }
}

/** What a read-modify-write of `kind` leaves in a cell that held `old`. */
function updated(kind: number, old: number, expected: number, operand: number, bits: number): number {
  switch (kind) {
    case Kind.xchg:
      return wrap(operand, bits);
    case Kind.cmpxchg:
      return old === expected ? wrap(operand, bits) : old;
    case Kind.fetchAdd:
      return wrap(old + operand, bits);
    case Kind.fetchAnd:
      return wrap(old & operand, bits);
    default:
      return wrap(old | operand, bits);
  }
}
