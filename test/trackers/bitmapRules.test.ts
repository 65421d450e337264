import { describe, expect, test } from 'vitest';
import type { Cell, Place } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import {
  checkpoint,
  collect,
  copyFirst,
  host,
  hostWrite,
  setSlot,
  userspace,
  vcpu,
  write,
} from '../../src/vm/actorSpecs.ts';
import type { ActorSpec, VmSpec } from '../../src/vm/spec.ts';
import { asItIs, asValue, type Edit, found, leftOut, type MakeEdit, on, specOf, withFault } from './faults.ts';

const bitmap = (actors: readonly ActorSpec[], spec: Partial<VmSpec> = {}): VmSpec =>
  specOf('dirty-bitmap', actors, spec);
const got = bitmap([vcpu(0, write(0), write(1)), userspace(collect)]);
const again = bitmap([vcpu(0, write(0)), userspace(collect, collect)]);
const manual = { ...again, manualProtect: 'on' } as const;
/** A bitmap of two words. The second has one page. */
const wide = bitmap([vcpu(0, write(32)), userspace(collect)], { slots: [{ slot: 0, npages: 33 }] });

/** An atomic update replaced by a load and a store, so that updates in between are lost. */
const apart =
  (of: (old: number, value: number) => number): Edit =>
  ({ mem, place, value }) => {
    const old = mem.load(place as Cell);
    mem.store(place as Cell, of(old, Number(value)));
    return old;
  };
const noFlush = on('xchg', /translations$/, leftOut);
const notArmed = on('store', /armed$/, ({ value, go }) => value !== 1 && go());
/** An extra access before each `call` on the bitmap. */
const before =
  (call: 'load' | 'fetchAnd', extra: (mem: Memory, named: (name: string) => Place) => unknown): MakeEdit =>
  (named) =>
    on(call, /^bitmap/, ({ mem, go }) => {
      extra(mem, named);
      return go();
    })();
const armsFirst = before('load', (mem, named) => mem.store(named('page0.armed') as Cell, 1));
const armsAfter: MakeEdit = (named) =>
  on('load', /^bitmap/, ({ mem, go }) => {
    const word = go();
    mem.store(named('page0.armed') as Cell, 1);
    return word;
  })();
const copiesBefore = before('fetchAnd', (mem, named) => mem.load(named('page0.version') as Cell));
const deleted = bitmap([vcpu(0, write(0)), userspace(setSlot(0, 0))], { slots: [{ slot: 0, npages: 1 }] });
const twoCollect = [vcpu(0, write(0)), userspace(collect), userspace(collect)];
const MANUAL = { manualProtect: 'on' } as const;

const faults: readonly (readonly [string, string, VmSpec, MakeEdit])[] = [
  [
    'D1 a write sets the bit of its page, and no other',
    'the bit of the next page is set',
    got,
    on(
      'fetchOr',
      /^bitmap/,
      asValue((bits) => bits << 1),
    ),
  ],
  [
    'D1 GET takes every bit that was set when it began',
    'the last word is left out',
    wide,
    on('load', 'bitmap0[1]', leftOut),
  ],
  [
    'D1 GET reports the bits that it found',
    'a clean page is reported',
    manual,
    on('load', /^bitmap/, ({ go }) => (go() as number) | 2),
  ],
  [
    'D2 bits are cleared and pages write-protected under mmu_lock',
    'no mmu_lock',
    got,
    on(['lock', 'unlock'], 'mmu_lock', leftOut),
  ],
  ['D2 a page is write-protected after its bit is cleared', 'protected before its bit is cleared', got, armsFirst],
  ['D3 every page that GET reports is write-protected', 'not write-protected', got, notArmed],
  [
    'D5 with manual protection GET changes nothing',
    'GET clears',
    manual,
    on('load', /^bitmap/, ({ mem, place }) => mem.xchg(place as Cell, 0)),
  ],
  ['D5 with manual protection GET changes nothing', 'GET write-protects', manual, armsAfter],
  ['D6 CLEAR write-protects exactly the pages whose bits it cleared', 'not write-protected', manual, notArmed],
  [
    'D6 CLEAR write-protects exactly the pages whose bits it cleared',
    'all requested pages are protected',
    bitmap(twoCollect, { slots: [{ slot: 0, npages: 1 }], ...MANUAL }),
    on('fetchAnd', /^bitmap/, ({ value, go }) => {
      go();
      return ~Number(value) >>> 0;
    }),
  ],
  [
    'D6 CLEAR clears every bit that it is asked to',
    'nothing is cleared',
    { ...bitmap([vcpu(0, write(0)), userspace(copyFirst)]), ...MANUAL },
    on('fetchAnd', /^bitmap/, leftOut),
  ],
  ['D8 a page is copied after CLEAR', 'a page is copied before CLEAR', manual, copiesBefore],
  [
    'D9 CLEAR clears no bit that userspace has not read',
    'all bits are cleared',
    { ...got, ...MANUAL },
    on(
      'fetchAnd',
      /^bitmap/,
      asValue(() => 0),
    ),
  ],
  [
    'D11 bits change by atomic updates alone',
    'bits are set by a load and a store',
    got,
    on(
      'fetchOr',
      /^bitmap/,
      apart((old, bits) => old | bits),
    ),
  ],
  [
    'D11 bits change by atomic updates alone',
    'bits are cleared by a load and a store',
    got,
    on(
      'xchg',
      /^bitmap/,
      apart((_, value) => value),
    ),
  ],
  ['D12 slots_lock spans clearing, protection and flush', 'no flush', got, noFlush],
  ['D12 slots_lock spans clearing, protection and flush', 'CLEAR does not flush', manual, noFlush],
  [
    'D12 slots_lock spans clearing, protection and flush',
    'no slots_lock',
    got,
    on(['lock', 'unlock'], 'slots_lock', leftOut),
  ],
  [
    'D13 what was recorded in a slot goes with it',
    'a slot that is deleted keeps its bits',
    deleted,
    on('store', /^bitmap/, leftOut),
  ],
];

test.each(faults)('%s: %s', (property, _, spec, edit) => {
  expect(found(withFault(spec, edit))).toBe(property);
});

describe('an unmodified bitmap follows the rules', () => {
  test.each([
    ['got', got],
    ['got again', again],
    ['cleared', { ...again, ...MANUAL }],
    ['all set at first', { ...again, manualProtect: 'initially set' }],
    ['two words', wide],
    ['copied first', bitmap([vcpu(0, write(0)), userspace(copyFirst)], MANUAL)],
    ['two threads collect', bitmap(twoCollect, { slots: [{ slot: 0, npages: 1 }] })],
    ['two threads clear', bitmap(twoCollect, { slots: [{ slot: 0, npages: 1 }], ...MANUAL })],
    ['the host writes', bitmap([host(hostWrite(0)), userspace(collect)], MANUAL)],
    ['a slot is deleted', deleted],
    ['paused', bitmap([vcpu(0, write(0), write(0)), userspace(checkpoint('harvest'), checkpoint())], MANUAL)],
  ] as readonly (readonly [string, VmSpec])[])('%s', (_, spec) => {
    expect(found(withFault(spec, asItIs))).toBeUndefined();
  });
});
