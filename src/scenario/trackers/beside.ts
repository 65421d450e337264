/* In this folder: the built-in scenarios of the trackers, with what history knows each to be wrong in. */

import type { TrackerName } from '../../trackers/make.ts';
import { checkpoint, collect, userspace, vcpu, write } from '../parties.ts';
import { SCHEMA, type VmSpec } from '../spec.ts';
import { ONE_PAGE, scenario, type TrackerScenario } from './scenario.ts';

/** Two VMs on one host with different trackers. */
export function beside(tracker: TrackerName): TrackerScenario[] {
  const other: TrackerName = tracker === 'dirty-bitmap' ? 'gfn-ring' : 'dirty-bitmap';
  const [collecting] = tracker === 'gfn-list' ? [checkpoint()] : [collect];
  const vm = (of: TrackerName, name: string, ...operations: Parameters<typeof userspace>): VmSpec => {
    const { spec } = scenario(
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
