import { type TrackerName, trackerNames } from '../trackers/registry.ts';
import { builtIns } from './gfnRingScenarios.ts';
import { dirtyRingScenarios } from './trackers/dirtyRing.ts';
import { gfnListScenarios } from './trackers/gfnList.ts';
import { manualProtectScenarios } from './trackers/manualProtect.ts';
import { multiVmScenarios } from './trackers/multiVmScenarios.ts';
import type { TrackerScenario } from './trackers/trackerScenario.ts';
import { whilePaused } from './trackers/whilePaused.ts';
import { whileRunning } from './trackers/whileRunning.ts';

/** Of a tracker: the scenarios that are the same for all, and those for what it alone has, in the order in which `check --tracker` runs them. */
export function scenariosOf(tracker: TrackerName): TrackerScenario[] {
  switch (tracker) {
    case 'gfn-ring':
      return [...whileRunning(tracker), ...whilePaused(tracker), ...multiVmScenarios(tracker)];
    case 'gfn-list':
      // Its reset drops what userspace has not fetched: it is drained while the machine is paused, and not otherwise.
      return [...whilePaused(tracker), ...multiVmScenarios(tracker), ...gfnListScenarios()];
    case 'dirty-bitmap':
      return [
        ...whileRunning(tracker),
        ...manualProtectScenarios(),
        ...whilePaused(tracker),
        ...multiVmScenarios(tracker),
      ];
    default:
      return [
        ...whileRunning(tracker),
        ...whilePaused(tracker),
        ...multiVmScenarios(tracker),
        ...dirtyRingScenarios(tracker),
      ];
  }
}

/** What `check` runs for a tracker. The mail's ring has more, and finer ones; what those are like is left out. */
export function checksOf(tracker: TrackerName): readonly TrackerScenario[] {
  const scenarios = scenariosOf(tracker);
  if (tracker !== 'gfn-ring') return scenarios;
  const names = new Set(builtIns.map(({ spec }) => `gfn-ring/${spec.name}`));
  return [...builtIns, ...scenarios.filter(({ spec }) => !names.has(spec.name))];
}

/** The built-in scenario of that name; those of trackers are called `TRACKER/NAME`. */
export function builtInNamed(name: string): TrackerScenario | undefined {
  return [...builtIns, ...trackerNames.flatMap(checksOf)].find(({ spec }) => spec.name === name);
}
