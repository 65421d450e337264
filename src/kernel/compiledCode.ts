import { check } from '../memory/assume.ts';
import type { Cell, Cell64, Lock, Place } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { moduleOf } from './cache.ts';
import { type Compiled, KernelError } from './compiled.ts';
import { AccessOrder } from './rewrite.ts';

/** What the C code asks of the rest of the kernel. */
export interface HostImports {
  /** kvm_arch_mmu_enable_log_dirty_pt_masked. */
  rearm(mem: Memory, slot: number, offset: bigint, mask: bigint): void;
  signalPending(mem: Memory): boolean;
  /** A WARN_ON whose condition held. */
  warned(mem: Memory): void;
}

/** Fences and read-modify-writes by the numbers that gfnring_hooks.h gives them. */
const FENCES = ['wmb', 'rmb', 'mb'] as const;
const UPDATES = ['xchg', 'cmpxchg', 'fetchAdd', 'fetchAnd', 'fetchOr'] as const;

/** Memory of the C code that threads share, and what of it stays as it was made. */
interface Region {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Whether it stays as it is, once it is made; or is written and never read. */
  readonly is: 'fixed' | 'write-only';
}

/**
 * Compiled C code, run for whichever thread calls it: its stack lies in memory of its own, which nothing outlives; every other access is one of the `Memory` that
 * a call is given. So it can be suspended and run again like any other operation, by what `Memory` throws through it.
 */
export class CompiledCode {
  readonly compiled: Compiled;
  private readonly services: HostImports;
  private readonly exports: Record<string, unknown>;
  private readonly stack: WebAssembly.Global;
  private readonly stackTop: number | bigint;
  /** By `keyOf`. */
  private readonly places = new Map<number, Place>();
  private readonly regions: Region[] = [];
  /** By `keyOf`: words of regions of which no byte is another place's. */
  private readonly apart = new Set<number>();
  /** What the C code has allocated. */
  private readonly allocated: { readonly from: number; readonly to: number }[] = [];
  /** Undefined while objects are made: then all accesses are to memory of its own. */
  private mem: Memory | undefined;
  private readonly memory: WebAssembly.Memory;
  private seen: DataView;

  constructor(compiled: Compiled, services: HostImports) {
    this.compiled = compiled;
    this.services = services;
    const instance = new WebAssembly.Instance(moduleOf(compiled.key), { gfnring: this.hooks() });
    this.exports = instance.exports;
    this.memory = this.exports.memory as WebAssembly.Memory;
    this.seen = new DataView(this.memory.buffer);
    this.stack = this.exports.__stack_pointer as WebAssembly.Global;
    this.stackTop = this.stack.value;
  }

  /** Calls an export while objects are made. */
  make(name: string, ...args: (number | bigint)[]): number {
    return (this.exports[name] as (...args: (number | bigint)[]) => number)(...args) >>> 0;
  }

  /** Calls an export as an operation, or part of one, of the thread that `mem` is of. */
  call(mem: Memory, name: string, ...args: (number | bigint)[]): number {
    this.mem = mem;
    this.stack.value = this.stackTop; // a call before this one may have been thrown out
    // What a call leaves on the stack says nothing to the next, also where the code forgets to set a variable.
    new Uint8Array(this.memory.buffer, STACK_FROM, Number(this.stackTop) - STACK_FROM).fill(0);
    const result = this.run(mem, name, args);
    mem.origin = undefined;
    return result;
  }

  private run(mem: Memory, name: string, args: readonly (number | bigint)[]): number {
    try {
      return (this.exports[name] as (...args: readonly (number | bigint)[]) => number)(...args);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError)
        check(false, 'G4 the kernel does not crash', `${error.message}, after ${mem.origin ?? 'nothing'}`);
      throw error;
    }
  }

  /** Accesses of `bytes` bytes at `address` are those of `place`. Words of several widths may lie at one address, and over each other. */
  put(address: number, place: Place, bytes = place.bits / 8): void {
    this.places.set(keyOf(address, bytes), place);
  }

  /** Whether the C code has allocated all of `bytes` bytes from `address` on. */
  has(address: number, bytes: number): boolean {
    return this.allocated.some(({ from, to }) => address >= from && address + bytes <= to);
  }

  /** The C code may read `bytes` bytes from `address` on, which stay as they are; see `Region`. */
  region(name: string, address: number, bytes: number, is: Region['is']): void {
    this.regions.push({ name, from: address, to: address + bytes, is });
  }

  /** The number in memory of its own, as it was made: of up to 32 bits. */
  made(address: number, bytes: number): bigint {
    return bytes === 8 ? this.view.getBigUint64(address, true) : BigInt(this.own(address, bytes));
  }

  /** Memory of its own; a buffer is gone when it has grown. */
  private get view(): DataView {
    if (this.seen.buffer !== this.memory.buffer) this.seen = new DataView(this.memory.buffer);
    return this.seen;
  }

  private hooks(): Record<string, (...args: never[]) => unknown> {
    return {
      load: (site: number, order: number, address: number, bytes: number) => this.load(site, order, address, bytes),
      load64: (site: number, order: number, address: number) => this.load64(site, order, address),
      store: (site: number, order: number, address: number, bytes: number, value: number) =>
        this.store(site, order, address, bytes, value),
      store64: (site: number, order: number, address: number, value: bigint) =>
        this.store64(site, order, address, value),
      copy: (site: number, to: number, from: number, bytes: number) => this.copy(site, to, from, bytes),
      fill: (site: number, to: number, value: number, bytes: number) => this.fill(site, to, value, bytes),
      rmw: (site: number, kind: number, address: number, bytes: number, expected: number, operand: number) => {
        const cell = this.cellAt(address, bytes);
        if (cell === undefined) return this.drop(site, address, bytes);
        const update = UPDATES[kind];
        const mem = this.at(site);
        return update === 'cmpxchg' ? mem.cmpxchg(cell, expected, operand) : mem[update](cell, operand);
      },
      fence: (site: number, kind: number) => this.at(site)[FENCES[kind]](),
      allocated: (address: number, bytes: number) => {
        this.allocated.push({ from: address, to: address + bytes });
      },
      lock: (site: number, address: number) => this.at(site).lock(this.lockAt(site, address)),
      unlock: (site: number, address: number) => this.at(site).unlock(this.lockAt(site, address)),
      warn: (site: number) => this.services.warned(this.at(site)),
      signal: (site: number) => (this.services.signalPending(this.at(site)) ? 1 : 0),
      rearm: (slot: number, offset: bigint, mask: bigint) => {
        const { mem } = this;
        mem!.origin = undefined; // what the MMU does is our own
        this.services.rearm(mem!, slot >>> 0, BigInt.asUintN(64, offset), BigInt.asUintN(64, mask));
      },
    };
  }

  /** The memory of the running thread, told where in the source its next access stands. */
  private at(site: number): Memory {
    const { mem } = this;
    if (mem === undefined) throw new KernelError(`${this.compiled.sites[site]} is reached while objects are made`);
    mem.origin = this.compiled.sites[site];
    return mem;
  }

  private load(site: number, order: number, address: number, bytes: number): number {
    const cell = this.cellAt(address, bytes);
    if (cell === undefined) return this.fixed(site, address, bytes);
    const mem = this.at(site);
    if (order === AccessOrder.plain) return mem.read(cell);
    return order === AccessOrder.acquire ? mem.loadAcquire(cell) : mem.load(cell);
  }

  private load64(site: number, order: number, address: number): bigint {
    const place = this.cellAt(address, 8);
    if (place === undefined) {
      this.fixed(site, address, 8);
      return this.view.getBigUint64(address, true);
    }
    const mem = this.at(site);
    // What is a word of 32 bits to the rest of the harness, as the pages of a slot.
    if (place.kind === 'cell') return BigInt(mem.load(place));
    return order === AccessOrder.plain ? mem.read64(place) : mem.load64(place);
  }

  private store(site: number, order: number, address: number, bytes: number, value: number): void {
    const cell = this.cellAt(address, bytes);
    if (this.mem === undefined) this.write(address, bytes, value);
    else if (cell === undefined) this.drop(site, address, bytes);
    else {
      const mem = this.at(site);
      if (order === AccessOrder.plain) mem.write(cell, value >>> 0);
      else if (order === AccessOrder.release) mem.storeRelease(cell, value >>> 0);
      else mem.store(cell, value >>> 0);
    }
  }

  private store64(site: number, order: number, address: number, value: bigint): void {
    const place = this.cellAt(address, 8);
    if (this.mem === undefined) this.view.setBigUint64(address, BigInt.asUintN(64, value), true);
    else if (place?.kind !== 'cell64') this.drop(site, address, 8);
    else {
      const mem = this.at(site);
      if (order === AccessOrder.plain) mem.write64(place, BigInt.asUintN(64, value));
      else mem.store64(place, BigInt.asUintN(64, value));
    }
  }

  /** Of structs, word by word: plain accesses, as a compiler makes them. */
  private copy(site: number, to: number, from: number, bytes: number): void {
    for (let done = 0; done < bytes; ) {
      const size = this.sizeAt([to + done, from + done], bytes - done);
      const [source, target] = [from + done, to + done];
      if (size === 8) {
        const value = this.isStack(source)
          ? this.view.getBigUint64(source, true)
          : this.load64(site, AccessOrder.plain, source);
        if (this.isStack(target)) this.view.setBigUint64(target, value, true);
        else this.store64(site, AccessOrder.plain, target, value);
      } else {
        const value = this.isStack(source) ? this.own(source, size) : this.load(site, AccessOrder.plain, source, size);
        if (this.isStack(target)) this.write(target, size, value);
        else this.store(site, AccessOrder.plain, target, size, value);
      }
      done += size;
    }
  }

  private fill(site: number, to: number, value: number, bytes: number): void {
    const word = (value & 0xff) * 0x01010101;
    for (let done = 0; done < bytes; ) {
      const size = this.sizeAt([to + done], bytes - done);
      if (size === 8)
        this.store64(site, AccessOrder.plain, to + done, (BigInt(word >>> 0) << 32n) | BigInt(word >>> 0));
      else
        this.store(site, AccessOrder.plain, to + done, size, (word >>> 0) & (size === 4 ? -1 : (1 << (8 * size)) - 1));
      done += size;
    }
  }

  /** Bytes of the widest word that begins at one of `addresses`; where none does, as many as are aligned. */
  private sizeAt(addresses: readonly number[], most: number): number {
    const sizes = [8, 4, 2, 1].filter((size) => size <= most && addresses.every((address) => address % size === 0));
    return sizes.find((size) => addresses.some((address) => this.places.has(keyOf(address, size)))) ?? sizes[0];
  }

  private isStack(address: number): boolean {
    return address >= STACK_FROM && address < Number(this.stackTop);
  }

  /** What is not shared, or stays as it was made. */
  private fixed(site: number, address: number, bytes: number): number {
    const region = this.regionOf(site, address, bytes, 'reads');
    if (region?.is === 'write-only')
      throw new KernelError(
        `${this.compiled.sites[site]} reads ${region.name}, of which gfnring takes it to be written only`,
      );
    return this.own(address, bytes);
  }

  private own(address: number, bytes: number): number {
    if (bytes === 1) return this.view.getUint8(address);
    return bytes === 2 ? this.view.getUint16(address, true) : this.view.getUint32(address, true);
  }

  private write(address: number, bytes: number, value: number): void {
    if (bytes === 1) this.view.setUint8(address, value);
    else if (bytes === 2) this.view.setUint16(address, value, true);
    else this.view.setUint32(address, value, true);
  }

  /** A store to what nobody reads; to what was taken for fixed it is none. */
  private drop(site: number, address: number, bytes: number): void {
    const region = this.regionOf(site, address, bytes, 'writes');
    if (region?.is === 'write-only') return;
    throw new KernelError(
      `${this.compiled.sites[site]} writes to ${region?.name ?? 'static data'}, which gfnring takes to stay as it is once it is made`,
    );
  }

  /** Where an access is that has no place; undefined: in static data. Beyond every object it is the bug that is looked for. */
  private regionOf(site: number, address: number, bytes: number, does: string): Region | undefined {
    if (this.mem === undefined) return undefined;
    const key = keyOf(address, bytes);
    const place = this.apart.has(key) ? undefined : this.placeOver(address, bytes);
    if (place !== undefined) throw this.unfit(site, bytes, place);
    this.apart.add(key);
    const lies = ({ from, to }: { from: number; to: number }): boolean => address >= from && address + bytes <= to;
    const region = this.regions.find(lies);
    if (region !== undefined) return region;
    const heap = Number((this.exports.__heap_base as WebAssembly.Global).value);
    if (address >= Number(this.stackTop) && address + bytes <= heap) return undefined;
    if (this.has(address, bytes))
      throw new KernelError(
        `${this.compiled.sites[site]} ${does} memory that the file has allocated beside the ring's entries, which gfnring does not know`,
      );
    check(
      false,
      'G1 the kernel touches nothing beyond ring and slot',
      `${this.compiled.sites[site]} ${does} ${bytes} bytes ${address >= 0 && address < STACK_FROM ? `at address ${address}` : 'beyond every object'}`,
    );
  }

  /** A place of which an access, of another width or begun elsewhere, has a byte. */
  private placeOver(address: number, bytes: number): Place | undefined {
    for (const [key, place] of this.places) {
      const at = Math.floor(key / 16);
      if (address < at + (key % 16) && at < address + bytes) return place;
    }
    return undefined;
  }

  /** The shared word of `bytes` bytes at `address`; undefined where there is none, and while objects are made. */
  private cellAt(address: number, bytes: 8): Cell | Cell64 | undefined;
  private cellAt(address: number, bytes: number): Cell | undefined;
  private cellAt(address: number, bytes: number): Cell | Cell64 | undefined {
    const place = this.mem === undefined ? undefined : this.places.get(keyOf(address, bytes));
    return place?.kind === 'cell' || place?.kind === 'cell64' ? place : undefined;
  }

  private lockAt(site: number, address: number): Lock {
    const place = this.places.get(keyOf(address, 4));
    if (place?.kind === 'mutex' || place?.kind === 'spinlock') return place;
    throw new KernelError(`${this.compiled.sites[site]} takes a lock that gfnring does not know`);
  }

  private unfit(site: number, bytes: number, { name, bits }: Place): KernelError {
    const where = this.compiled.sites[site];
    return new KernelError(`${where} accesses ${bytes} bytes of ${name}, which has ${bits / 8}: words are taken whole`);
  }
}

/** Below it no object lies, so that what is near NULL is found out. It stands in glue.c too. */
const STACK_FROM = 1024;

/** A word's address and its bytes, at most 8, as one number. */
const keyOf = (address: number, bytes: number): number => address * 16 + bytes;
