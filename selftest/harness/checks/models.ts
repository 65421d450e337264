import * as checkpoints from '#dist/models/checkpoints.js';
import * as bitmaps from '#dist/models/dirtyBitmap.js';
import * as merged from '#dist/models/dirtyRing.js';
import * as lists from '#dist/models/gfnList.js';
import { pagesRearmedByReset } from '#dist/models/rearming.js';
import * as rings from '#dist/models/ring.js';
import { equal } from '../selfCheck.ts';

/** Step by step, what each sequential model lets happen. */
export function models(): void {
  const entry = (offset: bigint) => ({ slot: 0, offset });
  let ring = rings.emptyRing(2);
  equal(
    'ring, empty',
    [rings.pushResult(ring), rings.available(ring), rings.gfnRingResettable(ring, 0, 0, 65536)],
    [1, 0, 0],
  );
  ring = rings.publish(rings.publish(ring, entry(1n)), entry(2n));
  equal('ring, full', [rings.pushResult(ring), rings.available(ring)], [rings.BUSY, 2]);
  equal('ring, what is harvested', rings.gfnRingHarvestable(ring, 1), [entry(1n)]);
  ring = rings.gfnRingHarvest(ring, 1);
  equal(
    'ring, harvested is not free',
    [rings.pushResult(ring), rings.gfnRingHarvestable(ring, 2)],
    [rings.BUSY, [entry(2n)]],
  );
  equal(
    'ring, cons',
    [0, 1, 2, 3, 65535].map((cons) => rings.gfnRingResettable(ring, cons, 0, 65536)),
    [0, 1, 2, rings.GFN_RING_INVALID, rings.GFN_RING_INVALID],
  );
  equal(
    'ring, reset',
    [rings.pushResult(rings.gfnRingReset(ring, 1)), rings.gfnRingReset(ring, 1).entries],
    [2, [entry(2n)]],
  );

  let list = lists.gfnListPush(lists.emptyList(2), entry(1n));
  equal('list, not announced', [lists.isGfnListFull(list), lists.fetchable(list)], [false, []]);
  list = lists.fetch(lists.announce(lists.gfnListPush(list, entry(2n))), 1);
  equal(
    'list, one fetched',
    [lists.isGfnListFull(list), lists.fetchable(list), lists.gfnListResettable(list)],
    [true, [entry(2n)], [entry(1n)]],
  );
  equal('list, reset', lists.gfnListReset(list), lists.emptyList(2));

  let bitmap = bitmaps.mark(bitmaps.mark(bitmaps.mark(bitmaps.emptyBitmap(70), 3), 1), 3);
  equal('bitmap', [bitmap.dirty, bitmaps.clearable(bitmap, [2, 3])], [[1, 3], [3]]);
  bitmap = bitmaps.dirtyBitmapClear(bitmap, [2, 3]);
  equal('bitmap, cleared', bitmap.dirty, [1]);
  equal(
    'bitmap, ranges',
    (
      [
        [0, 64],
        [64, 6],
        [0, 70],
        [1, 64],
        [0, 6],
        [64, 64],
      ] as const
    ).map(([first, count]) => bitmaps.isRange(bitmap, first, count)),
    [true, true, true, false, false, false],
  );

  let dirty = merged.dirtyRingPush(merged.dirtyRingPush(merged.emptyDirtyRing(2), 0, 1n), 0, 2n);
  equal(
    'merged ring, pushed',
    [merged.isDirtyRingFull(dirty), merged.dirtyRingHarvestable(dirty)?.offset, merged.dirtyRingResettable(dirty)],
    [true, 1n, undefined],
  );
  dirty = merged.dirtyRingHarvest(dirty);
  equal(
    'merged ring, harvested',
    [
      merged.isDirtyRingFull(dirty),
      merged.dirtyRingHarvestable(dirty)?.offset,
      merged.dirtyRingResettable(dirty)?.offset,
    ],
    [true, 2n, 1n],
  );
  equal('merged ring, all harvested', merged.dirtyRingHarvestable(merged.dirtyRingHarvest(dirty)), undefined);
  dirty = merged.dirtyRingReset(dirty);
  equal('merged ring, reset', [merged.isDirtyRingFull(dirty), merged.dirtyRingResettable(dirty)], [false, undefined]);

  const forged = [63n, 0n, 64n, 5n].map(entry);
  equal(
    'merged ring, what is re-armed',
    [pagesRearmedByReset(forged, () => 64), pagesRearmedByReset(forged, () => 63)],
    [[entry(63n), entry(0n)], []],
  );

  const committed = checkpoints.commit(checkpoints.modelPause(checkpoints.begin([0]), [1]));
  equal(
    'checkpoints',
    [checkpoints.lastCommitted(committed), checkpoints.modelResume(committed).paused],
    [[1], undefined],
  );
  equal('checkpoints, rolled back', checkpoints.rollBack(checkpoints.modelPause(committed, [2])).paused, [1]);
}
