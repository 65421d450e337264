import { EBUSY } from '../../kvm/errors.ts';
import { KERNEL_RULE } from '../../kvm/kernelRules.ts';
import type { Gfn } from '../../kvm/kvm.ts';
import { check } from '../../memory/assume.ts';
import type { Memory } from '../../memory/memory.ts';
import type { GfnList } from './gfn_list.ts';

/**
 * Adds one entry, or returns -EBUSY where the list is full. The index comes from memory that
 * userspace writes, and is not masked: that is the mail's objection. The patch itself is not
 * available. The check for a full list must be an equality: a comparison would have caught an index
 * out of bounds.
 */
export function gfn_list_push(mem: Memory, list: GfnList, { slot, offset }: Gfn): number {
  mem.lock(list.list_lock);
  const index = mem.load(list.dirty_index);
  if (index === list.size) {
    mem.unlock(list.list_lock);
    return -EBUSY;
  }
  const entry = list.entries[index];
  check(entry !== undefined, KERNEL_RULE.G1_WITHIN_BOUNDS, `writes entry ${index} of a list of ${list.size}`);
  mem.write(entry.slot, slot);
  mem.write64(entry.offset, offset);
  mem.store(list.dirty_index, index + 1);
  mem.unlock(list.list_lock);
  return 0;
}
