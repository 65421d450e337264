import { COMMITTED, MIGRATED, ROLLED_BACK } from '../../actors/gate.ts';
import type { Vm } from '../../actors/vm.ts';
import type { StateView } from '../../check/property.ts';
import { ARMED } from '../../guest/guest.ts';
import type { ClaimName } from '../claimNames.ts';
import type { VmSpec } from '../spec.ts';
import type { TrackerClaims, TrackerDescriptor } from '../trackerDescriptor.ts';

type Claim = (spec: VmSpec, vm: Vm, tracker: TrackerDescriptor) => (view: StateView) => boolean;

/** A claim whose meaning depends on the tracker; it never comes true for a tracker without it. */
const claimOfTracker =
  (name: keyof TrackerClaims<unknown>): Claim =>
  (spec, vm, tracker) =>
    tracker.claims[name]?.(vm.tracker, spec) ?? (() => false);

/** When a claim (`sometimes`) comes true. A scenario names those that some execution must reach. */
export const claims: Readonly<Record<string, Claim>> = {
  'a ring is full': claimOfTracker('a ring is full'),
  'a vCPU stops': (spec, vm) => {
    const halts = spec.actors.filter((actor) => actor.operations.some((op) => op.do === 'halt')).length;
    return ({ read }) => read(vm.exits) > halts - read(vm.running);
  },
  'an index wraps': claimOfTracker('an index wraps'),
  'a page is written again':
    (_, vm) =>
    ({ read }) =>
      vm.guest.pages.some((page) => read(page.version) > 1),
  'a page is re-armed':
    (_, vm) =>
    ({ read }) =>
      vm.guest.pages.some((page) => read(page.version) > 0 && read(page.armed) === ARMED),
  'a push is refused':
    () =>
    ({ results }) =>
      results.some((of) => of.includes(-16)),
  'a cons is refused':
    () =>
    ({ results }) =>
      results.some((of) => of.includes(-22)),
  'a checkpoint is committed': (_, vm) => inPhase(vm, COMMITTED),
  'the machine is set back': (_, vm) => inPhase(vm, ROLLED_BACK),
  'the machine moves': (_, vm) => inPhase(vm, MIGRATED),
  'the hardware logs a page':
    (_, vm) =>
    ({ read }) =>
      vm.pml.some(({ used }) => read(used) > 0),
  'a slot is deleted':
    (_, vm) =>
    ({ read }) =>
      vm.kvm.memslots.some(({ size }) => size !== undefined && read(size) === 0),
  'a signal is pending':
    (_, vm) =>
    ({ read }) =>
      [...vm.signals.values()].some((signal) => read(signal) !== 0),
} satisfies Record<ClaimName, Claim>;

function inPhase({ gate }: Vm, phase: number): (view: StateView) => boolean {
  return ({ read }) => gate !== undefined && read(gate.phase) === phase;
}
