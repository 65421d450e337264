import type { Kvm } from '../kvm/kvm.ts';
import { Layout } from '../memory/layout.ts';
import { SetupMemory } from '../memory/setupMemory.ts';
import { dirtyRings } from '../trackers/dirtyRing/descriptor.ts';
import { dirtyGfnAt } from '../trackers/dirtyRing/dirty_ring.ts';
import { dirty_ring_harvest } from '../trackers/dirtyRing/harvest.ts';
import type { VersionName } from '../trackers/dirtyRing/versions.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';
import { VCPUS } from './operations.ts';
import type { Reference } from './reference.ts';
import type { MakeRings } from './rings.ts';
import { ringsOnlyReference } from './sequential.ts';

/** One version of our merged ring, alone on plain memory; or a C file of a kernel in its place. */
export const ringReference = (version: VersionName, kernel?: KernelFile): Reference =>
  ringsOnlyReference(kernel?.file ?? dirtyRings[version].name, mergedRings(version, kernel));

const mergedRings =
  (version: VersionName, kernel: KernelFile | undefined): MakeRings =>
  ({ size, softLimit, slots, arm }) => {
    const layout = new Layout();
    const kvm: Kvm = {
      slots_lock: layout.lock('slots_lock', 'mutex'),
      mmu_lock: layout.lock('mmu_lock', 'spinlock'),
      memslots: [...slots].map(([slot, npages]) => ({ slot, npages })),
      arch: {
        enable_log_dirty_pt_masked(_mem, { slot }, offset, mask) {
          for (let i = 0n; mask >> i !== 0n; i++)
            if (((mask >> i) & 1n) !== 0n) arm({ slot, offset: BigInt.asUintN(64, offset + i) });
        },
        flush_remote_tlbs() {}, // nothing is cached here
        signal_pending: () => false,
      },
    };
    const shape = {
      rings: Array.from({ length: VCPUS }, () => ({ size, leeway: size - softLimit })),
      index: 0,
      hostWrites: false,
      ...(kernel && { kernel }),
    };
    const tracker = dirtyRings[version].create(layout, kvm, shape);
    const { rings } = tracker;
    const mem = new SetupMemory(new ArrayBuffer(layout.size));
    tracker.init(mem);
    return {
      mustExit: (vcpu) => tracker.mustExit(mem, vcpu),
      push: (vcpu, gfn) => tracker.mark(mem, gfn, vcpu),
      reset: () => tracker.reset(mem),
      harvest: (vcpu, max) => dirty_ring_harvest(mem, rings[vcpu], max).length,
      poke(vcpu, behind, word, value) {
        const entry = dirtyGfnAt(rings[vcpu], mem.load(rings[vcpu].fetch_index) + behind);
        if (word === 'offset') mem.store64(entry.offset, value);
        else mem.store(entry[word], Number(value));
      },
      entries: (vcpu) =>
        rings[vcpu].dirty_gfns.map(({ flags, slot, offset }) => ({
          flags: mem.load(flags),
          slot: mem.load(slot),
          offset: mem.load64(offset),
        })),
      indices: (vcpu) => ({ dirty: mem.load(rings[vcpu].dirty_index), reset: mem.load(rings[vcpu].reset_index) }),
    };
  };
