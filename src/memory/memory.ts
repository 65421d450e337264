import { type Cell, type Cell64, type Lock, wrap } from './cell.ts';

/**
 * Shared memory in the kernel's words. Every call but a fence is one step: the place where another thread may run.
 *
 * The code under test is ordinary synchronous code that takes a `Memory` first. It is cut into operations (one push, one
 * harvest, one reset), and an operation may be run again over the results it has already seen. So it touches nothing but `mem`, its
 * arguments and its own locals: no module state, no clock, no chance, and no `catch` that swallows what `mem` throws.
 *
 * Values are unsigned and wrap at the cell's width. All calls throw `Breach` when an operation breaks these rules.
 */
export interface Memory {
  /** The calling thread's number, from 0: its place in the scenario's list of actors. */
  readonly thread: number;

  /**
   * Where in its source the next access stands, as `function file:line:column`, where the stack of calls does not say: for code that was compiled from
   * another language, which sets it before each access, and takes it away when it is left.
   */
  origin: string | undefined;

  /** A plain load of C: the compiler and the processor may reorder, tear or repeat it. Under `weak`, one that races is a finding. */
  read(cell: Cell): number;
  /** A plain store of C; as `read`. */
  write(cell: Cell, value: number): void;
  /** `read` of 64 bits. */
  read64(cell: Cell64): bigint;
  /** `write` of 64 bits; with tearing it is two of 32 bits. */
  write64(cell: Cell64, value: bigint): void;

  /** READ_ONCE: one access of that width, no order. */
  load(cell: Cell): number;
  /** WRITE_ONCE: one access of that width, no order. */
  store(cell: Cell, value: number): void;
  /** `load` of 64 bits. */
  load64(cell: Cell64): bigint;
  /** `store` of 64 bits. */
  store64(cell: Cell64, value: bigint): void;

  /** smp_load_acquire: no later access moves before it. */
  loadAcquire(cell: Cell): number;
  /** smp_store_release: no earlier access moves after it. */
  storeRelease(cell: Cell, value: number): void;

  /** Stores `value` and returns what was there, in one atomic step with full order. */
  xchg(cell: Cell, value: number): number;
  /** Stores `replacement` where `expected` was there; returns what was there. One atomic step; with full order where it stores, with none where not. */
  cmpxchg(cell: Cell, expected: number, replacement: number): number;
  /** Adds `value`, and returns what was there, in one atomic step with full order. */
  fetchAdd(cell: Cell, value: number): number;
  /** Leaves the bits that `value` has too, and returns what was there, in one atomic step with full order. */
  fetchAnd(cell: Cell, value: number): number;
  /** Sets the bits of `value`, and returns what was there, in one atomic step with full order. */
  fetchOr(cell: Cell, value: number): number;

  /** smp_rmb: no later load moves before an earlier one. Under `sc`, as all fences, it is no step: all is ordered. See `docs/memory-models.md`. */
  rmb(): void;
  /** smp_wmb: no later store moves before an earlier one. */
  wmb(): void;
  /** smp_mb: no later access moves before an earlier one. */
  mb(): void;

  /** Takes a lock; the thread is blocked while another (or itself: locks do not nest) holds it. A mutex under a spinlock breaks the rules. */
  lock(lock: Lock): void;
  /** Gives back a lock that this thread holds; any other breaks the rules. */
  unlock(lock: Lock): void;

  /**
   * smp_cond_load_acquire: loads a cell again and again until `holds` is true of its value, and returns that value. `holds` is a function of the value
   * alone: an iteration leaves nothing behind, so the explorer need not repeat one that sees the same. Cells of 64 bits are loaded with `load64`.
   */
  waitUntil(cell: Cell, holds: (value: number) => boolean): number;
  /** The same of a cell of 64 bits. */
  waitUntil(cell: Cell64, holds: (value: bigint) => boolean): bigint;

  /**
   * A wait queue in the manner of a futex: sleeps until the next `wake` of `cell`, unless the cell no longer holds `expected`.
   * Comparing and going to sleep are one step. Returns whether it slept. Only 32-bit cells, as `Atomics.wait` has no other.
   */
  wait(cell: Cell, expected: number): boolean;
  /** Wakes all threads that sleep on `cell`. */
  wake(cell: Cell): void;
}

/** `waitUntil` by single loads. `again` is called between two of them. */
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

/** What an access does; with the place's id it makes an access code. The order is part of the finding format. */
export const Kind = {
  read: 0,
  write: 1,
  load: 2,
  store: 3,
  loadAcquire: 4,
  storeRelease: 5,
  xchg: 6,
  cmpxchg: 7,
  fetchAdd: 8,
  fetchAnd: 9,
  fetchOr: 10,
  lock: 11,
  unlock: 12,
  wait: 13,
  resume: 14,
  wake: 15,
  rmb: 16,
  wmb: 17,
  mb: 18,
} as const;

/** Names by kind, for traces. */
export const kindNames: readonly string[] = Object.keys(Kind);

/** An access as one number: the kind in the low five bits, the id of the place above them; a fence has no place, and 0 there. */
export const accessCode = (kind: number, id: number): number => (id << 5) | kind;
export const kindOf = (code: number): number => code & 31;
export const placeOf = (code: number): number => code >>> 5;

/** Whether an access of this kind can change a cell's value. */
export function isWrite(kind: number): boolean {
  return WRITES[kind] === 1;
}

/** Whether what the thread does next can depend on the result of an access of this kind. */
export function isRead(kind: number): boolean {
  return READS[kind] === 1;
}

/** Whether it is an atomic read-modify-write. */
export const isRmw = (kind: number): boolean => kind >= Kind.xchg && kind <= Kind.fetchOr;

/** Whether it is a store, and no read-modify-write. */
export const isStore = (kind: number): boolean =>
  kind === Kind.write || kind === Kind.store || kind === Kind.storeRelease;

export const isFence = (kind: number): boolean => kind >= Kind.rmb;

//                            read    load    lda    xchg          or  lock  wait  wake     mb
const WRITES = Uint8Array.of(0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0);
const READS = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0);

/** What a read-modify-write of `kind` leaves in a cell that held `old`. */
export function rmwResult(kind: number, old: number, expected: number, operand: number, bits: number): number {
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

/** An operation that broke the rules of `Memory`; `rule` says which, `message` what was seen. */
export class ContractViolation extends Error {
  /** The rule: an operation caught what `mem` threw; did something else when run again; used `mem` where it may not; returned what is no plain data. */
  readonly rule:
    | 'swallowed suspension'
    | 'differs on the second pass'
    | 'outside the schedule'
    | 'no plain data'
    | 'not the holder'
    | 'sleeps under a spinlock';

  /** The message becomes `rule: message`. */
  constructor(rule: ContractViolation['rule'], message: string) {
    super(`${rule}: ${message}`);
    this.name = 'Breach';
    this.rule = rule;
  }
}
