import type { Memory } from '../memory/memory.ts';
import { KVM_SET_USER_MEMORY_REGION } from './kernel.ts';
import { collectDirtyPages, copyPage } from './userspace.ts';
import type { Vm } from './vm.ts';

/**
 * Userspace gives slot `slot` `npages` pages; 0 deletes it. It first collects the entries for the
 * old slot. The new slot has other memory, and no log has the writes in between. So all of it is
 * copied.
 */
export function changeSlot(mem: Memory, vm: Vm, slot: number, npages: number): void {
  collectDirtyPages(mem, vm);
  KVM_SET_USER_MEMORY_REGION(mem, vm, slot, 0);
  if (npages === 0) return;
  KVM_SET_USER_MEMORY_REGION(mem, vm, slot, npages);
  for (let offset = 0; offset < npages; offset++) copyPage(mem, vm, { slot, offset: BigInt(offset) });
}
