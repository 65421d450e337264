import { zapSlot } from '../guest/mmu.ts';
import { EINVAL } from '../kvm/errors.ts';
import { type Gfn, memslotOf, npagesOf } from '../kvm/kvm.ts';
import type { Memory } from '../memory/memory.ts';
import type { Vm } from './vm.ts';

/** Calls the ioctl that re-arms, then wakes stopped vCPUs. Returns the result of the ioctl. */
export function resetDirtyPages(mem: Memory, vm: Vm, gfns: readonly Gfn[] = []): number {
  const result = vm.tracker.reset(mem, gfns);
  if (result !== 0) {
    // pairs with loadAcquire(resets) in stopWhileFull, loadAcquire(resets) in writeFromHost
    mem.fetchAdd(vm.resets, 1);
    mem.wake(vm.resets);
  }
  return result;
}

/**
 * KVM_SET_USER_MEMORY_REGION: slot `slot` has `npages` pages from now on; 0 deletes it. KVM does
 * not change sizes: a slot that exists can only be deleted, and anything else returns -EINVAL. All
 * pages of a deleted slot leave the page tables, so that the next write faults. Its bitmap is
 * dropped.
 *
 * In this model mmu_lock replaces SRCU and the invalidation count: no fault is in progress here.
 */
export function KVM_SET_USER_MEMORY_REGION(mem: Memory, vm: Vm, slot: number, npages: number): number {
  const { kvm } = vm;
  const memslot = memslotOf(kvm, slot)!;
  let result = 0;
  mem.lock(kvm.slots_lock);
  if (npages > 0 && npagesOf(mem, memslot) > 0) result = -EINVAL;
  else {
    mem.lock(kvm.mmu_lock);
    mem.store(memslot.size!, npages);
    vm.tracker.slotChanged(mem, slot, npages);
    if (npages === 0) {
      zapSlot(mem, vm.guest, slot);
      kvm.arch.flush_remote_tlbs(mem);
    }
    mem.unlock(kvm.mmu_lock);
  }
  mem.unlock(kvm.slots_lock);
  return result;
}
