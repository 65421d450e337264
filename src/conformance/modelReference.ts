import {
  type DirtyRingState,
  dirtyRingHarvest,
  dirtyRingHarvestable,
  dirtyRingPoke,
  dirtyRingPush,
  dirtyRingReset,
  dirtyRingResettable,
  emptyDirtyRing,
  isSoftFull,
} from '../models/dirtyRing.ts';
import { pagesRearmedByReset, type ResetEntry } from '../models/rearming.ts';
import { VCPUS } from './operations.ts';
import type { Reference } from './reference.ts';
import type { MakeRings } from './rings.ts';
import { fullModelReference } from './sequential.ts';

/**
 * The sequential model of the merged ring as a reference.
 *
 * @param asksOnPush whether only a push makes a vCPU check for a soft-full ring, as from Linux 6.2
 *   on. Before, each entry into the guest checks.
 */
export const modelReference = (asksOnPush: boolean): Reference =>
  fullModelReference('sequential model', modelRings(asksOnPush));

const modelRings =
  (asksOnPush: boolean): MakeRings =>
  ({ size, softLimit, slots, arm }) => {
    const rings: DirtyRingState[] = Array.from({ length: VCPUS }, () => emptyDirtyRing(size));
    const asked = rings.map(() => false);
    return {
      mustExit(vcpu) {
        const full = isSoftFull(rings[vcpu], softLimit);
        if (!full) asked[vcpu] = false;
        return full && (asked[vcpu] || !asksOnPush);
      },
      push(vcpu, { slot, offset }) {
        rings[vcpu] = dirtyRingPush(rings[vcpu], slot, offset);
        if (isSoftFull(rings[vcpu], softLimit)) asked[vcpu] = true;
      },
      reset() {
        const counts = rings.map((_, vcpu) => {
          const taken: ResetEntry[] = [];
          for (
            let next = dirtyRingResettable(rings[vcpu]);
            next !== undefined;
            next = dirtyRingResettable(rings[vcpu])
          ) {
            taken.push(next);
            rings[vcpu] = dirtyRingReset(rings[vcpu]);
          }
          for (const gfn of pagesRearmedByReset(taken, (slot) => slots.get(slot))) arm(gfn);
          return taken.length;
        });
        return counts.reduce((a, b) => a + b);
      },
      harvest(vcpu, max) {
        let taken = 0;
        for (; taken < max && dirtyRingHarvestable(rings[vcpu]) !== undefined; taken++)
          rings[vcpu] = dirtyRingHarvest(rings[vcpu]);
        return taken;
      },
      poke(vcpu, behind, word, value) {
        const words = { [word]: word === 'offset' ? value : Number(value) };
        rings[vcpu] = dirtyRingPoke(rings[vcpu], rings[vcpu].harvested + behind, words);
      },
      entries: (vcpu) => rings[vcpu].entries,
      indices: (vcpu) => ({ dirty: rings[vcpu].pushed, reset: rings[vcpu].reset }),
    };
  };
