import { COMMITTED, MIGRATED, ROLLED_BACK } from '../../actors/gate.ts';
import { gfnRings, type Vm } from '../../actors/vm.ts';
import type { StateView } from '../../check/property.ts';
import { ARMED } from '../../guest/guest.ts';
import { u16 } from '../../memory/cell.ts';
import type { VmSpec } from '../spec.ts';

/** What a scenario can claim to reach; a scenario names those that it must. */
export const claims: Record<string, (spec: VmSpec, vm: Vm) => (look: StateView) => boolean> = {
  'a ring is full': (_, vm) => {
    const { tracker } = vm;
    switch (tracker.kind) {
      case 'gfn-list':
        return ({ read }) => read(tracker.list.dirty_index) === tracker.list.size;
      case 'dirty-ring':
        return ({ read }) =>
          tracker.rings.some((ring) => (read(ring.dirty_index) - read(ring.reset_index)) >>> 0 >= ring.soft_limit);
      default:
        return ({ read }) =>
          gfnRings(vm).some((ring) => u16(read(ring.prod_index) - read(ring.cons_index)) === ring.size);
    }
  },
  'a vCPU stops': (spec, vm) => {
    const halts = spec.actors.filter((actor) => actor.operations.some((op) => op.do === 'halt')).length;
    return ({ read }) => read(vm.exits) > halts - read(vm.running);
  },
  'an index wraps': (spec, vm) => {
    const { tracker } = vm;
    if (tracker.kind === 'dirty-ring')
      return ({ read }) => tracker.rings.some((ring) => read(ring.reset_index) < spec.index);
    return ({ read }) => gfnRings(vm).some((ring) => read(ring.cons_index) < spec.index);
  },
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
};

function inPhase({ gate }: Vm, phase: number): (look: StateView) => boolean {
  return ({ read }) => gate !== undefined && read(gate.phase) === phase;
}
