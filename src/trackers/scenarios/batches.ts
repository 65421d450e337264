import { collect, userspace, vcpu, write, writeIn } from '../../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import { type ScenarioTracker, trackerScenario } from './trackerScenario.ts';

/**
 * A reset re-arms pages of one slot in batches: a first page, and a mask of 64 bits for the others.
 * Pages that a batch takes wrongly, or leaves out, stay writable. The second write of each page
 * shows it.
 */
export function batches(tracker: ScenarioTracker): BuiltInScenario[] {
  const pages = (name: string, about: string, ...numbers: number[]): BuiltInScenario =>
    trackerScenario(
      tracker,
      name,
      about,
      [vcpu(0, ...numbers.map((page) => write(page)), ...numbers.map((page) => write(page))), userspace(collect)],
      ['a page is re-armed', 'a page is written again'],
      { rings: [tracker.ringOfSize(8)], slots: [{ slot: 0, npages: 128 }] },
    );
  const slots = [0, 1, 0x10000];
  return [
    pages('batch-forward', 'a batch ends where a page is more than 63 pages behind its first', 0, 33, 64),
    pages('batch-last', 'the last page that the mask of a batch can name', 0, 63),
    pages('batch-backward', 'a batch that grows backwards ends where its last page would leave the mask', 64, 1, 0),
    pages('batch-far-back', 'a page 64 pages before the first of a batch begins another', 64, 0),
    trackerScenario(
      tracker,
      'batch-slots',
      'pages of several slots, also of one address space, are in batches of their own',
      [vcpu(0, ...[...slots, ...slots].map((slot) => writeIn(slot, 0))), userspace(collect)],
      ['a page is re-armed', 'a page is written again'],
      { rings: [tracker.ringOfSize(8)], slots: slots.map((slot) => ({ slot, npages: 2 })) },
    ),
  ];
}
