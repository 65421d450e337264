import { copyFirst, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import { LOST, ONE_PAGE, type ScenarioTracker, trackerScenario } from './trackerScenario.ts';

/** A known defect of userspace, with any tracker. */
export const userspaceDefects = { B36: 'userspace copies before it resets' } as const;

export function copyBeforeReset(tracker: ScenarioTracker): BuiltInScenario {
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
