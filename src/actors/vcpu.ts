import type { Page } from '../guest/guest.ts';
import { cacheTranslation, isArmed, makeWritable } from '../guest/mmu.ts';
import { guestStore } from '../guest/store.ts';
import type { Memory } from '../memory/memory.ts';
import { kvm_gfn_ring_push, kvm_gfn_ring_soft_full } from '../ring/push.ts';
import type { Vm } from './vm.ts';

/** vCPU `vcpu` enters the guest, which writes each of `pages` once, in order, before the vCPU is looked at again. */
export function vcpuWrite(mem: Memory, vm: Vm, vcpu: number, pages: readonly Page[]): void {
  stopWhileFull(mem, vm, vcpu);
  for (const page of pages) {
    while (!guestStore(mem, vcpu, page)) {
      if (handleFault(mem, vm, vcpu, page)) continue;
      mem.fetchAdd(vm.overruns[vcpu], 1);
      stopWhileFull(mem, vm, vcpu);
    }
  }
}

/** The vCPU will not run again. */
export function vcpuHalt(mem: Memory, vm: Vm): void {
  mem.fetchAdd(vm.running, -1); // after all it did: pairs with loadAcquire(running) in serve
  exitToUserspace(mem, vm);
}

/** A write hit a page without a writable translation. Returns false when the ring had no room: the page stays as it was. */
function handleFault(mem: Memory, vm: Vm, vcpu: number, page: Page): boolean {
  const { kvm } = vm;
  mem.lock(kvm.mmu_lock);
  if (isArmed(mem, page)) {
    // Recorded before it becomes writable, both under mmu_lock: no reset can re-arm the page between the two.
    if (kvm_gfn_ring_push(mem, kvm.rings[vcpu], page.slot, BigInt(page.offset)) < 0) {
      mem.unlock(kvm.mmu_lock);
      return false;
    }
    makeWritable(mem, page);
  }
  cacheTranslation(mem, vcpu, page);
  mem.unlock(kvm.mmu_lock);
  return true;
}

/** The vCPU stops, outside the guest, for as long as its ring is full. */
function stopWhileFull(mem: Memory, vm: Vm, vcpu: number): void {
  const ring = vm.kvm.rings[vcpu];
  while (kvm_gfn_ring_soft_full(mem, ring)) {
    const resets = mem.loadAcquire(vm.resets); // before the second look: pairs with fetchAdd(resets) in resetDirtyPages
    if (!kvm_gfn_ring_soft_full(mem, ring)) return;
    exitToUserspace(mem, vm);
    mem.wait(vm.resets, resets);
  }
}

function exitToUserspace(mem: Memory, vm: Vm): void {
  mem.fetchAdd(vm.exits, 1); // pairs with loadAcquire(exits) in serve
  mem.wake(vm.exits);
}
