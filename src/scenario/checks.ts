import { type TrackerName, trackerNames } from '../trackers/make.ts';
import { builtIns } from './builtin.ts';
import { scenariosOf, type TrackerScenario } from './trackerScenarios.ts';

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
