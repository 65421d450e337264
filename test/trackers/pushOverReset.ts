import { noProperties, type Properties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { dirtyGfnAt, F_DIRTY, F_RESET, layDirtyRing } from '../../src/trackers/dirtyRing/dirty_ring.ts';
import { kvm_dirty_ring_push, kvm_dirty_ring_soft_full } from '../../src/trackers/dirtyRing/push.ts';
import type { Version } from '../../src/trackers/dirtyRing/versions.ts';
import { resetAlone } from './resetAlone.ts';
import { WeakenedMemory } from './weakenedMemory.ts';

/** An ordering that is taken away: `storeRelease(flags)` becomes a store. */
export type Weakened = 'storeRelease(flags)' | 'storeRelease(reset_index)' | 'loadAcquire(reset_index)';

/** The properties: a reset re-arms what userspace has harvested; it does not clear a later push. */
export const READS_HARVESTED = 'reset reads what was harvested';
export const NOT_WIPED = 'what was pushed can be harvested';

const SIZE = 2;
/** The page that is pushed. */
const PUSHED = 7n;

/**
 * The smallest scenario in which a reset and a push meet at one entry. Both entries of a ring were
 * harvested. The kernel resets them; a vCPU pushes over the first, if the ring is not full.
 */
export function pushOverReset(
  version: Version,
  leeway: 0 | 1,
  weakened: readonly Weakened[] = [],
  properties: readonly string[] = [READS_HARVESTED, NOT_WIPED],
): Scenario {
  const layout = new Layout();
  const ring = layDirtyRing(layout, 'ring', SIZE, leeway);
  const { flags, offset } = dirtyGfnAt(ring, 0);
  const resetOn = resetAlone(layout, ring, version);
  const reset = (around: Memory): string => resetOn(new WeakenedMemory(around, weakened));
  const push = (around: Memory): boolean => {
    const mem = new WeakenedMemory(around, weakened);
    if (kvm_dirty_ring_soft_full(mem, ring)) return false;
    kvm_dirty_ring_push(mem, ring, { slot: 0, offset: PUSHED }, version);
    return true;
  };
  const all: Properties['finally'] = {
    [READS_HARVESTED]: ({ results }) => results[1][0] === '0+11',
    [NOT_WIPED]: ({ read, read64, results }) =>
      results[0][0] !== true || (read(flags) === F_DIRTY && read64(offset) === PUSHED),
  };
  return {
    name: 'push-over-reset',
    program: {
      layout,
      init: (mem) => {
        for (let i = 0; i < SIZE; i++) {
          mem.store(dirtyGfnAt(ring, i).flags, F_RESET);
          mem.store64(dirtyGfnAt(ring, i).offset, BigInt(i));
        }
        mem.store(ring.dirty_index, SIZE);
      },
      actors: [
        { name: 'vcpu', operations: [{ label: 'push', run: push }] },
        { name: 'kernel', operations: [{ label: 'reset', run: reset }] },
      ],
      racy: ring.dirty_gfns.flatMap((entry) => [entry.flags, entry.slot, entry.offset]),
    },
    properties: {
      ...noProperties,
      sometimes: { 'a page is pushed': ({ results }) => results[0][0] === true },
      finally: Object.fromEntries(Object.entries(all).filter(([name]) => properties.includes(name))),
    },
  };
}
