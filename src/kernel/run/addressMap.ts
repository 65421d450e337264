import { check } from '../../memory/assume.ts';
import type { Cell, Cell64, Place } from '../../memory/cell.ts';
import { KernelError } from '../compiled.ts';
import type { KernelLock } from './kernelLocks.ts';

/** No object has a lower address, so that accesses near NULL are errors. Also defined in glue.c. */
export const STACK_FROM = 1024;

/** Memory of the C code that has no place in the layout. */
export interface Region {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /**
   * `fixed`: it never changes after the set-up. `write-only`: it is written and never read.
   * `ignored`: statistics. Reads see the initial value.
   */
  readonly is: 'fixed' | 'write-only' | 'ignored';
}

/** What is at the addresses of compiled code: places, locks, and memory that has no place. */
export class AddressMap {
  /** By `keyOf`. */
  private readonly places = new Map<number, Place>();
  private readonly locks = new Map<number, KernelLock>();
  private readonly regions: Region[] = [];
  /** By `keyOf`: words that share no byte with a place. */
  private readonly disjoint = new Set<number>();
  /** Memory that the C code has allocated. */
  private readonly allocated: { readonly from: number; readonly to: number }[] = [];
  /** The end of the stack, which begins at `STACK_FROM`. */
  private readonly stackTop: number;
  /** The end of static data, which begins at `stackTop`. */
  private readonly staticEnd: number;
  /** The rule that an access outside of all objects violates. */
  private readonly boundsRule: string;

  constructor(stackTop: number, staticEnd: number, boundsRule: string) {
    this.stackTop = stackTop;
    this.staticEnd = staticEnd;
    this.boundsRule = boundsRule;
  }

  /** Accesses of `bytes` bytes at `address` go to `place`. Words of several widths may overlap. */
  put(address: number, place: Place, bytes = place.bits / 8): void {
    this.places.set(keyOf(address, bytes), place);
  }

  putLock(address: number, lock: KernelLock): void {
    this.locks.set(address, lock);
  }

  region(region: Region): void {
    this.regions.push(region);
  }

  allocate(address: number, bytes: number): void {
    this.allocated.push({ from: address, to: address + bytes });
  }

  /** Whether the C code has allocated all of `bytes` bytes from `address` on. */
  has(address: number, bytes: number): boolean {
    return this.allocated.some(({ from, to }) => address >= from && address + bytes <= to);
  }

  isStack(address: number): boolean {
    return address >= STACK_FROM && address < this.stackTop;
  }

  placeAt(address: number, bytes: number): Cell | Cell64 | undefined {
    const place = this.places.get(keyOf(address, bytes));
    return place?.kind === 'cell' || place?.kind === 'cell64' ? place : undefined;
  }

  lockAt(where: string, address: number): KernelLock {
    const lock = this.locks.get(address);
    if (lock === undefined) throw new KernelError(`${where} takes a lock that gfnring does not know`);
    return lock;
  }

  /**
   * Bytes of the widest place that begins at one of `addresses`; without one, of the widest aligned
   * word.
   */
  sizeAt(addresses: readonly number[], most: number): number {
    const sizes = [8, 4, 2, 1].filter((size) => size <= most && addresses.every((address) => address % size === 0));
    return sizes.find((size) => addresses.some((address) => this.places.has(keyOf(address, size)))) ?? sizes[0];
  }

  /**
   * The region of an access that has no place; undefined: static data. Outside of all objects it
   * violates the rule for bounds.
   */
  regionOf(where: string, address: number, bytes: number, does: string): Region | undefined {
    const key = keyOf(address, bytes);
    const place = this.disjoint.has(key) ? undefined : this.placeOver(address, bytes);
    if (place !== undefined)
      throw new KernelError(
        `${where} accesses ${bytes} bytes of ${place.name}, which has ${place.bits / 8}: words are taken whole`,
      );
    this.disjoint.add(key);
    const region = this.regions.find(({ from, to }) => address >= from && address + bytes <= to);
    if (region !== undefined) return region;
    if (address >= this.stackTop && address + bytes <= this.staticEnd) return undefined;
    if (this.has(address, bytes))
      throw new KernelError(
        `${where} ${does} memory that the file has allocated beside the ring's entries, which gfnring does not know`,
      );
    check(
      false,
      this.boundsRule,
      `${where} ${does} ${bytes} bytes ${address >= 0 && address < STACK_FROM ? `at address ${address}` : 'beyond every object'}`,
    );
  }

  /** A place that shares a byte with an access. */
  private placeOver(address: number, bytes: number): Place | undefined {
    for (const [key, place] of this.places) {
      const at = Math.floor(key / 16);
      if (address < at + (key % 16) && at < address + bytes) return place;
    }
    return undefined;
  }
}

/** The address of a word and its size, at most 8 bytes, as one number. */
const keyOf = (address: number, bytes: number): number => address * 16 + bytes;
