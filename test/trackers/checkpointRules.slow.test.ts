import { describe, expect, test } from 'vitest';
import { CHECKPOINT_STEPS } from '../../src/actors/checkpoint.ts';
import type { Cell } from '../../src/memory/cell.ts';
import { checkpoint, halt, replicate, userspace, vcpu, write } from '../../src/vm/actorSpecs.ts';
import type { ActorSpec, VmSpec } from '../../src/vm/spec.ts';
import { asItIs, asValue, found, leftOut, type MakeEdit, on, specOf, withFault } from './faults.ts';

const SHAPE = { rings: [{ size: 4, leeway: 2 }], slots: [{ slot: 0, npages: 1 }] };
const on1 = (tracker: string, ...actors: readonly ActorSpec[]): VmSpec => specOf(tracker, actors, SHAPE);
const twice = on1('dirty-bitmap', vcpu(0, write(0)), userspace(checkpoint(), checkpoint()));
const fails = on1('dirty-bitmap', vcpu(0, write(0)), userspace(checkpoint(), checkpoint('copy')));

const faults: readonly (readonly [string, string, VmSpec, MakeEdit])[] = [
  [
    'a machine that is paused stands still',
    'the checkpoint does not wait for the writers',
    twice,
    on('loadAcquire', 'inside', () => 0),
  ],
  [
    'a machine that is paused stands still',
    'writers do not check for the pause',
    twice,
    on('loadAcquire', 'phase', leftOut),
  ],
  ['a machine that is paused stands still', 'the machine is not paused', twice, on('xchg', 'phase', leftOut)],
  [
    'at each commit and rollback the copy is the guest',
    'a page is not copied',
    twice,
    on('store', /^copy of/, leftOut),
  ],
  [
    'at each commit and rollback the copy is the guest',
    'a rollback restores the wrong value',
    fails,
    on(
      'store',
      /version$/,
      asValue((version) => version + 1),
    ),
  ],
  [
    'a rollback brings back the last commit',
    'a rollback keeps uncommitted data',
    fails,
    (named) =>
      on('store', /^staged/, ({ mem, value, go }) => {
        go();
        mem.store(named('copy of 0:0') as Cell, Number(value));
      })(),
  ],
];

test.each(faults)('%s: %s', (property, _, spec, edit) => {
  expect(found(withFault(spec, edit))).toBe(property);
});

/** `test/run/verdict.slow.test.ts` proves the same of the list and the bitmap. */
describe('unmodified machines follow the rules of checkpoints', () => {
  describe.each(['gfn-ring', 'dirty-ring@6.17'] as const)('%s', (tracker) => {
    test.each([
      ['two checkpoints', on1(tracker, vcpu(0, write(0), write(0)), userspace(checkpoint(), checkpoint()))],
      ...CHECKPOINT_STEPS.map(
        (step) =>
          [
            `a rollback after ${step}`,
            on1(tracker, vcpu(0, write(0)), userspace(checkpoint(), checkpoint(step))),
          ] as const,
      ),
      ['replication', on1(tracker, vcpu(0, write(0), halt), userspace(replicate))],
    ] as const)('%s', (_, spec) => {
      expect(found(withFault(spec, asItIs))).toBeUndefined();
    });
  });
});
