/**
 * Subjects with exactly one known bug each: small patches of the real ones, put in as the modules are loaded. A harness is as good as the bugs it finds; these
 * say which, by what, how fast and how often.
 */
import type { MemoryModel } from '../explore/memoryModels/make.ts';
import type { VmSpec, VmsSpec } from '../scenario/spec.ts';
import type { TrackerName } from '../trackers/make.ts';
import type { Edit } from './patch.ts';

export interface Canary {
  /** In lower case, with hyphens: what is wrong. */
  readonly name: string;
  /** Where it is known from: a number of docs/trackers.md or docs/canaries.md, a commit, a CVE, a message. */
  readonly source: string;
  readonly tracker: TrackerName;
  /** The smallest scenario that shows it: a built-in one, by name, or one of its own. */
  readonly scenario: string | VmSpec | VmsSpec;
  /** The weakest that it needs. */
  readonly memoryModel: MemoryModel;
  /** How the names of the properties begin that must catch it: which comes first depends on the schedule. */
  readonly expectedBy: readonly string[];
  readonly edits: readonly Edit[];
}

export const isExpected = ({ expectedBy }: Canary, property: string): boolean =>
  expectedBy.some((name) => property.startsWith(name));

type EditOf = readonly [file: string, from: string, to: string];

/** The words that canaries of one tracker are written in; under `sc`. */
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
    edits: edits.map(([file, from, to]) => ({ file, from, to })),
  });

/** The same, where it takes weak memory to see it. */
export const weak = (of: Canary): Canary => ({ ...of, memoryModel: 'weak' });
