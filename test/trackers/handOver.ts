import { noProperties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { layDirtyRing } from '../../src/trackers/dirtyRing/dirty_ring.ts';
import { dirty_ring_harvest } from '../../src/trackers/dirtyRing/harvest.ts';
import { kvm_dirty_ring_push } from '../../src/trackers/dirtyRing/push.ts';
import type { Version } from '../../src/trackers/dirtyRing/versions.ts';
import { resetAlone } from './resetAlone.ts';
import { WeakenedMemory } from './weakenedMemory.ts';

/** By actor: the orderings that are taken away. */
type Weakened = Readonly<Partial<Record<'vcpu' | 'userspace' | 'kernel', string>>>;

/** A page is pushed, userspace harvests it, and the kernel resets it: a thread each. */
export function handOver(version: Version, weakened: Weakened = {}): Scenario {
  const layout = new Layout();
  const ring = layDirtyRing(layout, 'ring', 2, 0);
  const push = (mem: Memory): void => kvm_dirty_ring_push(mem, ring, { slot: 0, offset: 7n }, version);
  const harvest = (mem: Memory): string =>
    dirty_ring_harvest(mem, ring)
      .map(({ offset }) => `${offset}`)
      .join();
  const reset = resetAlone(layout, ring, version);
  const operations = { vcpu: push, userspace: harvest, kernel: reset };
  return {
    name: 'hand-over',
    program: {
      layout,
      init: () => {},
      actors: Object.entries(operations).map(([name, run]) => {
        const weak = weakened[name as keyof Weakened];
        const around = (mem: Memory) => run(weak === undefined ? mem : new WeakenedMemory(mem, [weak]));
        return { name, operations: [{ label: name, run: around }] };
      }),
      racy: ring.dirty_gfns.flatMap((entry) => [entry.flags, entry.slot, entry.offset]),
    },
    properties: {
      ...noProperties,
      sometimes: { 'the page is re-armed': ({ results }) => results[2][0] === '7+1' },
      finally: {
        'no other page is harvested': ({ results }) => ['', '7'].includes(results[1][0] as string),
        'no other page is re-armed': ({ results }) => ['', '7+1'].includes(results[2][0] as string),
      },
    },
  };
}
