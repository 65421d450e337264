import type { MemoryModelName } from '../explore/memoryModels/registry.ts';
import type { VmSpec, VmsSpec } from './spec.ts';

/** How `check` searches a scenario. */
export type Mode = 'prove' | 'hunt';

/** A scenario that ships with the package. */
export interface BuiltInScenario<Spec = VmSpec | VmsSpec> {
  readonly about: string;
  /** `prove`: small enough to visit all states. `hunt`: searched by random schedules. */
  readonly mode: Mode;
  /** Memory models with too many states for a proof: `hunt` there. */
  readonly tooLargeUnder: readonly MemoryModelName[];
  readonly spec: Spec;
  /** Defects that the tracker is known to have here. */
  readonly known?: readonly KnownDefect[];
}

/** A known defect, and the properties that show it. */
export interface KnownDefect {
  /** Its number in docs/trackers.md. */
  readonly catalogue: string;
  /** The ids of the properties that it violates: see `propertyId`. */
  readonly properties: readonly string[];
}

/** The id of a property: the number of the rule with which its name begins, or its whole name. */
export const propertyId = (property: string): string => /^[A-Z]+-?\d+/.exec(property)?.[0] ?? property;

export const defaultModeFor = (
  { mode, tooLargeUnder }: Pick<BuiltInScenario, 'mode' | 'tooLargeUnder'>,
  model: MemoryModelName,
): Mode => (tooLargeUnder.includes(model) ? 'hunt' : mode);
