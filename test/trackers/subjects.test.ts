import { describe, expect, test } from 'vitest';
import { initVm, layVm, type VmShape } from '../../src/actors/vm.ts';
import { EINVAL } from '../../src/kvm/errors.ts';
import type { Cell, Cell64, Lock } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import { gfn_ring_harvest } from '../../src/ring/harvest.ts';
import { scenariosOf } from '../../src/scenario/builtinScenarios.ts';
import type { DirtyBitmap } from '../../src/trackers/dirtyBitmap/dirtyBitmap.ts';
import { KVM_CLEAR_DIRTY_LOG } from '../../src/trackers/dirtyBitmap/ioctl.ts';
import { F_DIRTY } from '../../src/trackers/dirtyRing/dirty_ring.ts';
import type { DirtyRings } from '../../src/trackers/dirtyRing/dirtyRing.ts';
import { dirty_ring_harvest } from '../../src/trackers/dirtyRing/harvest.ts';
import { kvm_dirty_ring_reset } from '../../src/trackers/dirtyRing/reset.ts';
import type { GfnRings } from '../../src/trackers/gfnRing/gfnRings.ts';
import { DEFAULT_TRACKER } from '../../src/trackers/interface/tracker.ts';
import { trackerNames, trackers } from '../../src/trackers/registry.ts';

const SLOTS = [
  { slot: 0, npages: 40 },
  { slot: 65537, npages: 3 },
];

/** In which others do something just before a lock is taken, or just after a store. */
class SharedMemory extends SetupMemory {
  beforeLock = (_lock: Lock): void => {};
  afterStore = (_cell: Cell): void => {};
  override lock(lock: Lock): void {
    this.beforeLock(lock);
  }
  override storeRelease(cell: Cell, value: number): void {
    super.storeRelease(cell, value);
    this.afterStore(cell);
  }
}

function machine({ tracker: name, ...shape }: Omit<Partial<VmShape>, 'tracker'> & { readonly tracker?: string }) {
  const layout = new Layout();
  const vm = layVm(layout, {
    tracker: trackers[name ?? DEFAULT_TRACKER],
    slots: SLOTS,
    rings: [{ size: 4, leeway: 0 }],
    ...shape,
  });
  const mem = new SharedMemory(new SharedArrayBuffer(layout.size));
  initVm(mem, vm, 1);
  const { tracker } = vm;
  const reader = { read: (cell: Cell) => mem.load(cell), read64: (cell: Cell64) => mem.load64(cell) };
  return {
    ...{ mem, vm, tracker },
    recorded: () => tracker.recorded(reader).map(({ slot, offset }) => `${slot}:${offset}`),
    mark: (slot: number, offset: number, vcpu?: number) => tracker.mark(mem, { slot, offset: BigInt(offset) }, vcpu),
  };
}

/** Trackers that record entries, for which there can be too little room. */
const logNames = trackerNames.filter((name) => trackers[name].whenFull !== 'never');
const hasDefect = (name: string, catalogue: string): boolean =>
  scenariosOf(name).some(({ known = [] }) => known.some((defect) => defect.catalogue === catalogue));

test.each(trackerNames)('%s records the writes of vCPUs, in order, until it is reset', (name) => {
  const { indexMax, whenFull } = trackers[name];
  const { mem, vm, tracker, mark, recorded } = machine({
    tracker: name,
    rings: [{ size: 4, leeway: 1 }],
    index: indexMax - 1,
  });
  const written = vm.guest.pages.filter(({ slot, offset }) => ['0:1', '0:33', '65537:2'].includes(`${slot}:${offset}`));
  const exits: boolean[] = [];
  for (const { slot, offset, armed } of written) {
    mem.store(armed, 0);
    expect(mark(slot, Number(offset), 0)).toBe(true);
    exits.push(tracker.mustExit(mem, 0));
  }
  expect(exits).toEqual([false, false, whenFull !== 'never']);
  expect(recorded()).toEqual(['0:1', '0:33', '65537:2']);
  const gfns = tracker.harvest(mem);
  // A harvest of a bitmap re-arms pages, and leaves none to reset.
  const unarmed = written.filter(({ armed }) => mem.load(armed) === 0);
  expect(tracker.reset(mem, gfns)).toBe(unarmed.length);
  expect([recorded(), tracker.mustExit(mem, 0)]).toEqual([[], false]);
});

test.each(trackerNames)('%s collects from all vCPUs at once', (tracker) => {
  const rings = [0, 1, 2].map(() => ({ size: 4, leeway: 0 }));
  const { mem, tracker: of, mark, recorded } = machine({ tracker, rings });
  for (const vcpu of [0, 1, 2]) mark(0, vcpu, vcpu);
  const gfns = of.harvest(mem);
  expect(gfns.map(({ offset }) => Number(offset))).toEqual([0, 1, 2]);
  of.reset(mem, gfns);
  expect(recorded()).toEqual([]);
});

test('userspace harvests up to a maximum, and the rest later', () => {
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

test('userspace harvests at most one full ring at once, even if it is reset and filled again meanwhile', () => {
  const { mem, tracker, mark } = machine({ tracker: 'dirty-ring@repaired' });
  const [ring] = (tracker as DirtyRings).rings;
  for (const page of [0, 1, 2, 3]) mark(0, page, 0);
  mem.afterStore = (flags) => mem.store(flags, F_DIRTY);
  expect(dirty_ring_harvest(mem, ring, 6)).toHaveLength(4);
});

describe.each([{ tracker: 'dirty-bitmap' }, { tracker: 'dirty-ring@repaired', backupBitmap: true }] as const)(
  'the bitmap of $tracker',
  (shape) => {
    test('is cleared with its slot, and no other is', () => {
      const { mem, tracker, mark, recorded } = machine(shape);
      for (const offset of [0, 31, 32, 39]) mark(0, offset);
      mark(65537, 2);
      expect(recorded()).toEqual(['0:0', '0:31', '0:32', '0:39', '65537:2']);
      tracker.slotChanged(mem, 0, 0);
      expect(recorded()).toEqual(['65537:2']);
    });
  },
);

test('with manual protection a reset clears the given pages, slot by slot', () => {
  const { mem, tracker, mark, recorded } = machine({ tracker: 'dirty-bitmap', manualProtect: 'on' });
  for (const offset of [0, 1, 31, 33]) mark(0, offset);
  mark(65537, 1);
  expect(tracker.harvest(mem)).toHaveLength(5);
  const gfns = [
    { slot: 65537, offset: 1n },
    { slot: 0, offset: 31n },
    { slot: 0, offset: 33n },
  ];
  expect(tracker.reset(mem, gfns)).toBe(3);
  expect(recorded()).toEqual(['0:0', '0:1']);
  expect(tracker.reset(mem, gfns.slice(0, 1))).toBe(1);
  expect(recorded()).toEqual(['0:0', '0:1']);
});

test.each([
  [undefined, 33, [30, 32]],
  [undefined, 5, []],
  ['on', 33, undefined],
  ['on', 5, undefined],
] as const)(
  'bits beyond a slot that has shrunk are ignored: manual protection %s, %i pages',
  (manual, npages, told) => {
    const { mem, vm, tracker, mark } = machine({
      tracker: 'dirty-bitmap',
      slotsMax: new Map([[0, 40]]),
      ...(manual && { manualProtect: manual }),
    });
    for (const offset of [30, 32, 39]) mark(0, offset);
    mem.store(vm.kvm.memslots[0].size!, npages);
    const gfns = tracker.harvest(mem);
    if (told) expect(gfns.map(({ offset }) => Number(offset))).toEqual(told);
    tracker.reset(mem, gfns); // re-arming a page that the slot no longer has would throw
  },
);

test('CLEAR returns an error for a slot that shrinks before it has the lock, also if the next slot is cleared', () => {
  const { mem, vm, tracker, mark, recorded } = machine({
    tracker: 'dirty-bitmap',
    manualProtect: 'on',
    slotsMax: new Map([[0, 40]]),
  });
  for (const [slot, offset] of [
    [0, 1],
    [0, 39],
    [65537, 2],
  ])
    mark(slot, offset);
  const gfns = tracker.harvest(mem);
  mem.beforeLock = (lock) => {
    if (lock === vm.kvm.slots_lock) mem.store(vm.kvm.memslots[0].size!, 1);
  };
  expect(tracker.reset(mem, gfns)).toBe(-EINVAL);
  expect(recorded()).toEqual(['0:1', '0:39']);
});

test('CLEAR reads the words of its range, and treats missing words as empty', () => {
  const slots = [{ slot: 0, npages: 140 }];
  const { mem, vm, tracker, mark, recorded } = machine({ tracker: 'dirty-bitmap', manualProtect: 'on', slots });
  const [bitmap] = (tracker as DirtyBitmap).bitmaps;
  const clear = (num_pages: number, bits: readonly number[]) =>
    KVM_CLEAR_DIRTY_LOG(mem, vm.kvm, bitmap, { first_page: 0, num_pages, bits });
  for (const offset of [0, 32, 64, 128]) mark(0, offset);
  expect(clear(64, [1, 0, 1])).toBe(0);
  expect(recorded()).toEqual(['0:32', '0:64', '0:128']);
  expect(clear(128, [0])).toBe(0);
  expect(recorded()).toEqual(['0:32', '0:64', '0:128']);
});

test('a bitmap that is initially set is set again for a new slot', () => {
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

describe.each(logNames)('%s', (tracker) => {
  /** What is re-armed of the pages that these entries name. */
  const rearmed = (...entries: readonly (readonly [number, number])[]): string[] => {
    const { mem, vm, tracker: of, mark } = machine({ tracker });
    for (const { armed } of vm.guest.pages) mem.store(armed, 0);
    for (const [slot, offset] of entries) mark(slot, offset, 0);
    expect(of.reset(mem, of.harvest(mem))).toBe(entries.length);
    const armed = vm.guest.pages.filter((page) => mem.load(page.armed) === 1);
    return armed.map(({ slot, offset }) => `${slot}:${offset}`);
  };

  test('an entry with an unknown slot is skipped', () => {
    expect(rearmed([0, 1], [5, 0], [65537, 2])).toEqual(['0:1', '65537:2']);
  });

  // Versions of the merged ring are known for it.
  test.skipIf(hasDefect(tracker, 'B22'))('an entry with an unknown page does not affect others', () => {
    expect(rearmed([65537, 3], [65537, 2])).toEqual(['65537:2']);
  });
});

test.each([
  ['dirty-ring@6.12', 2],
  ['dirty-ring@6.17', 0],
  ['dirty-ring@repaired', 0],
] as const)('a signal that is pending: %s takes %i entries off its rings', (tracker, taken) => {
  const rings = [0, 1].map(() => ({ size: 4, leeway: 0 }));
  const { mem, vm, tracker: of, mark, recorded } = machine({ tracker, rings, signalled: new Map([[0, 'us']]) });
  for (const vcpu of [0, 1]) mark(0, vcpu, vcpu);
  const gfns = of.harvest(mem);
  mem.store(vm.signals.get(0)!, 1);
  expect(of.reset(mem, gfns)).toBe(taken);
  expect(recorded()).toHaveLength(2 - taken);
});

test.each([
  ['dirty-ring@6.12', 2],
  ['dirty-ring@6.17', 1],
  ['dirty-ring@repaired', 1],
] as const)('one entry short of the most that a call may take: %s takes %i', (tracker, most) => {
  const { mem, vm, tracker: of, mark } = machine({ tracker });
  const { rings, version } = of as DirtyRings;
  for (const page of [0, 1]) mark(0, page, 0);
  of.harvest(mem);
  expect(kvm_dirty_ring_reset(mem, vm.kvm, rings[0], version, 0x7ffffffe)).toEqual({ taken: most, error: 0 });
});

test('entries that were never pushed are not reset, also when the index wraps', () => {
  const { mem, tracker, mark } = machine({ tracker: 'dirty-ring@repaired', index: 0xffffffff });
  mark(0, 1, 0);
  const gfns = tracker.harvest(mem);
  mem.store((tracker as DirtyRings).rings[0].dirty_gfns[0].flags, 2);
  expect(tracker.reset(mem, gfns)).toBe(1);
});

test('a ring of an invalid size creates no tracker', () => {
  expect(() => machine({ tracker: 'gfn-ring', rings: [{ size: 3, leeway: 0 }] })).toThrow('returned -22 (-EINVAL)');
});

test('the ring of the host is the last one', () => {
  const rings = [1, 2, 3].map(() => ({ size: 2, leeway: 0 }));
  const { mem, tracker, mark } = machine({ tracker: 'gfn-ring', hostWrites: true, rings });
  for (const offset of [0, 1]) expect(mark(0, offset)).toBe(true);
  expect(mark(0, 2)).toBe(false);
  expect([0, 1].map((vcpu) => tracker.mustExit(mem, vcpu))).toEqual([false, false]);
  expect([undefined, 2].map((vcpu) => tracker.mustExit(mem, vcpu))).toEqual([true, true]);
});
