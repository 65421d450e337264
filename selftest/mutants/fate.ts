import { dirname } from 'node:path';
import { knownAs } from '#dist/scenario/knownDefects.js';
import { knownBarriers } from '../barriers/command.ts';
import type { Edit } from '../patch/patch.ts';
import type { ListedMutant } from './list.ts';
import { isOutside, type Reach } from './reach.ts';
import { type MutantScenario, trackersOf } from './scenarios.ts';
import type { Searcher } from './searcher.ts';
import { firstFailure, suitesOf } from './suites.ts';

/** What becomes of a mutant. */
export interface Fate {
  /** What kills it: a property or a test. `hung`: a search did not end. Null: nothing failed. */
  readonly property: string | null;
  /** A scenario or a test file. */
  readonly where: string | null;
}

type Searched = Pick<Reach, 'scenario' | 'seconds'> & Partial<Pick<Reach, 'isFound'>>;

const { tables } = knownBarriers();

/**
 * A search hangs after so many times the time that it takes without a mutant, and so many seconds.
 */
const TIMES = 15;
const LEAST = 10;
/** What a test file may take, which has a few seconds to do. */
const SUITE_SECONDS = 60;
/** A scenario that is proved in so many seconds comes before the tests. */
const FAST = 0.5;
/** Operators whose mutants may fail under `rc11` alone; so may mutants of the versions. */
const OF_ORDER: readonly string[] = ['drop', 'swap'];
/** So many that do not come to their end are enough. */
const HUNG_MOST = 2;

/** Finds the fate of a mutant. `last` is its fate the last time: that is tried first. */
export async function fateOf(
  mutant: ListedMutant,
  reaches: readonly Reach[],
  last: Fate | undefined,
  searcher: Searcher,
): Promise<Fate> {
  const trackers = trackersOf(mutant.file).filter((tracker) => isNeeded(tracker, mutant, reaches));
  const edit: Edit = { file: mutant.file, at: mutant.at, from: mutant.from, to: mutant.to };
  const hung: string[] = [];
  const isLast = ({ scenario }: Searched) => scenario.name === last?.where;
  const reached = reaches
    .filter(({ scenario, reaches }) => trackers.includes(scenario.tracker) && (isOutside(mutant) || reaches(mutant)))
    .toSorted((a, b) => Number(isLast(b)) - Number(isLast(a)) || a.seconds - b.seconds);
  const isFast = (reach: Searched) => reach.seconds <= FAST || isLast(reach);
  const find = (chosen: readonly Searched[]) => firstViolation(chosen, edit, hung, searcher);
  const stages: (() => Promise<Fate | undefined>)[] = [
    () => find(reached.filter(isFast)),
    () => runSuites(mutant.file, edit, hung),
    () => find(reached.filter((reach) => !isFast(reach))),
    async () => (OF_ORDER.includes(mutant.operator) || isOfVersions(mutant) ? find(underRc11(mutant.file)) : undefined),
  ];
  if (last?.where?.startsWith('test/')) stages.unshift(...stages.splice(1, 1));
  for (const [i, stage] of stages.entries()) {
    const killed = await stage();
    if (killed !== undefined) return killed;
    // A test may fail where a search is too large.
    if (hung.length > 0 && i > 0) return { property: 'hung', where: hung[0] };
  }
  return { property: null, where: null };
}

/**
 * Whether a tracker is needed to see a mutant. Code that all versions of the merged ring share runs
 * in the repaired one and in one with defects.
 */
function isNeeded(tracker: string, mutant: ListedMutant, reaches: readonly Reach[]): boolean {
  if (!/@[56]/.test(tracker) || tracker === 'dirty-ring@6.17' || isOfVersions(mutant)) return true;
  return !reaches.some(({ scenario, reaches }) => scenario.tracker === 'dirty-ring@repaired' && reaches(mutant));
}

/** Whether it changes what the versions of the merged ring differ in. */
const isOfVersions = ({ file, from, what }: ListedMutant): boolean =>
  file.endsWith('/versions') || /version/.test(from + what);

/** The first test that fails. */
async function runSuites(file: string, edit: Edit, hung: string[]): Promise<Fate | undefined> {
  const suites = suitesOf(file);
  const failure = await firstFailure(suites, edit, SUITE_SECONDS);
  if (failure === null) hung.push(suites[0]);
  return failure ?? undefined;
}

/** The scenarios in which orderings of a module are seen. */
const underRc11 = (file: string): Searched[] =>
  tables
    .filter(({ folders }) => folders.includes(dirname(file)))
    .flatMap(({ scenarios }) => scenarios)
    .map((name) => ({
      scenario: { name, tracker: trackersOf(file)[0], mode: 'prove', memoryModel: 'rc11' },
      seconds: 5,
    }));

/** The first property that a scenario finds violated. */
async function firstViolation(
  chosen: readonly Searched[],
  edit: Edit,
  hung: string[],
  searcher: Searcher,
): Promise<Fate | undefined> {
  for (const { scenario, seconds, isFound = false } of chosen) {
    const where = scenario.memoryModel === 'sc' ? scenario.name : `${scenario.name} under ${scenario.memoryModel}`;
    const answer = await searcher.search(edit, scenario, Math.max(LEAST, TIMES * seconds));
    if (answer?.thrown !== undefined) return { property: `throws ${answer.thrown}`, where };
    const property = answer && difference(answer, scenario, isFound);
    if (property !== undefined) return { property, where };
    if (answer === undefined || (scenario.mode === 'prove' && answer.property === null && !answer.exhausted))
      hung.push(where);
    if (hung.length >= HUNG_MOST) return undefined;
  }
  return undefined;
}

/** What a search reports that it does not report of the subject as it is. */
function difference(
  { property, exhausted }: { readonly property: string | null; readonly exhausted: boolean },
  { known = [] }: MutantScenario,
  isFound: boolean,
): string | undefined {
  if (property === null)
    return isFound && exhausted ? `${known.map(({ catalogue }) => catalogue).join(', ')} is not found` : undefined;
  return knownAs({ property }, known) === null ? property : undefined;
}
