import type { Lock } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import type { GfnRing } from './kvm_gfnring.ts';

/** struct kvm_memory_slot: pages 0 to npages - 1 of slot `slot` = as_id << 16 | slot_id. */
export interface MemorySlot {
  readonly slot: number;
  readonly npages: number;
}

/** struct kvm, as far as the ring knows it. Lock order: slots_lock, then mmu_lock. */
export interface Kvm {
  /** Mutex. Held for the whole of a reset and its flush; makes resets one after the other. */
  readonly slots_lock: Lock;
  /** Spinlock. Held only around one re-arm call, and by the fault path. Nothing sleeps under it. */
  readonly mmu_lock: Lock;
  readonly memslots: readonly MemorySlot[];
  /** One ring a vCPU. */
  readonly rings: readonly GfnRing[];
  readonly arch: KvmArch;
}

/** What the architecture does for the ring. */
interface KvmArch {
  /** Write-protects page `offset + i` of `slot` for each set bit i of `mask` (64 bits). Called with mmu_lock held. */
  enable_log_dirty_pt_masked(mem: Memory, slot: MemorySlot, offset: bigint, mask: bigint): void;
  /** Drops every vCPU's cached translations; returns when all have gone. Called with slots_lock held. */
  flush_remote_tlbs(mem: Memory): void;
}

/** The memory slot that an entry names, or undefined: the words come from where userspace can write them. */
export function memslotOf(kvm: Kvm, slot: number): MemorySlot | undefined {
  return kvm.memslots.find((memslot) => memslot.slot === slot);
}
