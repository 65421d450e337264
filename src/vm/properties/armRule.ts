import type { Vm } from '../../actors/vm.ts';
import type { Monitor } from '../../check/property.ts';
import { ARMED } from '../../guest/guest.ts';
import { isWrite } from '../../memory/kinds.ts';
import type { VmSpec } from '../spec.ts';
import { violationOfRule } from './monitorHelpers.ts';
import { VM_RULE } from './vmRules.ts';

/**
 * G5 of all trackers: a thread that re-arms a page holds slots_lock and mmu_lock. slots_lock keeps
 * resets apart. mmu_lock keeps a page fault from running at the same time.
 */
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
            VM_RULE.G5_LOCKS,
            `${spec.actors[thread].name} re-arms ${place.name} without ${missing.map(({ name }) => name).join(' and ')}`,
          );
    },
    returned: () => null,
    key: () => '',
  };
}
