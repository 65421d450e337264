import type { Memory } from '../memory/memory.ts';
import { KVM_RESET_DIRTY_PAGES } from '../ring/ioctl.ts';
import type { Vm } from './vm.ts';

/** Calls the ioctl, then lets stopped vCPUs try again. Returns what the ioctl returned. */
export function resetDirtyPages(mem: Memory, vm: Vm): number {
  const result = KVM_RESET_DIRTY_PAGES(mem, vm.kvm);
  if (result !== 0) {
    mem.fetchAdd(vm.resets, 1); // pairs with loadAcquire(resets) in stopWhileFull
    mem.wake(vm.resets);
  }
  return result;
}
