import { EINVAL } from '../../kvm/errors.ts';
import { type Gfn, hasPage, type Kvm, memslotOf } from '../../kvm/kvm.ts';
import type { Memory } from '../../memory/memory.ts';
import type { GfnList } from './gfn_list.ts';

/**
 * KVM_GET_DIRTY_COUNT: afterwards userspace may read what was pushed. Returns the number of
 * entries.
 */
export function KVM_GET_DIRTY_COUNT(mem: Memory, list: GfnList): number {
  // An index that is read under it covers whole entries: pairs with the unlock in gfn_list_push.
  mem.lock(list.list_lock);
  const count = mem.load(list.dirty_index);
  mem.store(list.avail_index, count);
  mem.unlock(list.list_lock);
  return count;
}

/**
 * KVM_RESET_DIRTY_PAGES: re-arms the entries that userspace has fetched, and sets all indices to
 * zero. Entries that were pushed and not fetched are lost. mmu_lock is held around the whole walk.
 *
 * @returns the number of re-armed entries, or -EINVAL where userspace's index is beyond the list
 */
export function gfn_list_reset(mem: Memory, kvm: Kvm, list: GfnList): number {
  mem.lock(kvm.slots_lock);
  mem.lock(kvm.mmu_lock);
  mem.lock(list.list_lock);
  const count = mem.load(list.fetch_index);
  const result = count > list.size ? -EINVAL : count;
  if (result >= 0) {
    for (let i = 0; i < count; i++) rearm(mem, kvm, fetch(mem, list, i));
    for (const index of [list.dirty_index, list.avail_index, list.fetch_index]) mem.store(index, 0);
  }
  mem.unlock(list.list_lock);
  if (result > 0) kvm.arch.flush_remote_tlbs(mem);
  mem.unlock(kvm.mmu_lock);
  mem.unlock(kvm.slots_lock);
  return result;
}

/** Userspace: fetches what KVM_GET_DIRTY_COUNT has announced. */
export function gfn_list_harvest(mem: Memory, list: GfnList): Gfn[] {
  const first = mem.load(list.fetch_index);
  const avail = KVM_GET_DIRTY_COUNT(mem, list);
  const gfns: Gfn[] = [];
  for (let i = first; i < Math.min(avail, list.size); i++)
    gfns.push({ slot: mem.read(list.entries[i].slot), offset: mem.read64(list.entries[i].offset) });
  if (gfns.length > 0) mem.store(list.fetch_index, avail);
  return gfns;
}

/** An entry. Each word is read once: userspace may rewrite it. */
function fetch(mem: Memory, list: GfnList, i: number): Gfn {
  return { slot: mem.load(list.entries[i].slot), offset: mem.load64(list.entries[i].offset) };
}

function rearm(mem: Memory, kvm: Kvm, gfn: Gfn): void {
  if (hasPage(mem, kvm, gfn)) kvm.arch.enable_log_dirty_pt_masked(mem, memslotOf(kvm, gfn.slot)!, gfn.offset, 1n);
}
