import type { Vm } from '../../actors/vm.ts';
import type { Monitor } from '../../check/property.ts';
import { ARMED } from '../../guest/guest.ts';
import { isWrite } from '../../memory/memory.ts';
import type { VmSpec } from '../spec.ts';
import { violationOfRule } from './monitorHelpers.ts';

/** G5 of every tracker: who re-arms a page holds slots_lock, so that resets come one after the other, and mmu_lock, so that no fault is half way through. */
export function armRule(spec: VmSpec, { guest, kvm }: Vm): Monitor<null> {
  const armed = new Set(guest.pages.map((page) => page.armed.id));
  return {
    name: 'arm rule',
    sees: ({ id }) => armed.has(id),
    init: () => null,
    step(_, { thread, kind, place, value }, { holder }) {
      if (!armed.has(place.id) || !isWrite(kind) || value !== ARMED) return null;
      const missing = [kvm.slots_lock, kvm.mmu_lock].filter((lock) => holder(lock) !== thread);
      return missing.length === 0
        ? null
        : violationOfRule(
            'G5 pages are re-armed with slots_lock and mmu_lock held',
            `${spec.actors[thread].name} re-arms ${place.name} without ${missing.map(({ name }) => name).join(' and ')}`,
          );
    },
    returned: () => null,
    key: () => '',
  };
}
