// The part of a VM that a dirty log needs, in real shared memory. It has locks, and an array with
// one byte per page that records re-arming. It is the same for all trackers.
import { Layout } from '../../dist/memory/layout.js';
import { NativeMemory } from '../../dist/memory/nativeMemory.js';
import { gfnRing } from '../../dist/trackers/gfnRing/descriptor.js';

const WORD = 32;

/** A guest of `npages` pages with the mail's ring of `size` entries. */
export function ringOf(npages, size) {
  const { layout, kvm, armed } = kvmOf(npages);
  const tracker = gfnRing.create(layout, kvm, { rings: [{ size, leeway: 0 }], index: 0, hostWrites: false });
  const mem = new NativeMemory(new SharedArrayBuffer(layout.size), 0);
  tracker.init(mem);
  return { mem, kvm, tracker, armed };
}

/**
 * A guest of `npages` pages with a dirty bitmap of 32-bit words. One cell object is used for each
 * word in turn, so that the scan allocates nothing.
 */
export function bitmapOf(npages) {
  const { layout, kvm, armed } = kvmOf(npages);
  const words = npages / WORD;
  const data = layout.region(words * 4);
  const cell = layout.cell('bitmap', 'u32', data);
  const word = (i) => {
    cell.offset = data + 4 * i;
    return cell;
  };
  const mem = new NativeMemory(new SharedArrayBuffer(layout.size), 0);
  return { mem, kvm, bitmap: { slot: kvm.memslots[0], words, word }, buffer: new Uint32Array(words), armed };
}

function kvmOf(npages) {
  const layout = new Layout();
  const armed = new Uint8Array(new SharedArrayBuffer(npages));
  const arch = {
    enable_log_dirty_pt_masked: (_, __, offset, mask) =>
      eachPage(offset, mask, (page) => Atomics.store(armed, page, 1)),
    flush_remote_tlbs() {},
    signal_pending: () => false,
  };
  const kvm = {
    slots_lock: layout.lock('slots_lock', 'mutex'),
    mmu_lock: layout.lock('mmu_lock', 'spinlock'),
    memslots: [{ slot: 0, npages }],
    arch,
  };
  return { layout, kvm, armed };
}

/**
 * Calls `visit` with page `offset + i` for each set bit i of `mask`. Works on two 32-bit halves:
 * bigint arithmetic would dominate the cost.
 */
export function eachPage(offset, mask, visit) {
  const first = Number(offset);
  half(first, Number(mask & 0xffffffffn), visit);
  if (mask > 0xffffffffn) half(first + 32, Number(mask >> 32n), visit);
}

function half(first, mask, visit) {
  for (let rest = mask; rest !== 0; rest = (rest & (rest - 1)) >>> 0) visit(first + 31 - Math.clz32(rest & -rest));
}
