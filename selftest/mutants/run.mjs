import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { knownAs } from '../../dist/scenario/knownDefects.js';
import { isOutside } from './reach.mjs';
import { trackersOf } from './scenarios.mjs';
import { failing, suitesOf } from './suites.mjs';

const barriers = JSON.parse(readFileSync(new URL('../barriers/survivors.json', import.meta.url), 'utf8'));

/**
 * A search hangs after so many times the time that it takes without a mutant, and so many seconds.
 */
const TIMES = 15;
const LEAST = 10;
/** What a test file may take, which has a few seconds to do. */
const SUITE_SECONDS = 60;
/** A scenario that is proved in so many seconds comes before the tests. */
const FAST = 0.5;
/** What may show under weak memory alone; and so may what says which version has which ordering. */
const OF_ORDER = ['drop', 'swap'];
/** So many that do not come to their end are enough. */
const HUNG_MOST = 2;

/**
 * What becomes of a mutant: the `property` that kills it and `where`, a scenario or a test; 'hung'
 * if a search did not end; null if nothing failed. `last` is what killed it the last time.
 */
export async function fateOf(mutant, reaches, last, searcher, dist) {
  const trackers = trackersOf(mutant.file).filter((tracker) => isFor(tracker, mutant, reaches));
  const [edit, hung] = [{ file: mutant.file, at: mutant.at, from: mutant.from, to: mutant.to }, []];
  const order = (reach) => [reach.scenario.name === last?.where ? 0 : 1, reach.seconds];
  const reached = reaches
    .filter((reach) => trackers.includes(reach.scenario.tracker) && (isOutside(mutant, dist) || reach.gotTo(mutant)))
    .sort((a, b) => compared(order(a), order(b)));
  const isFast = (reach) => reach.seconds <= FAST || order(reach)[0] === 0;
  const find = (chosen) => search(chosen, edit, hung, searcher);
  const stages = [
    () => find(reached.filter(isFast)),
    () => suite(mutant.file, edit, hung),
    () => find(reached.filter((reach) => !isFast(reach))),
    () => (OF_ORDER.includes(mutant.operator) || isOfVersions(mutant) ? find(underWeak(mutant.file)) : undefined),
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
 * Whether a tracker is needed to see a mutant. What all versions of the merged ring have in common
 * runs in the repaired one and in one with defects.
 */
function isFor(tracker, mutant, reaches) {
  if (!/@[56]/.test(tracker) || tracker === 'dirty-ring@6.17' || isOfVersions(mutant)) return true;
  return !reaches.some((reach) => reach.scenario.tracker === 'dirty-ring@repaired' && reach.gotTo(mutant));
}

/** Whether it changes what the versions of the merged ring differ in. */
const isOfVersions = ({ file, from, what }) => file.endsWith('/versions') || /version/.test(from + what);

/** The first test that fails. */
async function suite(file, edit, hung) {
  const suites = suitesOf(file);
  const failed = await failing(suites, edit, SUITE_SECONDS);
  if (failed === null) hung.push(suites[0]);
  return failed ?? undefined;
}

const compared = (a, b) => a.map((value, i) => value - b[i]).find((difference) => difference !== 0) ?? 0;

/** The scenarios in which orderings of a module are seen. */
const underWeak = (file) =>
  barriers.tables
    .filter(({ folders }) => folders.includes(dirname(file)))
    .flatMap(({ scenarios }) => scenarios)
    .map((name) => ({
      scenario: { name, tracker: trackersOf(file)[0], mode: 'prove', memoryModel: 'weak' },
      seconds: 5,
    }));

/** The first property that a scenario finds broken. */
async function search(reached, edit, hung, searcher) {
  for (const { scenario, seconds, isFound = false } of reached) {
    const where = scenario.memoryModel === 'sc' ? scenario.name : `${scenario.name} under ${scenario.memoryModel}`;
    const answer = await searcher.search(edit, scenario, Math.max(LEAST, TIMES * seconds));
    if (answer?.thrown !== undefined) return { property: `throws ${answer.thrown}`, where };
    const property = answer && broken(answer, scenario, isFound);
    if (property !== undefined) return { property, where };
    if (answer === undefined || (scenario.mode === 'prove' && answer.property === null && !answer.exhausted))
      hung.push(where);
    if (hung.length >= HUNG_MOST) return undefined;
  }
  return undefined;
}

/** What a search says that it does not say of the subject as it is. */
function broken({ property, exhausted }, { known }, isFound) {
  if (property === null)
    return isFound && exhausted ? `${known.map(({ catalogue }) => catalogue).join(', ')} is not found` : undefined;
  return knownAs({ property }, known) === null ? property : undefined;
}
