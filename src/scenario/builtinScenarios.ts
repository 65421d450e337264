import { trackerNames, trackers } from '../trackers/registry.ts';
import type { BuiltInScenario } from '../vm/builtInScenario.ts';

/** The scenarios `TRACKER/…` of a tracker, in the order in which `check --tracker` runs them. */
export const scenariosOf = (tracker: string): readonly BuiltInScenario[] => trackers[tracker].scenarios();

/** What `check` runs for a tracker: its detailed scenarios replace those of the same name. */
export function checkedScenarios(tracker: string): readonly BuiltInScenario[] {
  const { detailedScenarios = [] } = trackers[tracker];
  const replaced = new Set(detailedScenarios.map(({ spec }) => `${tracker}/${spec.name}`));
  return [...detailedScenarios, ...scenariosOf(tracker).filter(({ spec }) => !replaced.has(spec.name))];
}

/** The built-in scenario of that name. */
export function findBuiltIn(name: string): BuiltInScenario | undefined {
  return trackerNames.flatMap(checkedScenarios).find(({ spec }) => spec.name === name);
}
