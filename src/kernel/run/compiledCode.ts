import { performAccess, performFence } from '../../memory/accessMemory.ts';
import { check } from '../../memory/assume.ts';
import type { LoadOrder, StoreOrder } from '../../memory/kinds.ts';
import type { Memory } from '../../memory/memory.ts';
import { loadModule } from '../compile/cache.ts';
import { type CompiledUnit, KernelError } from '../compiled.ts';
import { AccessOrder } from '../ir/rewrite.ts';
import { AddressMap, type Region, STACK_FROM } from './addressMap.ts';
import {
  lockAsReader,
  lockExclusively,
  SrcuSections,
  unlockAsReader,
  unlockExclusively,
  waitForReaders,
} from './kernelLocks.ts';

/** The functions that compiled code imports, by name. */
export type Imports = Record<string, (...args: never[]) => unknown>;

/** The rules that compiled code violates by an access out of bounds, and by a trap. */
export interface CodeRules {
  readonly bounds: string;
  readonly crash: string;
}

/**
 * An instance of compiled C code, which any thread can call. Its stack is in WebAssembly memory and
 * does not outlive a call. Every other access goes to the `Memory` of the call. Therefore `Memory`
 * can abort and run it again like any other operation.
 */
export class CompiledCode {
  readonly compiled: CompiledUnit;
  readonly addresses: AddressMap;
  private readonly rules: CodeRules;
  private readonly exports: Record<string, unknown>;
  private readonly stack: WebAssembly.Global;
  private readonly stackTop: number | bigint;
  private readonly sections = new SrcuSections();
  /**
   * The memory of the current call. Undefined during the set-up: then all accesses go to
   * WebAssembly memory.
   */
  private mem: Memory | undefined;
  private readonly memory: WebAssembly.Memory;
  private seen: DataView;

  /** @param services what the code imports beside the hooks of accesses and locks. */
  constructor(compiled: CompiledUnit, rules: CodeRules, services: (code: CompiledCode) => Imports) {
    this.compiled = compiled;
    this.rules = rules;
    const imports = { ...this.accessHooks(), ...this.lockHooks(), ...services(this) };
    const instance = new WebAssembly.Instance(loadModule(compiled.key), { gfnring: imports });
    this.exports = instance.exports;
    this.memory = this.exports.memory as WebAssembly.Memory;
    this.seen = new DataView(this.memory.buffer);
    this.stack = this.exports.__stack_pointer as WebAssembly.Global;
    this.stackTop = this.stack.value;
    const heap = this.exports.__heap_base as WebAssembly.Global;
    this.addresses = new AddressMap(Number(this.stackTop), Number(heap.value), rules.bounds);
  }

  /** Calls an export during the set-up. */
  make(name: string, ...args: (number | bigint)[]): number {
    try {
      return (this.exports[name] as (...args: (number | bigint)[]) => number)(...args) >>> 0;
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      throw new KernelError(`${this.compiled.file}: ${error.message}, while objects are made`);
    }
  }

  /** Calls an export as an operation, or a part of one, of the thread of `mem`. */
  call(mem: Memory, name: string, ...args: (number | bigint)[]): number {
    this.mem = mem;
    this.sections.reset();
    this.stack.value = this.stackTop; // an earlier call may have been aborted
    // A variable that the code forgets to initialise must not have a value of an earlier call.
    new Uint8Array(this.memory.buffer, STACK_FROM, Number(this.stackTop) - STACK_FROM).fill(0);
    const result = this.run(mem, name, args);
    mem.origin = undefined;
    return result;
  }

  /** Whether the code has a function of KVM that calls the file's, or ours runs in its place. */
  hasTaken(name: string): boolean {
    return this.compiled.taken.some((part) => part.name === name);
  }

  private run(mem: Memory, name: string, args: readonly (number | bigint)[]): number {
    try {
      return (this.exports[name] as (...args: readonly (number | bigint)[]) => number)(...args);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError)
        check(false, this.rules.crash, `${error.message}, after ${mem.origin ?? 'nothing'}`);
      throw error;
    }
  }

  /** The initial value of a number in WebAssembly memory. */
  made(address: number, bytes: number): bigint {
    return bytes === 8 ? this.view.getBigUint64(address, true) : BigInt(this.own(address, bytes));
  }

  /** Adds a `Region` of `bytes` bytes at `address`. */
  region(name: string, address: number, bytes: number, is: Region['is']): void {
    this.addresses.region({ name, from: address, to: address + bytes, is });
  }

  /** WebAssembly memory. When it grows, its old buffer is detached. */
  private get view(): DataView {
    if (this.seen.buffer !== this.memory.buffer) this.seen = new DataView(this.memory.buffer);
    return this.seen;
  }

  private accessHooks(): Imports {
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
        const place = this.placeAt(address, bytes);
        if (place?.kind !== 'cell') return this.drop(site, address, bytes);
        return performAccess(this.at(site), kind, place, operand, expected);
      },
      fence: (site: number, kind: number) => performFence(this.at(site), kind),
    };
  }

  private lockHooks(): Imports {
    // Nothing runs beside the set-up.
    const hook =
      (use: typeof lockExclusively) =>
      (site: number, address: number): void => {
        if (this.mem !== undefined) use(this.at(site), this.addresses.lockAt(this.where(site), address));
      };
    return {
      lock: hook(lockExclusively),
      unlock: hook(unlockExclusively),
      read_lock: hook(lockAsReader),
      read_unlock: hook(unlockAsReader),
      srcu_lock: hook((mem, lock) => this.sections.enter(mem, lock)),
      srcu_unlock: hook((mem, lock) => this.sections.leave(mem, lock)),
      synchronize: hook(waitForReaders),
    };
  }

  /** The memory of the call, for code that is no C. */
  elsewhere(): Memory {
    this.mem!.origin = undefined;
    return this.mem!;
  }

  /** The memory of the call, with the place of its next access in the source. */
  at(site: number): Memory {
    const { mem } = this;
    if (mem === undefined) throw new KernelError(`${this.where(site)} is reached while objects are made`);
    mem.origin = this.compiled.sites[site];
    return mem;
  }

  /** The place of an access in the source. */
  where(site: number): string {
    return this.compiled.sites[site];
  }

  private load(site: number, order: number, address: number, bytes: number): number {
    const place = this.placeAt(address, bytes);
    if (place?.kind !== 'cell') return this.fixed(site, address, bytes);
    const mem = this.at(site);
    return order === AccessOrder.plain ? mem.read(place) : mem.load(place, loadOrderOf(order));
  }

  private load64(site: number, order: number, address: number): bigint {
    const place = this.placeAt(address, 8);
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
    const place = this.placeAt(address, bytes);
    if (this.mem === undefined) this.write(address, bytes, value);
    else if (place?.kind !== 'cell') this.drop(site, address, bytes);
    else {
      const mem = this.at(site);
      if (order === AccessOrder.plain) mem.write(place, value >>> 0);
      else mem.store(place, value >>> 0, storeOrderOf(order));
    }
  }

  private store64(site: number, order: number, address: number, value: bigint): void {
    const place = this.placeAt(address, 8);
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
    const { addresses } = this;
    for (let done = 0; done < bytes; ) {
      const size = addresses.sizeAt([to + done, from + done], bytes - done);
      const [source, target] = [from + done, to + done];
      if (size === 8) {
        const value = addresses.isStack(source)
          ? this.view.getBigUint64(source, true)
          : this.load64(site, AccessOrder.plain, source);
        if (addresses.isStack(target)) this.view.setBigUint64(target, value, true);
        else this.store64(site, AccessOrder.plain, target, value);
      } else {
        const value = addresses.isStack(source)
          ? this.own(source, size)
          : this.load(site, AccessOrder.plain, source, size);
        if (addresses.isStack(target)) this.write(target, size, value);
        else this.store(site, AccessOrder.plain, target, size, value);
      }
      done += size;
    }
  }

  private fill(site: number, to: number, value: number, bytes: number): void {
    const word = (value & 0xff) * 0x01010101;
    for (let done = 0; done < bytes; ) {
      const size = this.addresses.sizeAt([to + done], bytes - done);
      if (size === 8)
        this.store64(site, AccessOrder.plain, to + done, (BigInt(word >>> 0) << 32n) | BigInt(word >>> 0));
      else
        this.store(site, AccessOrder.plain, to + done, size, (word >>> 0) & (size === 4 ? -1 : (1 << (8 * size)) - 1));
      done += size;
    }
  }

  /** Loads from memory that has no place: it must not be write-only. */
  private fixed(site: number, address: number, bytes: number): number {
    const region = this.regionOf(site, address, bytes, 'reads');
    if (region?.is === 'write-only')
      throw new KernelError(`${this.where(site)} reads ${region.name}, of which gfnring takes it to be written only`);
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
    if (region?.is === 'write-only' || region?.is === 'ignored') return;
    throw new KernelError(
      `${this.where(site)} writes to ${region?.name ?? 'static data'}, which gfnring takes to stay as it is once it is made`,
    );
  }

  private regionOf(site: number, address: number, bytes: number, does: string): Region | undefined {
    return this.mem === undefined ? undefined : this.addresses.regionOf(this.where(site), address, bytes, does);
  }

  /** The cell of `bytes` bytes at `address`; undefined: there is none, or it is the set-up. */
  private placeAt(address: number, bytes: number): ReturnType<AddressMap['placeAt']> {
    return this.mem === undefined ? undefined : this.addresses.placeAt(address, bytes);
  }
}

const loadOrderOf = (order: number): LoadOrder =>
  order === AccessOrder.acquire ? 'acquire' : order === AccessOrder.seqCst ? 'seq_cst' : 'relaxed';

const storeOrderOf = (order: number): StoreOrder =>
  order === AccessOrder.release ? 'release' : order === AccessOrder.seqCst ? 'seq_cst' : 'relaxed';
