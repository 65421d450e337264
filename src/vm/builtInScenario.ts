import { type MemoryModelName, memoryModels } from '../explore/memoryModels/registry.ts';
import type { VmSpec, VmsSpec } from './spec.ts';

/** How `check` searches a scenario. */
export type Mode = 'prove' | 'sample';

/** A scenario that ships with the package. */
export interface BuiltInScenario<Spec = VmSpec | VmsSpec> {
  readonly about: string;
  /** `prove`: small enough to visit all states. `sample`: executions that a scheduler picks. */
  readonly mode: Mode;
  /** Whether it has too many states for a proof where threads have views: then it is sampled. */
  readonly tooLargeWithViews: boolean;
  readonly spec: Spec;
  /** Defects that the tracker is known to have here. */
  readonly known?: readonly KnownDefect[];
  /** Defects that other versions have here: a finding gets their number, and is not known. */
  readonly ofOtherVersions?: readonly KnownDefect[];
}

/** A known defect, and the properties that show it. */
export interface KnownDefect {
  /** Its number in docs/trackers.md. */
  readonly catalogue: string;
  /** The names of the properties that it violates. */
  readonly properties: readonly string[];
}

export const defaultModeFor = (
  { mode, tooLargeWithViews }: Pick<BuiltInScenario, 'mode' | 'tooLargeWithViews'>,
  model: MemoryModelName,
): Mode => (tooLargeWithViews && memoryModels[model].hasViews ? 'sample' : mode);
