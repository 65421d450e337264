import type { Kvm } from '../../kvm/kvm.ts';
import type { Cell, Place } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import { KernelError, type LockKind, type StructMember } from '../compiled.ts';
import type { CompiledCode } from './compiledCode.ts';
import { type LockUse, layKernelLock } from './kernelLocks.ts';

/** Members of structs of ours that never change, or whose places are elsewhere. */
const OWN: Readonly<Record<string, RegExp>> = {
  kvm: /^(?:mmu_lock|slots_lock|users_count|created_vcpus|dirty_ring_size|dirty_ring_with_bitmap|manual_dirty_log_protect|memslots|arch\b|stat\b)/,
  kvm_vcpu: /^(?:kvm|vcpu_id|vcpu_idx|requests|run|dirty_ring|gfn_ring|common|arch|stat)(?:\.|$)/,
  kvm_memory_slot: /^(?:base_gfn|npages|dirty_bitmap|userspace_addr|flags|id|as_id)$/,
};

/**
 * Creates the struct kvm of a VM, with its slots and locks. Returns the members that the code uses
 * beyond ours.
 */
export function makeKvm(code: CompiledCode, layout: Layout, kvm: Kvm, use: LockUse): ExtraMember[] {
  const { memslots, slots_lock, mmu_lock } = kvm;
  const address = code.make('gfnring_kvm');
  const more = moreMembers(code, layout, 'kvm', address, 'kvm', use);
  code.region('struct kvm', address, code.make('gfnring_kvm_bytes'), 'fixed');
  const { addresses } = code;
  addresses.putLock(code.make('gfnring_mmu_lock'), layKernelLock(layout, 'mmu_lock', 'rwlock', use, mmu_lock));
  addresses.putLock(code.make('gfnring_slots_lock'), layKernelLock(layout, 'slots_lock', 'mutex', use, slots_lock));
  const ofSlots = memslots.flatMap(({ slot, npages, size }) => {
    if (slot >>> 16 > 1) throw new KernelError(`slot ${slot}: there are two address spaces, 0 and 1`);
    const pages = code.make('gfnring_slot', slot, npages);
    if (size !== undefined) addresses.put(pages, size, 8); // unsigned long there
    const offset = code.compiled.structs.kvm_memory_slot?.find(({ name }) => name === 'npages')?.offset ?? 0;
    return moreMembers(code, layout, `slot${slot}`, pages - offset, 'kvm_memory_slot', use);
  });
  return [...more, ...ofSlots, ...globalMembers(code, layout, use)];
}

/**
 * Creates the struct kvm_vcpu of vCPU `vcpu`. Its ring is allocated after it. Returns the members
 * that the code uses beyond ours.
 */
export function makeVcpu(
  code: CompiledCode,
  layout: Layout,
  vcpu: number,
  use: LockUse,
  { requests }: { readonly requests?: Cell } = {},
): ExtraMember[] {
  const address = code.make('gfnring_vcpu', vcpu);
  const more = moreMembers(code, layout, `vcpu${vcpu}`, address, 'kvm_vcpu', use);
  code.region(`vcpu${vcpu}`, address, code.make('gfnring_vcpu_bytes'), 'fixed');
  // Userspace sees the result of the operation instead.
  code.region(`vcpu${vcpu}.run`, code.make('gfnring_run', vcpu), code.make('gfnring_run_bytes'), 'write-only');
  if (requests !== undefined) code.addresses.put(code.make('gfnring_requests', vcpu), requests);
  return more;
}

/** The members of a struct that ours does not have. Statistics have no places. */
function moreMembers(
  code: CompiledCode,
  layout: Layout,
  name: string,
  address: number,
  struct: string,
  use: LockUse,
): ExtraMember[] {
  const members = code.compiled.structs[struct] ?? [];
  const statistics = members.filter((member) => member.name.startsWith('stat.'));
  for (const member of statistics) code.region(`${name}.stat`, address + member.offset, member.bytes, 'ignored');
  const more = members.filter((member) => !OWN[struct].test(member.name) && hasPlace(member));
  return layThem(code, layout, name, address, more, struct, use);
}

/** The variables of the code. Those whose types have no place never change. */
export const globalMembers = (code: CompiledCode, layout: Layout, use: LockUse): ExtraMember[] =>
  code.compiled.globals.flatMap((global) =>
    layThem(code, layout, global.name, code.make(global.export), global.members.filter(hasPlace), global.name, use),
  );

const hasPlace = ({ is, bytes }: StructMember): boolean => is !== 'other' || bytes === 8;

function layThem(
  code: CompiledCode,
  layout: Layout,
  name: string,
  address: number,
  members: readonly StructMember[],
  struct: string,
  use: LockUse,
): ExtraMember[] {
  return members.flatMap((member) => {
    const at = address + member.offset;
    const path = member.name === '' ? name : `${name}.${member.name}`;
    if (isLock(member.is)) {
      code.addresses.putLock(at, layKernelLock(layout, path, member.is, use));
      return [];
    }
    const place = layMember(layout, path, member, struct);
    code.addresses.put(at, place);
    return [{ place, value: code.made(at, member.bytes) }];
  });
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
  use: LockUse,
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
  for (const member of members)
    if (member.name in known) code.addresses.put(address + member.offset, known[member.name]);
  const others = members.filter((member) => !fixed.includes(member.name) && !(member.name in known));
  return layThem(code, layout, name, address, others, struct, use);
}

const isLock = (is: StructMember['is']): is is LockKind => is !== 'number' && is !== 'pointer' && is !== 'other';

function layMember(layout: Layout, name: string, { is, bytes, name: member }: StructMember, struct: string): Place {
  if (bytes === 8) return layout.cell64(name);
  if (is !== 'other' && (bytes === 1 || bytes === 2 || bytes === 4))
    return layout.cell(name, `u${(bytes * 8) as 8 | 16 | 32}`);
  throw new KernelError(`struct ${struct}: ${member} has ${bytes} bytes: members are numbers, pointers or locks`);
}
