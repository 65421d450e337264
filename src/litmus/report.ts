import { type MemoryModelName, memoryModelNames, memoryModels } from '../explore/memoryModels/registry.ts';
import { decideByAxioms } from './axioms/decideByAxioms.ts';
import { decideTest } from './decide.ts';
import { explainExtraOutcome, explainMissingOutcome } from './explain.ts';
import { parseTest } from './parser/parse.ts';
import type { LitmusTest, Verdict } from './syntax.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/** What litmus tests are decided under: `lkmm` by its axioms, the others by exploration. */
export type LitmusModel = MemoryModelName;
export const litmusModels: readonly LitmusModel[] = memoryModelNames;

/**
 * How a verdict compares with the result that the test states.
 * - `agree`: they are the same.
 * - `explained`, `unexplained`: they differ, with or without a known reason.
 * - `unstated`: the test states no result.
 * - `undecided`: there is no verdict, as the exploration was not complete.
 * - `unread`: the test is not supported.
 */
export type Outcome = 'agree' | 'explained' | 'unexplained' | 'unstated' | 'undecided' | 'unread';

export interface TestReport {
  readonly outcome: Outcome;
  readonly stated: Verdict | null;
  readonly verdict: Verdict | null;
  /** Why the verdict differs, or why there is none. */
  readonly reasons: readonly string[];
  /** States visited, or candidate executions. */
  readonly states: number;
}

/** Parses and decides a test, and compares the verdict with the result that the test states. */
export function compareVerdict(text: string, model: LitmusModel, seconds: number): TestReport {
  let test: LitmusTest | undefined;
  try {
    test = parseTest(text);
    const { stated } = test;
    if (test.statesRace && model !== 'lkmm')
      throw new UnsupportedTest('it states a data race, for which --memory-model lkmm looks');
    const { verdict, why, states, races } =
      model === 'lkmm' ? decideByAxioms(test, seconds) : decideTest(test, model, seconds);
    if (verdict === null) return { outcome: 'undecided', stated, verdict, reasons: [why!], states };
    if (stated === null) return { outcome: 'unstated', stated, verdict, reasons: [], states };
    if (races !== undefined && races !== test.statesRace) {
      const reasons = [races ? 'a data race here, none in the test' : 'no data race here, one in the test'];
      return { outcome: 'unexplained', stated, verdict, reasons, states };
    }
    if (same(stated, verdict)) return { outcome: 'agree', stated, verdict, reasons: [], states };
    const reasons = reasonsFor(test, stated, verdict, model);
    return { outcome: reasons.length > 0 ? 'explained' : 'unexplained', stated, verdict, reasons, states };
  } catch (error) {
    // A stack overflow: nothing else here throws a RangeError.
    if (!(error instanceof UnsupportedTest || error instanceof RangeError)) throw error;
    const reasons = [error instanceof UnsupportedTest ? error.message : 'it is nested too deeply'];
    return { outcome: 'unread', stated: test?.stated ?? null, verdict: null, reasons, states: 0 };
  }
}

/** If there are no final states, the condition holds in none. */
const same = (stated: Verdict, verdict: Verdict): boolean =>
  stated === verdict || (stated === 'Never' && verdict === 'DEADLOCK');

/** By verdict: whether there are final states where the condition holds, and where it does not. */
const HAS: Readonly<Record<Verdict, readonly [boolean, boolean]>> = {
  Never: [false, true],
  Sometimes: [true, true],
  Always: [true, false],
  DEADLOCK: [false, false],
};

/** The known reasons for a difference; empty unless they explain all of it. */
function reasonsFor(test: LitmusTest, stated: Verdict, verdict: Verdict, model: LitmusModel): string[] {
  if (model === 'lkmm') return test.statesRace ? ['the outcome of a data race is undefined'] : [];
  const [there, here] = [HAS[stated], HAS[verdict]];
  const { whyStronger } = memoryModels[model];
  const parts: string[][] = [];
  if (here.some((has, i) => has && !there[i])) parts.push(whyStronger === undefined ? explainExtraOutcome(test) : []);
  if (there.some((has, i) => has && !here[i]))
    parts.push(whyStronger === undefined ? explainMissingOutcome(test) : [whyStronger]);
  return parts.every((reasons) => reasons.length > 0) ? parts.flat() : [];
}
