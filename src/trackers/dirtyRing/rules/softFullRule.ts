import type { Vm } from '../../../actors/vm.ts';
import type { Monitor } from '../../../check/property.ts';
import { Kind } from '../../../memory/kinds.ts';
import { violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { hostileRings, type VmSpec } from '../../../vm/spec.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { DIRTY_RING_RULE } from './dirtyRingState.ts';

/** By thread: whether it entered the guest since its operation began. */
type Inside = readonly boolean[];

/**
 * F-9: a vCPU whose ring is soft-full does not enter the guest. Its first access to a page in an
 * operation shows that it has entered. Between the entry and that access, its ring only gets
 * emptier.
 */
export function softFullRule(spec: VmSpec, vm: Vm, { rings }: DirtyRings): Monitor<Inside> {
  const words = new Set(vm.guest.pages.map(({ word }) => word.id));
  const hostile = hostileRings(spec);
  return {
    name: 'soft-full rule',
    sees: ({ id }) => words.has(id),
    init: () => spec.actors.map(() => false),
    step(inside, { thread, kind, place }, { read }) {
      const { name, vcpu } = spec.actors[thread];
      if (vcpu === undefined || kind !== Kind.loadAcquire || !words.has(place.id) || inside[thread]) return inside;
      const { dirty_index, reset_index } = rings[vcpu];
      const { size, leeway } = spec.rings[vcpu]; // not from the subject: it may be wrong there
      const used = (read(dirty_index) - read(reset_index)) >>> 0;
      if (used >= size - leeway && !hostile.has(vcpu))
        return violationOfRule(DIRTY_RING_RULE.F9_SOFT_FULL, `${name} does, with ${used} entries`);
      return inside.with(thread, true);
    },
    returned: (inside, thread) => (inside[thread] ? inside.with(thread, false) : inside),
    key: (inside) => inside.map(Number).join(''),
  };
}
