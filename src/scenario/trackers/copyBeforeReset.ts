import type { TrackerName } from '../../trackers/registry.ts';
import { copyFirst, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import { LOST, ONE_PAGE, type TrackerScenario, trackerScenario } from './trackerScenario.ts';

/** What goes wrong in userspace, whatever the tracker. */
export function copyBeforeReset(tracker: TrackerName): TrackerScenario {
  return trackerScenario(
    tracker,
    'copy-before-reset',
    'userspace copies what it harvested, and only then resets',
    [vcpu(0, write(0), write(0)), userspace(copyFirst)],
    [],
    ONE_PAGE,
    { known: { catalogue: 'B36', properties: LOST } },
  );
}
