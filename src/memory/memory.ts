import type { Cell, Cell64, Lock } from './cell.ts';
import type { FenceOrder, LoadOrder, RmwOrder, StoreOrder } from './kinds.ts';

/**
 * Shared memory, with the primitives of the Linux kernel. Every call except a fence is one step:
 * before it, another thread may run.
 *
 * The code under test is synchronous code that takes a `Memory` as its first argument. It is
 * divided into operations: one push, one harvest, one reset. An operation may run again over the
 * results that it has seen. Therefore it uses nothing but `mem`, its arguments and its own local
 * variables. It has no module state, no clock, no random numbers, and no `catch` that keeps what
 * `mem` throws.
 *
 * The last argument of an access is its memory order, as in C11; left out, it is what Linux has. An
 * order makes a difference under `rc11` alone, and a seq_cst store under `tso`.
 *
 * Values wrap at the width of the cell, and are unsigned unless the cell is signed. Every call
 * throws `ContractViolation` when an operation breaks these rules.
 */
export interface Memory {
  /** The number of the calling thread, from 0: its index in the scenario's list of actors. */
  readonly thread: number;

  /**
   * The place of the next access in the source, as `function file:line:column`; undefined: the call
   * stack has it. Code that was compiled from another language sets it before each access, and
   * resets it when it returns.
   */
  origin: string | undefined;

  /**
   * A plain load of C: the compiler and the processor may reorder, tear or repeat it. A data
   * race is a finding, except under `sc`.
   */
  read(cell: Cell): number;
  /** A plain store of C; see `read`. */
  write(cell: Cell, value: number): void;
  /** `read` of 64 bits. */
  read64(cell: Cell64): bigint;
  /** `write` of 64 bits; with tearing it is two of 32 bits. */
  write64(cell: Cell64, value: bigint): void;

  /** READ_ONCE: one access of the cell's width. Default: relaxed, without ordering. */
  load(cell: Cell, order?: LoadOrder): number;
  /** WRITE_ONCE: one access of the cell's width. Default: relaxed, without ordering. */
  store(cell: Cell, value: number, order?: StoreOrder): void;
  /** `load` of 64 bits. */
  load64(cell: Cell64, order?: LoadOrder): bigint;
  /** `store` of 64 bits. */
  store64(cell: Cell64, value: bigint, order?: StoreOrder): void;

  /** smp_load_acquire: later accesses stay after it. */
  loadAcquire(cell: Cell): number;
  /** smp_store_release: earlier accesses stay before it. */
  storeRelease(cell: Cell, value: number): void;

  /**
   * Stores `value` and returns the old value, in one atomic step. Default: full order, that of a
   * relaxed access between two seq_cst fences.
   */
  xchg(cell: Cell, value: number, order?: RmwOrder): number;
  /**
   * Stores `replacement` if the cell holds `expected`, and returns the old value, in one atomic
   * step. Where it does not store, it is a load: relaxed by default, otherwise with the load half
   * of `order`.
   */
  cmpxchg(cell: Cell, expected: number, replacement: number, order?: RmwOrder): number;
  /** Adds `value` and returns the old value, in one atomic step; see `xchg`. */
  fetchAdd(cell: Cell, value: number, order?: RmwOrder): number;
  /**
   * Clears the bits that `value` does not have and returns the old value, in one atomic step; see
   * `xchg`.
   */
  fetchAnd(cell: Cell, value: number, order?: RmwOrder): number;
  /** Sets the bits of `value` and returns the old value, in one atomic step; see `xchg`. */
  fetchOr(cell: Cell, value: number, order?: RmwOrder): number;
  /** Subtracts `value` and returns the old value, in one atomic step; see `xchg`. */
  fetchSub(cell: Cell, value: number, order?: RmwOrder): number;
  /** Inverts the bits of `value` and returns the old value, in one atomic step; see `xchg`. */
  fetchXor(cell: Cell, value: number, order?: RmwOrder): number;

  /** `xchg` of 64 bits. */
  xchg64(cell: Cell64, value: bigint, order?: RmwOrder): bigint;
  /** `cmpxchg` of 64 bits. */
  cmpxchg64(cell: Cell64, expected: bigint, replacement: bigint, order?: RmwOrder): bigint;
  /** `fetchAdd` of 64 bits. */
  fetchAdd64(cell: Cell64, value: bigint, order?: RmwOrder): bigint;
  /** `fetchAnd` of 64 bits. */
  fetchAnd64(cell: Cell64, value: bigint, order?: RmwOrder): bigint;
  /** `fetchOr` of 64 bits. */
  fetchOr64(cell: Cell64, value: bigint, order?: RmwOrder): bigint;
  /** `fetchSub` of 64 bits. */
  fetchSub64(cell: Cell64, value: bigint, order?: RmwOrder): bigint;
  /** `fetchXor` of 64 bits. */
  fetchXor64(cell: Cell64, value: bigint, order?: RmwOrder): bigint;

  /**
   * smp_rmb: orders earlier loads before later ones. Under `sc` no fence is a step. See
   * `docs/memory-models.md`.
   */
  rmb(): void;
  /** smp_wmb: orders earlier stores before later ones. */
  wmb(): void;
  /** smp_mb: orders all earlier accesses before all later ones. */
  mb(): void;
  /** atomic_thread_fence of C11. A seq_cst fence is `mb`. */
  fence(order: FenceOrder): void;

  /**
   * Takes a lock. Blocks while a thread holds it, itself included: locks do not nest. To take a
   * mutex while holding a spinlock breaks the rules.
   */
  lock(lock: Lock): void;
  /** Releases a lock. The calling thread must hold it. */
  unlock(lock: Lock): void;

  /**
   * smp_cond_load_acquire: loads a cell repeatedly until `holds` is true of its value, and returns
   * that value. `holds` must depend on the value alone: then the explorer need not repeat an
   * iteration that loads the same value. Cells of 64 bits are loaded with `load64`.
   */
  waitUntil(cell: Cell, holds: (value: number) => boolean): number;
  /** The same for a cell of 64 bits. */
  waitUntil(cell: Cell64, holds: (value: bigint) => boolean): bigint;

  /**
   * Futex wait: sleeps until the next `wake` of `cell`, unless the cell does not hold `expected`.
   * To compare and to fall asleep are one step. Returns whether it slept. Only for cells of 32
   * bits, like `Atomics.wait`.
   */
  wait(cell: Cell, expected: number): boolean;
  /**
   * The same with a time-out, as `Atomics.wait`: it falls asleep behind those that sleep there
   * already. With `Infinity` it sleeps until it is woken. With another `timeout`, in milliseconds,
   * the scheduler chooses whether the time is over before.
   */
  wait(cell: Cell, expected: number, timeout: number): WaitResult;
  /** The same for a cell of 64 bits. Cells that begin at the same byte have one queue. */
  wait(cell: Cell64, expected: bigint, timeout: number): WaitResult;
  /**
   * The first half of a `wait` with a time-out, for code that does something else in between, as
   * after `Atomics.waitAsync`. Returns whether the thread is in the queue now. It is in one queue
   * at a time.
   */
  startWait(cell: Cell | Cell64, expected: number | bigint): boolean;
  /** The second half: sleeps until it is woken, or the time is over. */
  endWait(cell: Cell | Cell64, timeout: number): 'ok' | 'timed-out';
  /** Wakes all threads that sleep on `cell`. */
  wake(cell: Cell): void;
  /**
   * Wakes `count` threads, as `Atomics.notify`: those that have slept longest. Threads of a `wait`
   * without a time-out come last. Returns how many it woke.
   */
  wake(cell: Cell | Cell64, count: number): number;

  /**
   * A number from 0 to `count` - 1 that the scheduler chooses: a time-out, a failure, an input.
   * A search explores all of them; a random scheduler draws one; a trace and a replay have it. It
   * orders nothing. `count` is from 1 to `CHOICES_MAX`.
   */
  choose(count: number): number;
}

/** How a `wait` with a time-out has ended. */
export type WaitResult = 'ok' | 'not-equal' | 'timed-out';

/** The most results of a `choose`. */
export const CHOICES_MAX = 65536;

/** For code in plain JavaScript, which no type has warned. Throws `TypeError`. */
export function checkChoices(count: unknown): void {
  if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > CHOICES_MAX)
    throw new TypeError(`mem.choose: ${String(count)} is no count: must be a whole number from 1 to ${CHOICES_MAX}`);
}

/** `waitUntil` by single loads; `again` is called between two of them. */
export function loadUntil(
  mem: Pick<Memory, 'loadAcquire' | 'load64'>,
  cell: Cell | Cell64,
  holds: (value: never) => boolean,
  again: () => void = () => {},
): number | bigint {
  for (;;) {
    const value = cell?.kind === 'cell64' ? mem.load64(cell) : mem.loadAcquire(cell);
    if (holds(value as never)) return value;
    again();
  }
}

/** An operation broke a rule of `Memory`. */
export class ContractViolation extends Error {
  /**
   * The broken rule, in the order of the type. An operation caught what `mem` threw, or did
   * something else when it ran again. It used `mem` after its end or against the schedule. It
   * returned no plain data. It released a lock that it did not hold. It took a mutex while it held
   * a spinlock.
   */
  readonly rule:
    | 'swallowed suspension'
    | 'differs on the second pass'
    | 'outside the schedule'
    | 'no plain data'
    | 'not the holder'
    | 'sleeps under a spinlock';
  /** What was seen. */
  readonly seen: string;

  /** The message becomes `rule: seen`. */
  constructor(rule: ContractViolation['rule'], seen: string) {
    super(`${rule}: ${seen}`);
    this.name = 'ContractViolation';
    this.rule = rule;
    this.seen = seen;
  }
}
