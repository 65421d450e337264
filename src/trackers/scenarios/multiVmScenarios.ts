import { SCHEMA } from '../../input/schema.ts';
import { checkpoint, collect, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import type { OperationSpec, VmSpec } from '../../vm/spec.ts';
import { ONE_PAGE, type ScenarioTracker, smallVm } from './trackerScenario.ts';

/** Two VMs on one host with different trackers. */
export function multiVmScenarios(tracker: ScenarioTracker, other = 'dirty-bitmap'): BuiltInScenario[] {
  const vm = (of: string, name: string, ring: VmSpec['rings'][number], drains: OperationSpec): VmSpec => ({
    ...smallVm(of, name, [ring], [vcpu(0, write(0)), userspace(drains)], {
      sometimes: ['a page is re-armed'],
      ...ONE_PAGE,
    }),
    name,
  });
  return [
    {
      about: `a VM beside another, which uses ${other}`,
      mode: 'prove',
      tooLargeWithViews: true,
      spec: {
        schema: SCHEMA,
        name: `${tracker.name}/beside`,
        vms: [
          vm(tracker.name, 'this', tracker.ringOfSize(2), tracker.drainedWhile === 'paused' ? checkpoint() : collect),
          vm(other, 'other', { size: 2, leeway: 0 }, collect),
        ],
      },
    },
  ];
}
