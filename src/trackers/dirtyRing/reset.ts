import { EINTR } from '../../kvm/errors.ts';
import { hasPage, type Kvm } from '../../kvm/kvm.ts';
import type { ResetBatch } from '../../kvm/resetBatch.ts';
import type { Cell } from '../../memory/cell.ts';
import type { Memory } from '../../memory/memory.ts';
import { type DirtyRing, dirtyGfnAt, F_RESET } from './dirty_ring.ts';
import { extendBatch, kvm_reset_dirty_gfn } from './reset_dirty_gfn.ts';
import type { Version } from './versions.ts';

const INT_MAX = 0x7fffffff;

/**
 * Takes harvested entries off the ring, oldest first, and re-arms their pages. Called with
 * slots_lock held.
 *
 * @param cleared how many entries this ioctl took off other rings
 * @returns `taken`: the number of entries that it took; `error`: 0, or -EINTR where a signal ended
 *   it
 */
export function kvm_dirty_ring_reset(
  mem: Memory,
  kvm: Kvm,
  ring: DirtyRing,
  version: Version,
  cleared = 0,
): { readonly taken: number; readonly error: number } {
  let batch: ResetBatch | undefined;
  let error = 0;
  let taken = 0;
  let reset_index = mem.load(ring.reset_index);
  while (!version.interruptible || cleared + taken < INT_MAX) {
    if (version.interruptible && kvm.arch.signal_pending(mem)) {
      // In 6.17 the batch that was not re-armed yet is lost here.
      if (!version.repaired) return { taken, error: -EINTR };
      error = -EINTR;
      break;
    }
    const entry = dirtyGfnAt(ring, reset_index);
    if (!harvested(mem, entry.flags, version)) break;
    // Paolo Bonzini's bound of January 2020, which was not merged: an entry that was never pushed
    // is not reset, whatever its flags say.
    if (version.repaired && reset_index === mem.load(ring.dirty_index)) break;

    const slot = mem.load(entry.slot); // once each: userspace may rewrite them
    const offset = mem.load64(entry.offset);
    if (version.acquireRelease)
      // After the reads of the entry, which push may fill again:
      // pairs with loadAcquire(flags) in harvest.
      mem.storeRelease(entry.flags, 0);
    else mem.write(entry.flags, 0);
    reset_index = (reset_index + 1) >>> 0;
    // In Linux only the leeway separates this store from the push that fills the entry again.
    if (version.repaired)
      // pairs with loadAcquire(reset_index) in push
      mem.storeRelease(ring.reset_index, reset_index);
    else mem.store(ring.reset_index, reset_index);
    taken++;

    // A bad entry is rejected alone. In Linux the whole batch that it is in is rejected.
    if (version.repaired && !hasPage(mem, kvm, { slot, offset })) continue;
    const grown = batch && extendBatch(batch, slot, offset);
    if (batch && !grown) kvm_reset_dirty_gfn(mem, kvm, batch, version);
    batch = grown ?? { slot, offset, mask: 1n };
  }
  if (batch) kvm_reset_dirty_gfn(mem, kvm, batch, version);
  return { taken, error };
}

/** Whether an entry waits for reset. Other flags do not matter. */
function harvested(mem: Memory, flags: Cell, version: Version): boolean {
  const value = version.acquireRelease
    ? mem.loadAcquire(flags) // before the entry is read: pairs with storeRelease(flags) in harvest
    : mem.read(flags);
  return (value & F_RESET) !== 0;
}
