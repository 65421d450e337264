/**
 * Subjects with exactly one known bug each: small patches of the real ones, put in as the modules are loaded. A harness is as good as the bugs it finds; these
 * say which, by what, how fast and how often.
 */
import type { MemoryModelName } from '../explore/memoryModels/registry.ts';
import { smallVm } from '../scenario/trackers/trackerScenario.ts';
import type { TrackerName } from '../trackers/registry.ts';
import type { ActorSpec, VmSpec, VmsSpec } from '../vm/spec.ts';
import type { Edit } from './patch.ts';

export interface Canary {
  /** In lower case, with hyphens: what is wrong. */
  readonly name: string;
  /** Where it is known from: a number like those of docs/trackers.md, a commit, a CVE, a message. */
  readonly source: string;
  readonly tracker: TrackerName;
  /** The smallest scenario that shows it: a built-in one, by name, or one of its own. */
  readonly scenario: string | VmSpec | VmsSpec;
  /** The weakest that it needs. */
  readonly memoryModel: MemoryModelName;
  /** How the names of the properties begin that must catch it: which comes first depends on the schedule. */
  readonly expectedBy: readonly string[];
  /** What the bug needs to be there, and is right by itself: with it alone the subject is clean. */
  readonly scaffold: readonly Edit[];
  /** The bug; put in after the scaffold. */
  readonly edits: readonly Edit[];
}

/** All that is put in. */
export const patchOf = ({ scaffold, edits }: Canary): readonly Edit[] => [...scaffold, ...edits];

export const isExpected = ({ expectedBy }: Pick<Canary, 'expectedBy'>, property: string): boolean =>
  expectedBy.some((name) => property.startsWith(name));

export type EditOf = readonly [file: string, from: string, to: string];

const editOf = ([file, from, to]: EditOf): Edit => ({ file, from, to });

/** The words that canaries of one tracker are written in; under `sc`, and with no scaffold. */
export const canariesOf =
  (tracker: TrackerName) =>
  (
    name: string,
    source: string,
    scenario: Canary['scenario'],
    expectedBy: readonly string[],
    ...edits: readonly EditOf[]
  ): Canary => ({
    ...{ name, source, tracker, scenario, expectedBy },
    memoryModel: 'sc',
    scaffold: [],
    edits: edits.map(editOf),
  });

/** The same, where it takes weak memory to see it. */
export const weak = (of: Canary): Canary => ({ ...of, memoryModel: 'weak' });

/** The same, on a scaffold. */
export const on = (scaffold: readonly EditOf[], of: Canary): Canary => ({ ...of, scaffold: scaffold.map(editOf) });

/** Scenarios of canaries' own: what they find without the bug is nothing, and with it is the bug, so that no `sometimes` is needed. */
export const vmOf =
  (tracker: TrackerName, rings: VmSpec['rings'] = [{ size: 2, leeway: 0 }]) =>
  (name: string, actors: readonly ActorSpec[], shape: Partial<VmSpec> = {}): VmSpec =>
    smallVm(tracker, name, rings, actors, shape);
