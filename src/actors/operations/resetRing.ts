import type { Memory } from '../../memory/memory.ts';
import { cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import type { Vm } from '../vm.ts';
import { performsAny } from '../vmView.ts';
import { checkRing, ringField } from './values.ts';

export const resetRingOperation = defineOperation({
  name: 'reset-ring',
  about: 'of `gfn-ring`: kvm_gfn_ring_reset of one ring, then the flush, under slots_lock',
  roles: ['kernel'],
  needsSupport: true,
  fields: ringField,
  label: ({ ring }) => `reset ring${ring}`,
  effects: { ...NO_EFFECTS, drains: 'running' },
  build:
    ({ ring }, { vm }) =>
    (mem) =>
      resetRing(mem, vm, ring),
  check: checkRing,
  // The function makes room and wakes no thread. Its caller must do that, and here there is none.
  assumes: (vm) => !performsAny(vm, 'write', 'host-write'),
  shrink: cannotShrink,
  mutate: (op, draw) => ({ ...op, ring: draw.upTo(draw.vm.rings.length) }),
  draw: (draw) => ({ do: 'reset-ring', ring: draw.upTo(draw.vm.rings.length) }),
});

function resetRing(mem: Memory, { kvm, tracker }: Vm, ring: number): boolean {
  mem.lock(kvm.slots_lock);
  const processed = tracker.resetRing!(mem, ring);
  if (processed) kvm.arch.flush_remote_tlbs(mem);
  mem.unlock(kvm.slots_lock);
  return processed;
}
