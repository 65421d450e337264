import type { MemoryModelName } from '#dist/explore/memoryModels/registry.js';
import { smallVm } from '#dist/trackers/scenarios/trackerScenario.js';
import type { ActorSpec, VmSpec, VmsSpec } from '#dist/vm/spec.js';
import type { Edit } from '../patch/patch.ts';
import type { SeededBug } from '../patch/seededBug.ts';

/**
 * A canary: a known bug that is seeded into a subject. The word is from mines, where a canary shows
 * that a danger is noticed. `expectedBy` has properties, by the number of their rule (`R5`) or by
 * their exact name; several, as the schedule decides which fails first.
 */
export interface Canary extends SeededBug {
  /**
   * Where it is known from: a number like those of docs/trackers.md, a commit, a CVE, a message.
   */
  readonly source: string;
  readonly tracker: string;
  /** The smallest scenario that shows it: a built-in one, by name, or one of its own. */
  readonly scenario: string | VmSpec | VmsSpec;
  /** The weakest that it needs. */
  readonly memoryModel: MemoryModelName;
  /** What the bug needs. It is right by itself: with it alone the subject is clean. */
  readonly scaffold: readonly Edit[];
}

/** All edits that are put in. */
export const patchOf = ({ scaffold, edits }: Canary): readonly Edit[] => [...scaffold, ...edits];

/** The numbers that the name of a property begins with: `L1, L3, L5 a stopped vCPU runs again`. */
const RULES = /^[A-Z]{1,2}-?\d+(, [A-Z]{1,2}-?\d+)*(?= )/;

export const isExpected = ({ expectedBy }: Pick<Canary, 'expectedBy'>, property: string): boolean =>
  [property, ...(RULES.exec(property)?.[0].split(', ') ?? [])].some((name) => expectedBy.includes(name));

export type EditOf = readonly [file: string, from: string, to: string, ...scope: string[]];

const editOf = ([file, from, to, ...scope]: EditOf): Edit => ({ file, from, to, scope });

/** Userspace copies pages before it has them re-armed. */
export const COPIED_BEFORE_RESET: EditOf = [
  'actors/userspace',
  'resetAll(mem, vm, gfns); for (const gfn of gfns) copyPage(mem, vm, gfn);',
  'for (const gfn of gfns) copyPage(mem, vm, gfn); resetAll(mem, vm, gfns);',
];
/** What the hardware logged is dropped. */
export const LOG_NOT_DRAINED: EditOf = [
  'actors/vcpu',
  'const count = mem.load(used);',
  'const count = mem.load(used) * 0;',
];

/** Makes canaries of one tracker, under `sc` and without a scaffold. */
export const canariesOf =
  (tracker: string) =>
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

/** The same, under `rc11`. */
export const underRc11 = (of: Canary): Canary => ({ ...of, memoryModel: 'rc11' });

/** The same, with a scaffold. */
export const on = (scaffold: readonly EditOf[], of: Canary): Canary => ({ ...of, scaffold: scaffold.map(editOf) });

/**
 * Makes scenarios for canaries. They need no `sometimes`: the bug itself shows that they are not
 * vacuous.
 */
export const vmOf =
  (tracker: string, rings: VmSpec['rings'] = [{ size: 2, leeway: 0 }]) =>
  (name: string, actors: readonly ActorSpec[], shape: Partial<VmSpec> = {}): VmSpec =>
    smallVm(tracker, name, rings, actors, shape);
