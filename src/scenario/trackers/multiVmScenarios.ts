import { SCHEMA } from '../../input/schema.ts';
import type { TrackerName } from '../../trackers/registry.ts';
import { checkpoint, collect, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import type { VmSpec } from '../../vm/spec.ts';
import { ONE_PAGE, type TrackerScenario, trackerScenario } from './trackerScenario.ts';

/** Two VMs on one host with different trackers. */
export function multiVmScenarios(tracker: TrackerName): TrackerScenario[] {
  const other: TrackerName = tracker === 'dirty-bitmap' ? 'gfn-ring' : 'dirty-bitmap';
  const [collecting] = tracker === 'gfn-list' ? [checkpoint()] : [collect];
  const vm = (of: TrackerName, name: string, ...operations: Parameters<typeof userspace>): VmSpec => {
    const { spec } = trackerScenario(
      of,
      name,
      '',
      [vcpu(0, write(0)), userspace(...operations)],
      ['a page is re-armed'],
      ONE_PAGE,
    );
    return { ...(spec as VmSpec), name };
  };
  return [
    {
      about: `a VM beside another, which uses ${other}`,
      mode: 'prove',
      tooLargeUnder: ['weak'],
      spec: {
        schema: SCHEMA,
        name: `${tracker}/beside`,
        vms: [vm(tracker, 'this', collecting), vm(other, 'other', collect)],
      },
    },
  ];
}
