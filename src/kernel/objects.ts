import type { Kvm } from '../kvm/kvm.ts';
import type { Cell, Place } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { KernelError, type StructMember } from './compiled.ts';
import type { CompiledCode } from './compiledCode.ts';

/** Creates the struct kvm of a VM, with its slots and locks. */
export function makeKvm(code: CompiledCode, { memslots, slots_lock, mmu_lock }: Kvm): void {
  code.region('struct kvm', code.make('gfnring_kvm'), code.make('gfnring_kvm_bytes'), 'fixed');
  code.put(code.make('gfnring_mmu_lock'), mmu_lock);
  code.put(code.make('gfnring_slots_lock'), slots_lock);
  for (const { slot, npages, size } of memslots) {
    if (slot >>> 16 > 1) throw new KernelError(`slot ${slot}: there are two address spaces, 0 and 1`);
    const address = code.make('gfnring_slot', slot, npages);
    if (size !== undefined) code.put(address, size, 8); // unsigned long there
  }
}

/** Creates the struct kvm_vcpu of vCPU `vcpu`. Its ring is allocated after it. */
export function makeVcpu(code: CompiledCode, vcpu: number, { requests }: { readonly requests?: Cell } = {}): void {
  code.region(`vcpu${vcpu}`, code.make('gfnring_vcpu', vcpu), code.make('gfnring_vcpu_bytes'), 'fixed');
  // Userspace sees the result of the operation instead.
  code.region(`vcpu${vcpu}.run`, code.make('gfnring_run', vcpu), code.make('gfnring_run_bytes'), 'write-only');
  if (requests !== undefined) code.put(code.make('gfnring_requests', vcpu), requests);
}

/**
 * Throws `KernelError` where struct kvm_dirty_gfn differs from the one of userspace: `first`, slot,
 * offset.
 */
export function checkEntries({ compiled }: CompiledCode, first: 'flags' | 'pad'): void {
  const layout = (compiled.structs.kvm_dirty_gfn ?? []).map(({ name, offset, bytes }) => `${name} ${offset}+${bytes}`);
  const expected = [`${first} 0+4`, 'slot 4+4', 'offset 8+8'];
  if (layout.join() !== expected.join())
    throw new KernelError(
      `struct kvm_dirty_gfn of ${compiled.file} is ${layout.join(', ')}, not ${expected.join(', ')}`,
    );
}

/** A member of a C struct that our ring does not have, and its value after the allocation. */
export interface ExtraMember {
  readonly place: Place;
  readonly value: bigint;
}

/** Stores the values that members have after the allocation. */
export function initMembers(mem: Memory, more: readonly ExtraMember[]): void {
  for (const { place, value } of more) {
    if (place.kind === 'cell64') mem.store64(place, value);
    else if (place.kind === 'cell') mem.store(place, Number(value));
  }
}

/**
 * Maps the members of the struct at `address` to places. Those in `known` have theirs; all others
 * get new cells, which are returned with their current values. Those named in `fixed` never change
 * and have no place. Throws `KernelError` where a member has no fitting place.
 */
export function layMembers(
  code: CompiledCode,
  layout: Layout,
  name: string,
  address: number,
  struct: string,
  fixed: readonly string[],
  known: Readonly<Record<string, Place>>,
): ExtraMember[] {
  const members = code.compiled.structs[struct];
  if (members === undefined) throw new KernelError(`${code.compiled.file} has no struct ${struct}`);
  const missing = Object.keys(known).find((member) => members.every((other) => other.name !== member));
  if (missing !== undefined) throw new KernelError(`struct ${struct} of ${code.compiled.file} has no ${missing}`);
  const shared = members.find((member, i) =>
    members.some(
      (other, j) => j < i && member.offset < other.offset + other.bytes && other.offset < member.offset + member.bytes,
    ),
  );
  if (shared !== undefined)
    throw new KernelError(
      `struct ${struct}: ${shared.name} lies over another member: unions and bit fields are not known`,
    );
  const more: ExtraMember[] = [];
  for (const member of members) {
    if (fixed.includes(member.name)) continue;
    const at = address + member.offset;
    const place = known[member.name] ?? layMember(layout, `${name}.${member.name}`, member, struct);
    code.put(at, place);
    if (!(member.name in known)) more.push({ place, value: code.made(at, member.bytes) });
  }
  return more;
}

function layMember(layout: Layout, name: string, { is, bytes, name: member }: StructMember, struct: string): Place {
  if (is === 'mutex' || is === 'spinlock') return layout.lock(name, is);
  if (bytes === 8) return layout.cell64(name);
  if (is !== 'other' && (bytes === 1 || bytes === 2 || bytes === 4))
    return layout.cell(name, `u${(bytes * 8) as 8 | 16 | 32}`);
  throw new KernelError(`struct ${struct}: ${member} has ${bytes} bytes: members are numbers, pointers or locks`);
}
