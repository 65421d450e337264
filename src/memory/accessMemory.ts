import { markMemory } from '../loops/snapshot.ts';
import { type Cell, type Cell64, cellValue, type Lock, type Place, wideCellValue, wrap } from './cell.ts';
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
import { checkChoices, loadUntil, type Memory, type WaitResult } from './memory.ts';
import { MemoryMisuse, refuseMissingNames, wrongValue } from './memoryMisuse.ts';

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
   * @param operand what is stored, added, or combined; a bigint for a place of 64 bits; else 0.
   * @param expected the value that `cmpxchg` or `wait` compares with; else 0.
   */
  protected abstract access(
    kind: number,
    place: Place,
    operand: number | bigint,
    expected: number | bigint,
  ): number | bigint;

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
    return cellValue(cell, this.access(kind, cell, 0, 0) as number);
  }
  private get64(kind: number, cell: Cell64): bigint {
    if (cell?.kind !== 'cell64') throw wrongPlaceType(kind, cell, '64');
    return wideCellValue(cell, this.access(kind, cell, 0, 0) as bigint);
  }
  private set(kind: number, cell: Cell, value: number): void {
    if (cell?.kind !== 'cell') throw wrongPlaceType(kind, cell);
    if (!Number.isInteger(value)) throw wrongValue(kindNames[kind], value, cell.name);
    this.access(kind, cell, wrap(value, cell.bits), 0);
  }
  private set64(kind: number, cell: Cell64, value: bigint): void {
    if (cell?.kind !== 'cell64') throw wrongPlaceType(kind, cell, '64');
    if (typeof value !== 'bigint') throw wrongWide(kind, value, cell);
    this.access(kind, cell, BigInt.asUintN(64, value), 0);
  }
  private update(base: RmwKind, order: RmwOrder | undefined, cell: Cell, operand: number, expected: number): number {
    const kind = order === undefined ? base : rmwKind(base, order);
    if (cell?.kind !== 'cell') throw wrongPlaceType(kind, cell);
    if (!Number.isInteger(operand)) throw wrongValue(kindNames[kind], operand, cell.name);
    if (!Number.isInteger(expected)) throw wrongValue(kindNames[kind], expected, cell.name);
    return cellValue(cell, this.access(kind, cell, wrap(operand, cell.bits), wrap(expected, cell.bits)) as number);
  }
  private update64(
    base: RmwKind,
    order: RmwOrder | undefined,
    cell: Cell64,
    operand: bigint,
    expected: bigint,
  ): bigint {
    const kind = order === undefined ? base : rmwKind(base, order);
    if (cell?.kind !== 'cell64') throw wrongPlaceType(kind, cell, '64');
    if (typeof operand !== 'bigint') throw wrongWide(kind, operand, cell);
    if (typeof expected !== 'bigint') throw wrongWide(kind, expected, cell);
    const old = this.access(kind, cell, BigInt.asUintN(64, operand), BigInt.asUintN(64, expected)) as bigint;
    return wideCellValue(cell, old);
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
  fetchSub(cell: Cell, value: number, order?: RmwOrder): number {
    return this.update(Kind.fetchSub, order, cell, value, 0);
  }
  fetchXor(cell: Cell, value: number, order?: RmwOrder): number {
    return this.update(Kind.fetchXor, order, cell, value, 0);
  }
  xchg64(cell: Cell64, value: bigint, order?: RmwOrder): bigint {
    return this.update64(Kind.xchg, order, cell, value, 0n);
  }
  cmpxchg64(cell: Cell64, expected: bigint, replacement: bigint, order?: RmwOrder): bigint {
    return this.update64(Kind.cmpxchg, order, cell, replacement, expected);
  }
  fetchAdd64(cell: Cell64, value: bigint, order?: RmwOrder): bigint {
    return this.update64(Kind.fetchAdd, order, cell, value, 0n);
  }
  fetchAnd64(cell: Cell64, value: bigint, order?: RmwOrder): bigint {
    return this.update64(Kind.fetchAnd, order, cell, value, 0n);
  }
  fetchOr64(cell: Cell64, value: bigint, order?: RmwOrder): bigint {
    return this.update64(Kind.fetchOr, order, cell, value, 0n);
  }
  fetchSub64(cell: Cell64, value: bigint, order?: RmwOrder): bigint {
    return this.update64(Kind.fetchSub, order, cell, value, 0n);
  }
  fetchXor64(cell: Cell64, value: bigint, order?: RmwOrder): bigint {
    return this.update64(Kind.fetchXor, order, cell, value, 0n);
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
  wait(cell: Cell, expected: number): boolean;
  wait(cell: Cell | Cell64, expected: number | bigint, timeout: number): WaitResult;
  wait(cell: Cell | Cell64, expected: number | bigint, timeout?: number): boolean | WaitResult {
    if (timeout !== undefined) return this.startWait(cell, expected) ? this.endWait(cell, timeout) : 'not-equal';
    if (cell?.kind !== 'cell' || cell.bits !== 32 || typeof expected !== 'number')
      throw wrongPlaceType(Kind.wait, cell);
    const queue = this.queueOf(cell);
    if (this.access(Kind.wait, queue, 0, expected >>> 0) !== expected >>> 0) return false;
    this.access(Kind.resume, queue, 0, 0);
    return true;
  }
  startWait(cell: Cell | Cell64, expected: number | bigint): boolean {
    const queue = this.queueCell(Kind.wait, cell);
    const wanted = queue.bits === 64 ? BigInt.asUintN(64, BigInt(expected)) : Number(expected) >>> 0;
    return this.access(Kind.waitFor, queue, 0, wanted) === wanted;
  }
  endWait(cell: Cell | Cell64, timeout: number): 'ok' | 'timed-out' {
    const queue = this.queueCell(Kind.wait, cell);
    if (typeof timeout !== 'number' || Number.isNaN(timeout))
      throw new TypeError(`mem.wait: ${String(timeout)} is no time-out: must be a number of milliseconds, or Infinity`);
    if (timeout < Infinity) return Number(this.access(Kind.resumeFor, queue, 0, 0)) === 1 ? 'ok' : 'timed-out';
    this.access(Kind.resume, queue, 0, 0);
    return 'ok';
  }
  wake(cell: Cell): void;
  wake(cell: Cell | Cell64, count: number): number;
  wake(cell: Cell | Cell64, count?: number): number | undefined {
    const queue = this.queueCell(Kind.wake, cell);
    if (count !== undefined) return Number(this.access(Kind.wakeSome, queue, wakeCount(count), 0));
    this.access(Kind.wake, queue, 0, 0);
    return undefined;
  }
  /** The place that stands for the queue of a cell. */
  private queueCell(kind: number, cell: Cell | Cell64): Place {
    if (cell?.kind === 'cell64') return cell;
    if (cell?.kind !== 'cell' || cell.bits !== 32) throw wrongPlaceType(kind, cell);
    return this.queueOf(cell);
  }
  choose(count: number): number {
    checkChoices(count);
    return count === 1 ? 0 : this.choiceStep(count);
  }
}

/** The number of threads to wake, as a word. */
function wakeCount(count: number): number {
  if (typeof count !== 'number' || !(count >= 0))
    throw new TypeError(`mem.wake: ${String(count)} is no count: must be 0 or more`);
  return Math.min(Math.floor(count), 0xffff_ffff);
}

const isLock = (place: Place): place is Lock => place?.kind === 'mutex' || place?.kind === 'spinlock';

refuseMissingNames(AccessMemory.prototype);

const wrongWide = (kind: number, value: unknown, { name }: Cell64): MemoryMisuse =>
  new MemoryMisuse(`mem.${kindNames[kind]}64 of ${String(value)} to ${name}: must be a bigint, such as 1n`);

/** For code in plain JavaScript, which no type has warned. */
function wrongPlaceType(kind: number, place: unknown, width = ''): MemoryMisuse {
  const { kind: type, name, bits } = (place ?? {}) as Partial<Place>;
  const what = Array.isArray(place) ? 'a list' : type === undefined ? `${place}` : `${name}, a ${type} of ${bits} bits`;
  return new MemoryMisuse(`mem.${kindNames[kind]}${width} does not work on ${what}`);
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
  expected: number | bigint,
): number | bigint {
  const { name, order } = methods[kind];
  if (isCmpxchg(kind))
    return place.kind === 'cell64'
      ? mem.cmpxchg64(place, BigInt(expected), BigInt(operand), order)
      : mem.cmpxchg(place as Cell, expected as number, operand as number, order);
  const method = place.bits === 64 ? methods64[kind] : name;
  if (isLoad(kind)) return mem[method as 'load'](place as Cell, order as LoadOrder);
  return mem[method as 'xchg'](place as Cell, operand as number, order);
}

/** The fence of `AccessMemory.fenceStep`, on another memory. */
export function performFence(mem: Memory, kind: number): void {
  const { name, order } = methods[kind];
  mem[name as 'fence'](order as FenceOrder);
}
