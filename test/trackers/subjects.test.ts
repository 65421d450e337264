import { describe, expect, test } from 'vitest';
import { initVm, layVm, type VmShape } from '../../src/actors/vm.ts';
import { AloneMemory } from '../../src/memory/alone.ts';
import type { Cell, Cell64 } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import { gfn_ring_harvest } from '../../src/ring/harvest.ts';
import type { DirtyRings } from '../../src/trackers/dirtyRing/dirtyRing.ts';
import { dirty_ring_harvest } from '../../src/trackers/dirtyRing/harvest.ts';
import type { GfnRings } from '../../src/trackers/gfnRings.ts';
import { trackerNames } from '../../src/trackers/make.ts';

const SLOTS = [
  { slot: 0, npages: 40 },
  { slot: 65537, npages: 3 },
];

function machine(shape: Partial<VmShape>) {
  const layout = new Layout();
  const vm = layVm(layout, { slots: SLOTS, rings: [{ size: 4, leeway: 0 }], ...shape });
  const mem = new AloneMemory(new SharedArrayBuffer(layout.size));
  initVm(mem, vm, 1);
  const { tracker } = vm;
  const reader = { read: (cell: Cell) => mem.load(cell), read64: (cell: Cell64) => mem.load64(cell) };
  return {
    ...{ mem, vm, tracker },
    recorded: () => tracker.recorded(reader).map(({ slot, offset }) => `${slot}:${offset}`),
    mark: (slot: number, offset: number, vcpu?: number) => tracker.mark(mem, { slot, offset: BigInt(offset) }, vcpu),
  };
}

test.each(trackerNames)('%s records what vCPUs write, in order, until it is reset', (tracker) => {
  const {
    mem,
    tracker: of,
    mark,
    recorded,
  } = machine({
    tracker,
    rings: [{ size: 4, leeway: 1 }],
    index: tracker.startsWith('dirty-ring') ? 0xfffffffe : 0xfffe,
  });
  const exits: boolean[] = [];
  for (const [slot, offset] of [
    [0, 1],
    [0, 33],
    [65537, 2],
  ]) {
    expect(mark(slot, offset, 0)).toBe(true);
    exits.push(of.mustExit(mem, 0));
  }
  expect(exits).toEqual([false, false, tracker !== 'dirty-bitmap']);
  expect(recorded()).toEqual(['0:1', '0:33', '65537:2']);
  expect(of.reset(mem, of.harvest(mem))).toBe(tracker === 'dirty-bitmap' ? 0 : 3);
  expect([recorded(), of.mustExit(mem, 0)]).toEqual([[], false]);
});

test.each(trackerNames)('%s serves all vCPUs in one round', (tracker) => {
  const rings = [0, 1, 2].map(() => ({ size: 4, leeway: 0 }));
  const { mem, tracker: of, mark, recorded } = machine({ tracker, rings });
  for (const vcpu of [0, 1, 2]) mark(0, vcpu, vcpu);
  const gfns = of.harvest(mem);
  expect(gfns.map(({ offset }) => Number(offset))).toEqual([0, 1, 2]);
  of.reset(mem, gfns);
  expect(recorded()).toEqual([]);
});

test('userspace takes so many entries, and the others later', () => {
  const ring = machine({ tracker: 'gfn-ring' });
  const merged = machine({ tracker: 'dirty-ring@6.17' });
  const take = {
    ring: (max: number) => gfn_ring_harvest(ring.mem, (ring.tracker as GfnRings).rings[0], max),
    merged: (max: number) => dirty_ring_harvest(merged.mem, (merged.tracker as DirtyRings).rings[0], max),
  };
  for (const { mark } of [ring, merged]) for (const page of [0, 1, 2]) mark(0, page, 0);
  for (const harvest of Object.values(take)) {
    expect(harvest(2).map(({ offset }) => Number(offset))).toEqual([0, 1]);
    expect(harvest(0)).toEqual([]);
    expect(harvest(2).map(({ offset }) => Number(offset))).toEqual([2]);
  }
});

describe.each([{ tracker: 'dirty-bitmap' }, { tracker: 'dirty-ring@repaired', backupBitmap: true }] as const)(
  'the bitmap of $tracker',
  (shape) => {
    test('goes with its slot, and no other does', () => {
      const { mem, tracker, mark, recorded } = machine(shape);
      for (const offset of [0, 31, 32, 39]) mark(0, offset);
      mark(65537, 2);
      expect(recorded()).toEqual(['0:0', '0:31', '0:32', '0:39', '65537:2']);
      tracker.slotChanged(mem, 0, 0);
      expect(recorded()).toEqual(['65537:2']);
    });
  },
);

test('a bitmap that is all ones at first is so again where a slot is made', () => {
  const { mem, tracker, recorded } = machine({
    tracker: 'dirty-bitmap',
    manualProtect: 'initially set',
    slots: [{ slot: 0, npages: 34 }],
  });
  const all = (npages: number) => Array.from({ length: npages }, (_, i) => `0:${i}`);
  expect(recorded()).toEqual(all(34));
  tracker.slotChanged(mem, 0, 0);
  expect(recorded()).toEqual([]);
  tracker.slotChanged(mem, 0, 33);
  expect(recorded()).toEqual(all(33));
});

test('the ring of the host is the last', () => {
  const rings = [1, 2, 3].map(() => ({ size: 2, leeway: 0 }));
  const { mem, tracker, mark } = machine({ tracker: 'gfn-ring', hostWrites: true, rings });
  for (const offset of [0, 1]) expect(mark(0, offset)).toBe(true);
  expect(mark(0, 2)).toBe(false);
  expect([0, 1].map((vcpu) => tracker.mustExit(mem, vcpu))).toEqual([false, false]);
  expect([undefined, 2].map((vcpu) => tracker.mustExit(mem, vcpu))).toEqual([true, true]);
});
