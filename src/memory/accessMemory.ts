import { markMemory } from '../loops/snapshot.ts';
import { type Cell, type Cell64, type Lock, type Place, wrap } from './cell.ts';
import {
  type FenceOrder,
  fenceKind,
  isCmpxchg,
  isLoad,
  Kind,
  kindNames,
  type LoadOrder,
  loadKind,
  methodOf,
  type RmwKind,
  type RmwOrder,
  rmwKind,
  type StoreOrder,
  storeKind,
} from './kinds.ts';
import { checkChoices, loadUntil, type Memory } from './memory.ts';

/**
 * A memory in which every primitive is one call of `access`, or of `fenceStep`. Places have been
 * checked and values wrapped to their width when these are called.
 */
export abstract class AccessMemory implements Memory {
  abstract readonly thread: number;
  abstract origin: string | undefined;

  constructor() {
    markMemory(this);
  }

  /**
   * Performs one access. Returns what it loaded, or what a read-modify-write found; any number for
   * another kind.
   *
   * @param operand what is stored, added, or combined; a bigint in a store of 64 bits; else 0.
   * @param expected the value that `cmpxchg` or `wait` compares with; else 0.
   */
  protected abstract access(kind: number, place: Place, operand: number | bigint, expected: number): number | bigint;

  /** Performs a fence of this kind. */
  protected abstract fenceStep(kind: number): void;

  /** Chooses a number from 0 to `count` - 1; `count` is 2 at least. */
  protected abstract choiceStep(count: number): number;

  /** The place that stands for the wait queue of `cell`. */
  protected queueOf(cell: Cell): Place {
    return cell;
  }

  private get(kind: number, cell: Cell): number {
    if (cell?.kind !== 'cell') throw wrongPlaceType(kind, cell);
    return this.access(kind, cell, 0, 0) as number;
  }
  private get64(kind: number, cell: Cell64): bigint {
    if (cell?.kind !== 'cell64') throw wrongPlaceType(kind, cell, '64');
    return this.access(kind, cell, 0, 0) as bigint;
  }
  private set(kind: number, cell: Cell, value: number): void {
    if (cell?.kind !== 'cell') throw wrongPlaceType(kind, cell);
    this.access(kind, cell, wrap(value, cell.bits), 0);
  }
  private set64(kind: number, cell: Cell64, value: bigint): void {
    if (cell?.kind !== 'cell64') throw wrongPlaceType(kind, cell, '64');
    this.access(kind, cell, BigInt.asUintN(64, value), 0);
  }
  private update(base: RmwKind, order: RmwOrder | undefined, cell: Cell, operand: number, expected: number): number {
    const kind = order === undefined ? base : rmwKind(base, order);
    if (cell?.kind !== 'cell') throw wrongPlaceType(kind, cell);
    return this.access(kind, cell, wrap(operand, cell.bits), wrap(expected, cell.bits)) as number;
  }

  read(cell: Cell): number {
    return this.get(Kind.read, cell);
  }
  write(cell: Cell, value: number): void {
    this.set(Kind.write, cell, value);
  }
  read64(cell: Cell64): bigint {
    return this.get64(Kind.read, cell);
  }
  write64(cell: Cell64, value: bigint): void {
    this.set64(Kind.write, cell, value);
  }
  load(cell: Cell, order: LoadOrder = 'relaxed'): number {
    return this.get(loadKind(order), cell);
  }
  store(cell: Cell, value: number, order: StoreOrder = 'relaxed'): void {
    this.set(storeKind(order), cell, value);
  }
  load64(cell: Cell64, order: LoadOrder = 'relaxed'): bigint {
    return this.get64(loadKind(order), cell);
  }
  store64(cell: Cell64, value: bigint, order: StoreOrder = 'relaxed'): void {
    this.set64(storeKind(order), cell, value);
  }
  loadAcquire(cell: Cell): number {
    return this.get(Kind.loadAcquire, cell);
  }
  storeRelease(cell: Cell, value: number): void {
    this.set(Kind.storeRelease, cell, value);
  }
  xchg(cell: Cell, value: number, order?: RmwOrder): number {
    return this.update(Kind.xchg, order, cell, value, 0);
  }
  cmpxchg(cell: Cell, expected: number, replacement: number, order?: RmwOrder): number {
    return this.update(Kind.cmpxchg, order, cell, replacement, expected);
  }
  fetchAdd(cell: Cell, value: number, order?: RmwOrder): number {
    return this.update(Kind.fetchAdd, order, cell, value, 0);
  }
  fetchAnd(cell: Cell, value: number, order?: RmwOrder): number {
    return this.update(Kind.fetchAnd, order, cell, value, 0);
  }
  fetchOr(cell: Cell, value: number, order?: RmwOrder): number {
    return this.update(Kind.fetchOr, order, cell, value, 0);
  }
  rmb(): void {
    this.fenceStep(Kind.rmb);
  }
  wmb(): void {
    this.fenceStep(Kind.wmb);
  }
  mb(): void {
    this.fenceStep(Kind.mb);
  }
  fence(order: FenceOrder): void {
    this.fenceStep(fenceKind(order));
  }
  lock(lock: Lock): void {
    if (!isLock(lock)) throw wrongPlaceType(Kind.lock, lock);
    this.access(Kind.lock, lock, 0, 0);
  }
  unlock(lock: Lock): void {
    if (!isLock(lock)) throw wrongPlaceType(Kind.unlock, lock);
    this.access(Kind.unlock, lock, 0, 0);
  }
  waitUntil(cell: Cell, holds: (value: number) => boolean): number;
  waitUntil(cell: Cell64, holds: (value: bigint) => boolean): bigint;
  waitUntil(cell: Cell | Cell64, holds: (value: never) => boolean): number | bigint {
    return loadUntil(this, cell, holds);
  }
  wait(cell: Cell, expected: number): boolean {
    if (cell?.kind !== 'cell' || cell.bits !== 32) throw wrongPlaceType(Kind.wait, cell);
    const queue = this.queueOf(cell);
    if (this.access(Kind.wait, queue, 0, expected >>> 0) !== expected >>> 0) return false;
    this.access(Kind.resume, queue, 0, 0);
    return true;
  }
  wake(cell: Cell): void {
    if (cell?.kind !== 'cell' || cell.bits !== 32) throw wrongPlaceType(Kind.wake, cell);
    this.access(Kind.wake, this.queueOf(cell), 0, 0);
  }
  choose(count: number): number {
    checkChoices(count);
    return count === 1 ? 0 : this.choiceStep(count);
  }
}

const isLock = (place: Place): place is Lock => place?.kind === 'mutex' || place?.kind === 'spinlock';

/** For code in plain JavaScript, which no type has warned. */
function wrongPlaceType(kind: number, place: unknown, width = ''): TypeError {
  const { kind: type, name, bits } = (place ?? {}) as Partial<Place>;
  const what = Array.isArray(place) ? 'a list' : type === undefined ? `${place}` : `${name}, a ${type} of ${bits} bits`;
  return new TypeError(`mem.${kindNames[kind]}${width} does not work on ${what}`);
}

/** By kind: the method of `Memory`, for places of 64 bits and for all others, and its order. */
const methods = kindNames.map((_, kind) => methodOf(kind));
const methods64 = methods.map(({ name }) => `${name.replace(/Acquire|Release/, '')}64`);

/**
 * The access of `AccessMemory.access`, on another memory. `kind` has a method of its own: it is not
 * `resume`.
 */
export function performAccess(
  mem: Memory,
  kind: number,
  place: Place,
  operand: number | bigint,
  expected: number,
): number | bigint {
  const { name, order } = methods[kind];
  if (isCmpxchg(kind)) return mem.cmpxchg(place as Cell, expected, operand as number, order);
  const method = place.bits === 64 ? methods64[kind] : name;
  if (isLoad(kind)) return mem[method as 'load'](place as Cell, order as LoadOrder);
  return mem[method as 'xchg'](place as Cell, operand as number, order);
}

/** The fence of `AccessMemory.fenceStep`, on another memory. */
export function performFence(mem: Memory, kind: number): void {
  const { name, order } = methods[kind];
  mem[name as 'fence'](order as FenceOrder);
}
