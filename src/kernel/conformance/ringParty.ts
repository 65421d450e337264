import type { Kvm } from '../../kvm/kvm.ts';
import { AloneMemory } from '../../memory/alone.ts';
import { Layout } from '../../memory/layout.ts';
import { entryAt, layDirtyRing } from '../../trackers/dirtyRing/dirty_ring.ts';
import { dirty_ring_harvest } from '../../trackers/dirtyRing/harvest.ts';
import { KVM_RESET_DIRTY_RINGS } from '../../trackers/dirtyRing/ioctl.ts';
import { kvm_dirty_ring_check_request, kvm_dirty_ring_push } from '../../trackers/dirtyRing/push.ts';
import { type VersionName, versions } from '../../trackers/dirtyRing/versions.ts';
import { VCPUS } from './operations.ts';
import type { Party } from './party.ts';
import type { MakeRings } from './rings.ts';
import { ringsParty } from './sequential.ts';

/** Our ring as merged, of one version, alone on plain memory. */
export const ringParty = (version: VersionName): Party => ringsParty(`dirty-ring@${version}`, mergedRings(version));

const mergedRings =
  (name: VersionName): MakeRings =>
  ({ size, softLimit, slots, arm }) => {
    const version = versions[name];
    const layout = new Layout();
    const rings = Array.from({ length: VCPUS }, (_, i) => layDirtyRing(layout, `ring${i}`, size, size - softLimit));
    const kvm: Kvm = {
      slots_lock: layout.lock('slots_lock', 'mutex'),
      mmu_lock: layout.lock('mmu_lock', 'spinlock'),
      memslots: [...slots].map(([slot, npages]) => ({ slot, npages })),
      arch: {
        enable_log_dirty_pt_masked(_mem, { slot }, offset, mask) {
          for (let i = 0n; mask >> i !== 0n; i++)
            if (((mask >> i) & 1n) !== 0n) arm({ slot, offset: BigInt.asUintN(64, offset + i) });
        },
        flush_remote_tlbs() {}, // what is armed is recorded: nothing is cached here
        signal_pending: () => false,
      },
    };
    const mem = new AloneMemory(new ArrayBuffer(layout.size));
    return {
      mustExit: (vcpu) => kvm_dirty_ring_check_request(mem, rings[vcpu], version),
      push: (vcpu, gfn) => kvm_dirty_ring_push(mem, rings[vcpu], gfn, version),
      reset: () => KVM_RESET_DIRTY_RINGS(mem, kvm, rings, version),
      harvest: (vcpu, max) => dirty_ring_harvest(mem, rings[vcpu], max).length,
      poke(vcpu, behind, word, value) {
        const entry = entryAt(rings[vcpu], mem.load(rings[vcpu].fetch_index) + behind);
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
