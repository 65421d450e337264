import { KERNEL_RULE } from '../kvm/kernelRules.ts';
import { performAccess, performFence } from '../memory/accessMemory.ts';
import { check } from '../memory/assume.ts';
import type { Cell, Cell64, Lock, Place } from '../memory/cell.ts';
import type { LoadOrder, StoreOrder } from '../memory/kinds.ts';
import type { Memory } from '../memory/memory.ts';
import { loadModule } from './cache.ts';
import { type CompiledKernel, KernelError } from './compiled.ts';
import { AccessOrder } from './rewrite.ts';

/** Functions of the rest of the kernel that the C code calls. */
export interface HostImports {
  /** kvm_arch_mmu_enable_log_dirty_pt_masked. */
  rearm(mem: Memory, slot: number, offset: bigint, mask: bigint): void;
  signalPending(mem: Memory): boolean;
  /** A WARN_ON with a true condition. */
  warned(mem: Memory): void;
}

/** Shared memory of the C code that has no place in the layout. */
interface Region {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** `fixed`: it never changes after the set-up. `write-only`: it is written and never read. */
  readonly is: 'fixed' | 'write-only';
}

/**
 * An instance of compiled C code, which any thread can call. Its stack is in WebAssembly memory and
 * does not outlive a call. Every other access goes to the `Memory` of the call. Therefore `Memory`
 * can abort and run it again like any other operation.
 */
export class CompiledCode {
  readonly compiled: CompiledKernel;
  private readonly services: HostImports;
  private readonly exports: Record<string, unknown>;
  private readonly stack: WebAssembly.Global;
  private readonly stackTop: number | bigint;
  /** By `keyOf`. */
  private readonly places = new Map<number, Place>();
  private readonly regions: Region[] = [];
  /** By `keyOf`: words that share no byte with a place. */
  private readonly disjoint = new Set<number>();
  /** Memory that the C code has allocated. */
  private readonly allocated: { readonly from: number; readonly to: number }[] = [];
  /**
   * The memory of the current call. Undefined during the set-up: then all accesses go to
   * WebAssembly memory.
   */
  private mem: Memory | undefined;
  private readonly memory: WebAssembly.Memory;
  private seen: DataView;

  constructor(compiled: CompiledKernel, services: HostImports) {
    this.compiled = compiled;
    this.services = services;
    const instance = new WebAssembly.Instance(loadModule(compiled.key), { gfnring: this.hooks() });
    this.exports = instance.exports;
    this.memory = this.exports.memory as WebAssembly.Memory;
    this.seen = new DataView(this.memory.buffer);
    this.stack = this.exports.__stack_pointer as WebAssembly.Global;
    this.stackTop = this.stack.value;
  }

  /** Calls an export during the set-up. */
  make(name: string, ...args: (number | bigint)[]): number {
    return (this.exports[name] as (...args: (number | bigint)[]) => number)(...args) >>> 0;
  }

  /** Calls an export as an operation, or a part of one, of the thread of `mem`. */
  call(mem: Memory, name: string, ...args: (number | bigint)[]): number {
    this.mem = mem;
    this.stack.value = this.stackTop; // an earlier call may have been aborted
    // A variable that the code forgets to initialise must not have a value of an earlier call.
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
        check(false, KERNEL_RULE.G4_NO_CRASH, `${error.message}, after ${mem.origin ?? 'nothing'}`);
      throw error;
    }
  }

  /** Accesses of `bytes` bytes at `address` go to `place`. Words of several widths may overlap. */
  put(address: number, place: Place, bytes = place.bits / 8): void {
    this.places.set(keyOf(address, bytes), place);
  }

  /** Whether the C code has allocated all of `bytes` bytes from `address` on. */
  has(address: number, bytes: number): boolean {
    return this.allocated.some(({ from, to }) => address >= from && address + bytes <= to);
  }

  /** Adds a `Region` of `bytes` bytes at `address`. */
  region(name: string, address: number, bytes: number, is: Region['is']): void {
    this.regions.push({ name, from: address, to: address + bytes, is });
  }

  /** The initial value of a number in WebAssembly memory. */
  made(address: number, bytes: number): bigint {
    return bytes === 8 ? this.view.getBigUint64(address, true) : BigInt(this.own(address, bytes));
  }

  /** WebAssembly memory. When it grows, its old buffer is detached. */
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
        return performAccess(this.at(site), kind, cell, operand, expected);
      },
      fence: (site: number, kind: number) => performFence(this.at(site), kind),
      allocated: (address: number, bytes: number) => {
        this.allocated.push({ from: address, to: address + bytes });
      },
      lock: (site: number, address: number) => this.at(site).lock(this.lockAt(site, address)),
      unlock: (site: number, address: number) => this.at(site).unlock(this.lockAt(site, address)),
      warn: (site: number) => this.services.warned(this.at(site)),
      signal: (site: number) => (this.services.signalPending(this.at(site)) ? 1 : 0),
      rearm: (slot: number, offset: bigint, mask: bigint) => {
        const { mem } = this;
        mem!.origin = undefined; // the MMU is no C code
        this.services.rearm(mem!, slot >>> 0, BigInt.asUintN(64, offset), BigInt.asUintN(64, mask));
      },
    };
  }

  /** The memory of the call, with the place of its next access in the source. */
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
    return order === AccessOrder.plain ? mem.read(cell) : mem.load(cell, loadOrderOf(order));
  }

  private load64(site: number, order: number, address: number): bigint {
    const place = this.cellAt(address, 8);
    if (place === undefined) {
      this.fixed(site, address, 8);
      return this.view.getBigUint64(address, true);
    }
    const mem = this.at(site);
    // A word of 32 bits for the rest of the harness: the number of pages of a slot.
    if (place.kind === 'cell') return BigInt(mem.load(place));
    return order === AccessOrder.plain ? mem.read64(place) : mem.load64(place, loadOrderOf(order));
  }

  private store(site: number, order: number, address: number, bytes: number, value: number): void {
    const cell = this.cellAt(address, bytes);
    if (this.mem === undefined) this.write(address, bytes, value);
    else if (cell === undefined) this.drop(site, address, bytes);
    else {
      const mem = this.at(site);
      if (order === AccessOrder.plain) mem.write(cell, value >>> 0);
      else mem.store(cell, value >>> 0, storeOrderOf(order));
    }
  }

  private store64(site: number, order: number, address: number, value: bigint): void {
    const place = this.cellAt(address, 8);
    if (this.mem === undefined) this.view.setBigUint64(address, BigInt.asUintN(64, value), true);
    else if (place?.kind !== 'cell64') this.drop(site, address, 8);
    else {
      const mem = this.at(site);
      if (order === AccessOrder.plain) mem.write64(place, BigInt.asUintN(64, value));
      else mem.store64(place, BigInt.asUintN(64, value), storeOrderOf(order));
    }
  }

  /** Copies a struct word by word, with plain accesses. */
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

  /**
   * Bytes of the widest place that begins at one of `addresses`; without one, of the widest aligned
   * word.
   */
  private sizeAt(addresses: readonly number[], most: number): number {
    const sizes = [8, 4, 2, 1].filter((size) => size <= most && addresses.every((address) => address % size === 0));
    return sizes.find((size) => addresses.some((address) => this.places.has(keyOf(address, size)))) ?? sizes[0];
  }

  private isStack(address: number): boolean {
    return address >= STACK_FROM && address < Number(this.stackTop);
  }

  /** Loads from memory that has no place: it must not be write-only. */
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

  /** Ignores a store to write-only memory. A store to other memory without a place is an error. */
  private drop(site: number, address: number, bytes: number): void {
    const region = this.regionOf(site, address, bytes, 'writes');
    if (region?.is === 'write-only') return;
    throw new KernelError(
      `${this.compiled.sites[site]} writes to ${region?.name ?? 'static data'}, which gfnring takes to stay as it is once it is made`,
    );
  }

  /**
   * The region of an access that has no place; undefined: static data. Outside of all objects it
   * violates G1.
   */
  private regionOf(site: number, address: number, bytes: number, does: string): Region | undefined {
    if (this.mem === undefined) return undefined;
    const key = keyOf(address, bytes);
    const place = this.disjoint.has(key) ? undefined : this.placeOver(address, bytes);
    if (place !== undefined) throw this.wrongWidth(site, bytes, place);
    this.disjoint.add(key);
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
      KERNEL_RULE.G1_WITHIN_BOUNDS,
      `${this.compiled.sites[site]} ${does} ${bytes} bytes ${address >= 0 && address < STACK_FROM ? `at address ${address}` : 'beyond every object'}`,
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

  /** The cell of `bytes` bytes at `address`; undefined: there is none, or it is the set-up. */
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

  private wrongWidth(site: number, bytes: number, { name, bits }: Place): KernelError {
    const where = this.compiled.sites[site];
    return new KernelError(`${where} accesses ${bytes} bytes of ${name}, which has ${bits / 8}: words are taken whole`);
  }
}

/** No object has a lower address, so that accesses near NULL are errors. Also defined in glue.c. */
const STACK_FROM = 1024;

/** The address of a word and its size, at most 8 bytes, as one number. */
const keyOf = (address: number, bytes: number): number => address * 16 + bytes;

const loadOrderOf = (order: number): LoadOrder =>
  order === AccessOrder.acquire ? 'acquire' : order === AccessOrder.seqCst ? 'seq_cst' : 'relaxed';

const storeOrderOf = (order: number): StoreOrder =>
  order === AccessOrder.release ? 'release' : order === AccessOrder.seqCst ? 'seq_cst' : 'relaxed';
