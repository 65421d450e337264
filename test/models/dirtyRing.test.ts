import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import {
  type DirtyRingState,
  dirtyRingEntry,
  dirtyRingHarvest,
  dirtyRingHarvestable,
  dirtyRingPush,
  dirtyRingReset,
  dirtyRingResettable,
  emptyDirtyRing,
  type FlaggedEntry,
  HARVESTED,
  isDirtyRingFull,
} from '../../src/models/dirtyRing.ts';
import type { DirtyRings } from '../../src/trackers/dirtyRing/dirtyRing.ts';
import { dirty_ring_harvest } from '../../src/trackers/dirtyRing/harvest.ts';
import { KVM_RESET_DIRTY_RINGS } from '../../src/trackers/dirtyRing/ioctl.ts';
import { kvm_dirty_ring_push } from '../../src/trackers/dirtyRing/push.ts';
import { trackers } from '../../src/trackers/registry.ts';

/** Everything that userspace harvests in one call. */
function harvestAll(ring: DirtyRingState): { ring: DirtyRingState; taken: FlaggedEntry[] } {
  const taken: FlaggedEntry[] = [];
  let now = ring;
  for (
    let next = dirtyRingHarvestable(now);
    next !== undefined && taken.length < now.entries.length;
    next = dirtyRingHarvestable(now)
  ) {
    taken.push(next);
    now = dirtyRingHarvest(now);
  }
  return { ring: now, taken };
}

/** Everything that a reset processes. `bounded`: nothing that was never pushed. */
function resetAll(ring: DirtyRingState, bounded: boolean): { ring: DirtyRingState; taken: FlaggedEntry[] } {
  const taken: FlaggedEntry[] = [];
  let now = ring;
  for (let next = dirtyRingResettable(now); next !== undefined; next = dirtyRingResettable(now)) {
    if (bounded && now.reset === now.pushed) break;
    taken.push(next);
    now = dirtyRingReset(now);
  }
  return { ring: now, taken };
}

const call = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('push' as const), offset: fc.bigInt(0n, 4n) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('harvest' as const, 'reset' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flag' as const), entry: fc.nat(7) }) },
);
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
type Version = '5.11' | '6.1' | '6.12' | '6.17' | 'repaired';

/** What the calls of all runs must have shown. */
const seen = { full: false, wrapped: false, overtaken: false, bounded: false };

/** A ring and its model; each call goes to both, and must give the same answer. */
class Pair {
  private readonly size: number;
  private readonly index: number;
  private readonly vm: ReturnType<typeof layVm>;
  private readonly tracker: DirtyRings;
  private readonly mem: SetupMemory;
  private model: DirtyRingState;

  constructor(version: Version, size: number, index: number) {
    const layout = new Layout();
    this.size = size;
    this.index = index;
    this.vm = layVm(layout, {
      tracker: trackers[`dirty-ring@${version}`],
      slots: [{ slot: 0, npages: 5 }],
      rings: [{ size, leeway: 0 }],
      index,
    });
    this.tracker = this.vm.tracker as DirtyRings;
    this.mem = new SetupMemory(new SharedArrayBuffer(layout.size));
    initVm(this.mem, this.vm, 1);
    this.model = emptyDirtyRing(size);
  }

  perform(one: Call): void {
    if (one.do === 'push') this.push(one.offset);
    else if (one.do === 'flag') this.flag(one.entry);
    else if (one.do === 'harvest') this.harvest();
    else this.reset();
    const { mem, ring, index, model } = this;
    expect(mem.load(ring.dirty_index)).toBe((index + model.pushed) % 2 ** 32);
    expect(mem.load(ring.reset_index)).toBe((index + model.reset) % 2 ** 32);
    for (let i = 0; i < this.size; i++) expect(mem.load(this.entry(i).flags)).toBe(dirtyRingEntry(model, i).flags);
    if (index + model.reset >= 2 ** 32) seen.wrapped = true;
  }

  private push(offset: bigint): void {
    const { mem, ring, model, tracker } = this;
    const warned = mem.load(ring.warned);
    kvm_dirty_ring_push(mem, ring, { slot: 0, offset }, tracker.version);
    // If a reset has overtaken the pushes, push computes a distance of almost 2^32.
    const full = isDirtyRingFull(model) || model.reset > model.pushed;
    expect(mem.load(ring.warned) - warned).toBe(full ? 1 : 0);
    if (full) seen.full = true;
    this.model = dirtyRingPush(model, 0, offset);
  }

  private harvest(): void {
    const { ring, taken } = harvestAll(this.model);
    expect(dirty_ring_harvest(this.mem, this.ring)).toEqual(taken.map(({ slot, offset }) => ({ slot, offset })));
    this.model = ring;
  }

  private flag(entry: number): void {
    const entries = this.model.entries.slice();
    entries[entry % this.size] = { ...entries[entry % this.size], flags: HARVESTED };
    this.model = { ...this.model, entries };
    this.mem.store(this.entry(entry).flags, HARVESTED);
  }

  private reset(): void {
    const { mem, vm, tracker } = this;
    const { pages } = vm.guest;
    for (const { armed } of pages) mem.store(armed, 0);
    const { ring, taken } = resetAll(this.model, tracker.version.repaired);
    expect(KVM_RESET_DIRTY_RINGS(mem, vm.kvm, tracker.rings, tracker.version)).toBe(taken.length);
    const rearmed = new Set(taken.map(({ offset }) => Number(offset)));
    expect(pages.map(({ armed }) => mem.load(armed) === 1)).toEqual(pages.map(({ offset }) => rearmed.has(offset)));
    if (dirtyRingResettable(ring) !== undefined) seen.bounded = true;
    if (ring.reset > ring.pushed) seen.overtaken = true;
    this.model = ring;
  }

  private get ring() {
    return this.tracker.rings[0];
  }

  /** The entry of push number `count`. */
  private entry(count: number) {
    return this.ring.dirty_gfns[(this.index + count) % this.size];
  }
}

test('sequentially, the merged ring and the model give the same results, for all initial indices', () => {
  const version = fc.constantFrom<Version>('5.11', '6.1', '6.12', '6.17', 'repaired');
  const index = fc.constantFrom(0, 1, 0xfffffffd, 0xffffffff);
  const calls = fc.array(call, { maxLength: 60 });
  fc.assert(
    fc.property(version, fc.constantFrom(2, 4, 8), index, calls, (version, size, index, calls) => {
      const pair = new Pair(version, size, index);
      for (const one of calls) pair.perform(one);
    }),
    { numRuns: 1000, seed: 1 },
  );
  expect(seen).toEqual({ full: true, wrapped: true, overtaken: true, bounded: true });
});
