import type { TrackerName } from '../../trackers/make.ts';
import { copyFirst, userspace, vcpu, write } from '../parties.ts';
import { LOST, ONE_PAGE, scenario, type TrackerScenario } from './scenario.ts';

/** What goes wrong in userspace, whatever the tracker. */
export function copyBeforeReset(tracker: TrackerName): TrackerScenario {
  return scenario(
    tracker,
    'copy-before-reset',
    'userspace copies what it harvested, and only then resets',
    [vcpu(0, write(0), write(0)), userspace(copyFirst)],
    [],
    ONE_PAGE,
    { known: { catalogue: 'B36', properties: LOST } },
  );
}
