import type { Cell, Lock } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';

/**
 * A dirty page as every tracker reports it: page `offset` of slot `slot` (as_id << 16 | slot_id).
 */
export interface Gfn {
  readonly slot: number;
  readonly offset: bigint;
}

/** struct kvm_memory_slot: pages 0 to npages - 1 of slot `slot`. */
export interface MemorySlot {
  readonly slot: number;
  /** Number of pages; where there is a `size`, the most that it ever has. */
  readonly npages: number;
  /**
   * Current number of pages; 0: deleted. Written with slots_lock and mmu_lock held. Absent where
   * userspace never changes the slot.
   */
  readonly size?: Cell;
}

/**
 * The part of struct kvm that trackers use. Lock order: slots_lock, mmu_lock, then locks of a
 * tracker.
 */
export interface Kvm {
  /** Mutex. Held during a reset and its flush: there are no concurrent resets. */
  readonly slots_lock: Lock;
  /** Spinlock. Held around one re-arm call, and by the fault path. Nothing sleeps under it. */
  readonly mmu_lock: Lock;
  readonly memslots: readonly MemorySlot[];
  readonly arch: KvmArch;
}

/** What the architecture does for trackers. */
interface KvmArch {
  /**
   * Write-protects page `offset + i` of `slot` for each set bit i of `mask` (64 bits). Called with
   * mmu_lock held.
   */
  enable_log_dirty_pt_masked(mem: Memory, slot: MemorySlot, offset: bigint, mask: bigint): void;
  /** Drops the cached translations of all vCPUs. Returns when none is left. */
  flush_remote_tlbs(mem: Memory): void;
  /** Whether the calling thread has a pending signal, and should return to userspace. */
  signal_pending(mem: Memory): boolean;
  /** Whether a timer asks the calling thread to yield. Absent: there is no timer. */
  need_resched?(mem: Memory): boolean;
  /** The calling thread has yielded. */
  yielded?(mem: Memory): void;
}

/** The memory slot of an entry, or undefined: userspace can write any slot into an entry. */
export function memslotOf(kvm: Kvm, slot: number): MemorySlot | undefined {
  return kvm.memslots.find((memslot) => memslot.slot === slot);
}

/**
 * The current number of pages of a slot. It does not change while slots_lock or mmu_lock is held.
 */
export function npagesOf(mem: Memory, memslot: MemorySlot): number {
  return memslot.size === undefined ? memslot.npages : mem.load(memslot.size);
}

/** Whether the slot exists and has that page now. See `npagesOf` for the locks. */
export function hasPage(mem: Memory, kvm: Kvm, { slot, offset }: Gfn): boolean {
  const memslot = memslotOf(kvm, slot);
  return memslot !== undefined && offset < BigInt(npagesOf(mem, memslot));
}
