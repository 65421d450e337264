import type { Cell, Lock } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';

/** One dirty page, as every tracker reports it: page `offset` of slot `slot`, which is as_id << 16 | slot_id. */
export interface Gfn {
  readonly slot: number;
  readonly offset: bigint;
}

/** struct kvm_memory_slot: pages 0 to npages - 1 of slot `slot`. */
export interface MemorySlot {
  readonly slot: number;
  /** Pages it has; where `size` is there, the most that it ever has. */
  readonly npages: number;
  /** Pages it has now, 0: deleted. Written with slots_lock and mmu_lock held. Only where userspace changes the slot. */
  readonly size?: Cell;
}

/** struct kvm, as far as every tracker knows it. Lock order: slots_lock, mmu_lock, then a tracker's own. */
export interface Kvm {
  /** Mutex. Held for the whole of a reset and its flush; makes resets one after the other. */
  readonly slots_lock: Lock;
  /** Spinlock. Held only around one re-arm call, and by the fault path. Nothing sleeps under it. */
  readonly mmu_lock: Lock;
  readonly memslots: readonly MemorySlot[];
  readonly arch: KvmArch;
}

/** What the architecture does for trackers. */
interface KvmArch {
  /** Write-protects page `offset + i` of `slot` for each set bit i of `mask` (64 bits). Called with mmu_lock held. */
  enable_log_dirty_pt_masked(mem: Memory, slot: MemorySlot, offset: bigint, mask: bigint): void;
  /** Drops every vCPU's cached translations; returns when all have gone. */
  flush_remote_tlbs(mem: Memory): void;
  /** Whether the calling thread has a signal to handle, and should get back to userspace. */
  signal_pending(mem: Memory): boolean;
}

/** The memory slot that an entry names, or undefined: the words come from where userspace can write them. */
export function memslotOf(kvm: Kvm, slot: number): MemorySlot | undefined {
  return kvm.memslots.find((memslot) => memslot.slot === slot);
}

/** Pages that a slot has now. Stays so while slots_lock or mmu_lock is held. */
export function npagesOf(mem: Memory, memslot: MemorySlot): number {
  return memslot.size === undefined ? memslot.npages : mem.load(memslot.size);
}

/** Whether the slot is there and has that page now. */
export function hasPage(mem: Memory, kvm: Kvm, { slot, offset }: Gfn): boolean {
  const memslot = memslotOf(kvm, slot);
  return memslot !== undefined && offset < BigInt(npagesOf(mem, memslot));
}
