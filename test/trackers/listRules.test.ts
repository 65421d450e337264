import { describe, expect, test } from 'vitest';
import {
  checkpoint,
  collect,
  hostile,
  kernel,
  poke,
  reset,
  serve,
  userspace,
  vcpu,
  write,
} from '../../src/vm/actorSpecs.ts';
import type { ActorSpec, VmSpec } from '../../src/vm/spec.ts';
import { all, asItIs, asValue, type Edit, found, leftOut, type MakeEdit, on, specOf, withFault } from './faults.ts';

const list = (actors: readonly ActorSpec[], spec: Partial<VmSpec> = {}): VmSpec => specOf('gfn-list', actors, spec);
const drained = list([vcpu(0, write(0), write(1)), userspace(collect, collect)]);
const two = list([vcpu(0, write(0)), vcpu(1, write(1))], {
  rings: [
    { size: 1, leeway: 0 },
    { size: 1, leeway: 0 },
  ],
});
/** Hostile userspace writes fetch_index: inside the list, or beyond its end. */
const poked = (value: number): VmSpec => list([vcpu(0, write(0)), hostile(poke(0, 8, 32, value)), kernel(0, reset)]);
const moved = list([vcpu(0, write(0), write(1)), hostile(poke(0, 0, 32, 0))]);

/** Delays the writes to places that match `first` until after the next store to `then`. */
const delayedUntil = (first: RegExp, then: string): (() => Edit) => {
  return () => {
    const late: (() => unknown)[] = [];
    return ({ call, place, go }) => {
      if (call.startsWith('write') && first.test(place.name)) {
        late.push(go);
        return undefined;
      }
      const result = go();
      if (call === 'store' && place.name === then) for (const one of late.splice(0)) one();
      return result;
    };
  };
};

/** A fault: `thread` does not take `lock`. */
const unlockedBy = (thread: number, lock: string) =>
  on(['lock', 'unlock'], lock, ({ mem, go }) => mem.thread === thread || go());
const readTwice = (place: string) =>
  on('load', place, ({ go }) => {
    go();
    return go();
  });

const faults: readonly (readonly [string, string, VmSpec, MakeEdit])[] = [
  [
    'A1 fetch <= avail <= dirty <= size',
    'push moves dirty_index by two',
    drained,
    on(
      'store',
      'list.dirty_index',
      asValue((to) => (to === 0 ? 0 : to + 1)),
    ),
  ],
  [
    'A1 fetch <= avail <= dirty <= size',
    'userspace reads beyond avail',
    drained,
    on(
      'store',
      'list.fetch_index',
      asValue((to) => (to === 0 ? 0 : to + 1)),
    ),
  ],
  [
    'A5 push writes entry and index under list_lock',
    'no list_lock',
    two,
    on(['lock', 'unlock'], /list_lock|mmu_lock/, leftOut),
  ],
  [
    'A2 KVM_GET_DIRTY_COUNT alone moves avail, to dirty',
    'the count is one short',
    drained,
    on(
      'store',
      'list.avail_index',
      asValue((to) => Math.max(0, to - 1)),
    ),
  ],
  [
    'A3 an entry that dirty covers is whole, and stays as it is until the reset',
    'the index is written before the entry',
    drained,
    delayedUntil(/^list\[/, 'list.dirty_index'),
  ],
  [
    'A3 an entry that dirty covers is whole, and stays as it is until the reset',
    'a wrong slot is written',
    drained,
    on(
      'write',
      /slot$/,
      asValue((slot) => slot + 1),
    ),
  ],
  [
    'A3 an entry that dirty covers is whole, and stays as it is until the reset',
    'harvest reads another page',
    drained,
    on('read64', /offset$/, ({ go }) => (go() as bigint) + 1n),
  ],
  [
    'A4 reset re-arms exactly what was fetched',
    'nothing is re-armed',
    drained,
    on(
      'store',
      /armed$/,
      asValue(() => 0),
    ),
  ],
  [
    'A4 reset re-arms exactly what was fetched',
    'another page is re-armed',
    drained,
    on('load64', /offset$/, ({ go }) => 1n - (go() as bigint)),
  ],
  [
    'A4 after a reset all indices are zero',
    'fetch_index is not set to zero',
    drained,
    on('store', 'list.fetch_index', ({ value, go }) => value !== 0 && go()),
  ],
  [
    'A4 a fetch beyond the list changes nothing',
    'no bound on fetch_index',
    poked(3),
    on('load', 'list.fetch_index', ({ go }) => Math.min(2, go() as number)),
  ],
  [
    'A2 KVM_GET_DIRTY_COUNT reads dirty and moves avail under list_lock',
    'the count takes no lock',
    drained,
    unlockedBy(1, 'list_lock'),
  ],
  [
    'A4 indices go back to zero under list_lock',
    'the reset does not take list_lock',
    poked(1),
    unlockedBy(2, 'list_lock'),
  ],
  [
    'G5 pages are re-armed with slots_lock and mmu_lock held',
    'the reset does not take mmu_lock',
    poked(1),
    unlockedBy(2, 'mmu_lock'),
  ],
  [
    'A4 reset reads what userspace can write once',
    'fetch_index is read twice',
    poked(1),
    readTwice('list.fetch_index'),
  ],
  ['A4 reset reads what userspace can write once', 'an entry is read twice', poked(1), readTwice('list[0].slot')],
  [
    'A4 reset returns how many entries it re-armed',
    'the count is one less',
    poked(2),
    on('load', 'list.fetch_index', ({ go }) => (go() as number) - 1),
  ],
  [
    'A5 a full list takes no entry',
    'push does not check for a full list',
    list([vcpu(0, write(0, 1))], { rings: [{ size: 1, leeway: 0 }] }),
    all(
      on('load', 'list.dirty_index', leftOut),
      on(['write', 'write64'], /^list/, leftOut),
      on(
        'store',
        'list.dirty_index',
        asValue((to) => to + 1),
      ),
    ),
  ],
  ['A5 push writes entry and index under list_lock', 'push takes no list_lock', drained, unlockedBy(0, 'list_lock')],
  [
    'A5 no page becomes writable unrecorded',
    'a record is dropped',
    drained,
    on(['write', 'write64', 'store'], /^list/, leftOut),
  ],
  ['A6 push writes at the index that the kernel itself counts', 'push uses the index of userspace', moved, asItIs],
  [
    'G1 the kernel touches nothing beyond ring and slot',
    'userspace writes an index that is out of bounds',
    list([vcpu(0, write(0)), hostile(poke(0, 0, 32, 3))]),
    asItIs,
  ],
];

test.each(faults)('%s: %s', (property, _, spec, edit) => {
  expect(found(withFault(spec, edit))).toBe(property);
});

describe('an unmodified list follows the rules', () => {
  test.each([
    ['drained', drained],
    [
      'served',
      list([vcpu(0, write(0), write(1), { do: 'halt' }), userspace(serve)], { rings: [{ size: 4, leeway: 0 }] }),
    ],
    ['paused', list([vcpu(0, write(0), write(0)), userspace(checkpoint(), checkpoint('copy'))])],
    ['out of range', poked(3)],
    ['in range', poked(2)],
  ] as const)('%s', (_, spec) => {
    expect(found(withFault(spec, asItIs))).toBeUndefined();
  });
});
