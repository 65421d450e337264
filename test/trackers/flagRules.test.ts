import { describe, expect, test } from 'vitest';
import type { StateView } from '../../src/check/property.ts';
import type { Cell } from '../../src/memory/cell.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import { DIRTY_RING_RULE } from '../../src/trackers/dirtyRing/rules/dirtyRingState.ts';
import { trackers } from '../../src/trackers/registry.ts';
import {
  checkpoint,
  collect,
  halt,
  host,
  hostile,
  hostWrite,
  kernel,
  poke,
  reset,
  serve,
  signalTo,
  userspace,
  vcpu,
  write,
} from '../../src/vm/actorSpecs.ts';
import type { ActorSpec, VmSpec } from '../../src/vm/spec.ts';
import { asItIs, asValue, type Edit, found, leftOut, type MakeEdit, on, specOf, withFault } from './faults.ts';

const VERSIONS = ['5.11', '6.1', '6.12', '6.17', 'repaired'] as const;
type Version = (typeof VERSIONS)[number];

const ring = (version: Version, actors: readonly ActorSpec[], spec: Partial<VmSpec> = {}): VmSpec =>
  specOf(`dirty-ring@${version}`, actors, { rings: [{ size: 4, leeway: 1 }], ...spec });
const collected = ring('6.12', [vcpu(0, write(0, 1)), userspace(collect)]);
const pushed = ring('6.12', [vcpu(0, write(1))]);
const counted = ring('6.12', [vcpu(0, write(0)), userspace(collect), kernel(0, reset)]);
const tight = ring('6.12', [vcpu(0, write(0), write(1), write(2))], {
  slots: [{ slot: 0, npages: 3 }],
  rings: [{ size: 2, leeway: 0 }],
});
/** Hostile userspace flags two entries for reset, of which at most one was pushed. */
const neverPushed = (version: Version): VmSpec =>
  ring(version, [vcpu(0, write(0)), kernel(0, reset), hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2))]);
/** Hostile userspace flags the entries of a full ring, then the first one again. */
const flaggedAgain = (version: Version): VmSpec =>
  ring(
    version,
    [vcpu(0, write(0, 1)), kernel(0, reset), hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2), poke(0, 0, 32, 2))],
    { rings: [{ size: 2, leeway: 1 }] },
  );

/**
 * Delays stores to places that match `first` (of value `of`, if given) until the next store to
 * `then` is done.
 */
const delayedUntil = (first: RegExp, then: RegExp, of?: number): MakeEdit => {
  return () => {
    const late: (() => unknown)[] = [];
    return ({ call, place, value, go }) => {
      if (/^(write|store)/.test(call) && first.test(place.name) && (of === undefined || value === of)) {
        late.push(go);
        return undefined;
      }
      const result = go();
      if (/^(write|store)/.test(call) && then.test(place.name)) for (const one of late.splice(0)) one();
      return result;
    };
  };
};
const twice: Edit = ({ go }) => {
  go();
  return go();
};
/** An entry becomes invalid when its flags are read. */
const invalidatesBeforeRead = on('loadAcquire', /flags$/, ({ mem, place, go }) => {
  const flags = go() as number;
  if ((flags & 2) !== 0) mem.store(place as Cell, 0);
  return flags;
});
/** Userspace flags an entry when it reads its flags. */
const flagsBeforeRead = on('loadAcquire', /flags$/, ({ mem, place, go }) => {
  const flags = go() as number;
  if (flags === 1 && mem.thread === 1) mem.store(place as Cell, 2);
  return flags;
});
const FLAGS = /flags$/;
const backedUp = ring('6.12', [host(hostWrite(0)), userspace(checkpoint())], { backupBitmap: true });
const logged = ring('6.12', [vcpu(0, write(0, 1))], { pml: 2 });
/** The vCPU caches a translation of the page that is in the backup bitmap. */
const bothWrite = ring('6.12', [vcpu(0, write(0)), host(hostWrite(0)), userspace(checkpoint())], {
  backupBitmap: true,
});

const faults: readonly (readonly [string, string, VmSpec, MakeEdit])[] = [
  [
    'F-1 the vCPU makes an invalid entry dirty',
    'the vCPU flags an entry for reset',
    collected,
    on(
      'write',
      FLAGS,
      asValue(() => 2),
    ),
  ],
  [
    'F-1 userspace flags dirty entries for reset',
    'an entry is flagged twice',
    collected,
    on('storeRelease', FLAGS, ({ value, go }) => (value === 2 ? twice : asItIs())({ go } as never)),
  ],
  [
    'F-1 userspace flags dirty entries for reset',
    'an entry is dropped',
    collected,
    on(
      'storeRelease',
      FLAGS,
      asValue(() => 0),
    ),
  ],
  [
    'F-1 reset makes flagged entries invalid',
    'entries stay dirty',
    collected,
    on(
      'storeRelease',
      FLAGS,
      asValue((to) => (to === 0 ? 1 : to)),
    ),
  ],
  [
    'F-2 the window: dirty entries from reset_index to dirty_index, the oldest first',
    'an entry is left out',
    collected,
    on('load', /dirty_index$/, ({ go }) => (go() as number) + 1),
  ],
  [
    'F-2 the window: dirty entries from reset_index to dirty_index, the oldest first',
    'dirty_index does not move',
    pushed,
    on('store', /dirty_index$/, leftOut),
  ],
  [
    'F-2 the window: dirty entries from reset_index to dirty_index, the oldest first',
    'dirty_index moves by two',
    pushed,
    on(
      'store',
      /dirty_index$/,
      asValue((to) => to + 1),
    ),
  ],
  [
    'F-2 the window: dirty entries from reset_index to dirty_index, the oldest first',
    'reset_index moves before the entry is invalid',
    collected,
    delayedUntil(/flags$/, /reset_index$/, 0),
  ],
  [
    'F-2 the window: dirty entries from reset_index to dirty_index, the oldest first',
    'userspace starts at the second entry',
    collected,
    on('load', /fetch_index$/, ({ go }) => (go() as number) + 1),
  ],
  [
    'F-4 an entry is whole before it is dirty',
    'the flags are written before the entry',
    pushed,
    delayedUntil(/(slot|offset)$/, /flags$/),
  ],
  [
    'F-4 an entry stays as it is until it is reset',
    'harvest overwrites an entry',
    collected,
    on('read', /slot$/, ({ place, mem, go }) => {
      const slot = go();
      mem.store(place as Cell, 0);
      return slot;
    }),
  ],
  ['F-4 userspace reads an entry before it flags it', 'flagged before it is read', collected, flagsBeforeRead],
  [
    'F-4 reset reads each word once, before it gives the entry back',
    'an entry is invalid before it is read',
    collected,
    invalidatesBeforeRead,
  ],
  [
    'F-4 reset reads each word once, before it gives the entry back',
    'the offset is read twice',
    collected,
    on('load64', /offset$/, twice),
  ],
  [
    'F-5 reset goes on for as long as entries are flagged',
    'only one entry is taken',
    collected,
    () => {
      let taken = 0;
      return ({ call, place, go }) => {
        if (call === 'store' && place.name.endsWith('reset_index')) taken++;
        return call === 'loadAcquire' && FLAGS.test(place.name) && taken > 0 ? 0 : go();
      };
    },
  ],
  [
    'F-6 harvest reports what it flagged',
    'another page is reported',
    collected,
    on('read64', /offset$/, ({ go }) => 1n - (go() as bigint)),
  ],
  [
    'D12 slots_lock spans clearing, protection and flush',
    'the backup bitmap is not flushed',
    bothWrite,
    on('xchg', /translations$/, leftOut),
  ],
  [
    'F-9 a vCPU whose ring is soft-full does not enter the guest',
    'the vCPU does not stop',
    tight,
    on('load', /request$/, leftOut),
  ],
  [
    'F-2 a vCPU pushes pages in the order in which it writes them',
    'the hardware log is read in reverse order',
    logged,
    on('load', /pml\[/, ({ go }) => 1 - (go() as number)),
  ],
];

test.each(faults)('%s: %s', (property, _, spec, edit) => {
  expect(found(withFault(spec, edit))).toBe(property);
});

test('F-6 reset returns the number of entries that it took', () => {
  const { monitors } = buildVm(counted).properties;
  const view = { read: () => 0 } as unknown as StateView;
  expect(monitors[0].returned(monitors[0].init(), 2, 0, 0, view)).not.toHaveProperty('property');
  expect(monitors[0].returned(monitors[0].init(), 2, 0, 1, view)).toHaveProperty(
    'property',
    'F-6 reset returns how many entries it took',
  );
});

describe('entries that were never pushed are reset (B21), except in the repaired version', () => {
  test.each(VERSIONS)('%s', (version) => {
    const seen = found(withFault(neverPushed(version), asItIs));
    if (version === 'repaired') expect(seen).toBeUndefined();
    else expect(seen).toMatch(/^F-3/);
  });
});

describe('a reset continues while userspace flags entries (B16), until 6.17', () => {
  test.each(VERSIONS)('%s', (version) => {
    const seen = found(withFault(flaggedAgain(version), asItIs));
    if (version === 'repaired') expect(seen).toBeUndefined();
    else expect(seen).toMatch(version === '6.17' ? /^F-3/ : /^G2/);
  });
});

test('a vCPU that does not check whether its ring is soft-full enters the guest', () => {
  const spec = ring('6.12', [vcpu(0, write(0), write(1), halt), userspace(serve)], { rings: [{ size: 2, leeway: 1 }] });
  expect(found(withFault(spec, on('load', /request$/, leftOut)))).toMatch(/^F-9/);
});

test('a reset that ignores its signals does not end', () => {
  const { actors, ...spec } = flaggedAgain('6.17');
  const signalled = { ...spec, actors: [...actors, host(signalTo('kernel0'))] };
  expect(found(withFault(signalled, on('load', /^signal/, leftOut)))).toMatch(/^G2/);
  expect(found(withFault(signalled, asItIs))).toMatch(/^F-3/);
});

test('without the other rules, a reset that goes round its ring as it clears no flags is found', () => {
  const flags = hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2));
  const spec = ring('6.12', [kernel(0, reset), flags], { rings: [{ size: 2, leeway: 1 }] });
  const { G2_BOUNDED, ...others } = DIRTY_RING_RULE;
  const keepsFlags = () => {
    let kept = 0;
    return ({ call, place, value, go }: Parameters<Edit>[0]) =>
      call === 'storeRelease' && place.name.endsWith('flags') && value === 0 && kept++ < 2 ? undefined : go();
  };
  expect(found(withFault(spec, keepsFlags))).toMatch(/^F-/);
  expect(found(withFault({ ...spec, ignores: Object.values(others) }, keepsFlags))).toBe(G2_BOUNDED);
});

test('a reset that re-arms a page of no entry is found, whatever a version does otherwise', () => {
  const spec = ring('6.12', [vcpu(0, write(0)), userspace(collect)]);
  const another: MakeEdit = (named) =>
    on('store', 'page0.armed', ({ mem, value, go }) => {
      if (value === 1) mem.store(named('page1.armed') as Cell, 1);
      return go();
    })();
  const { G6_OWN_PAGES, ...others } = DIRTY_RING_RULE;
  const ignores = Object.values(others);
  expect(found(withFault({ ...spec, ignores }, another))).toBe(G6_OWN_PAGES);
  expect(trackers[spec.tracker!].conformance).not.toContain(G6_OWN_PAGES);
  // An entry that hostile userspace has rewritten names the page: its own pages are at risk.
  const rewritten = ring('6.12', [vcpu(0, write(0)), userspace(collect), hostile(poke(0, 8, 64, 1))]);
  expect(found(withFault({ ...rewritten, ignores }, asItIs))).toBeUndefined();
});

describe('an unmodified dirty-ring follows the rules', () => {
  describe.each(VERSIONS)('%s', (version) => {
    const bitmap = { backupBitmap: true };
    const one = { slots: [{ slot: 0, npages: 1 }] };
    test.each([
      ...(version === '6.12' ? [['backed up', backedUp] as const] : []),
      ['collected', ring(version, [vcpu(0, write(0, 1)), userspace(collect)])],
      ['collected again', ring(version, [vcpu(0, write(0), write(0)), userspace(collect, collect)], one)],
      ['a second thread resets', ring(version, [vcpu(0, write(0)), userspace(collect), kernel(0, reset)], one)],
      ['wraps', ring(version, [vcpu(0, write(0), write(0)), userspace(collect)], { ...one, index: 0xffffffff })],
      ['a signal', ring(version, [vcpu(0, write(0)), userspace(collect), host(signalTo('userspace'))], one)],
      [
        'full',
        ring(version, [vcpu(0, write(0), write(1), halt), userspace(serve)], { rings: [{ size: 2, leeway: 1 }] }),
      ],
      ...(version === '6.12' || version === 'repaired'
        ? [['the host writes', ring(version, [host(hostWrite(0)), userspace(collect)], { ...bitmap, ...one })]]
        : []),
    ] as [string, VmSpec][])('%s', (_, spec) => {
      expect(found(withFault(spec, asItIs))).toBeUndefined();
    });
  });
});
