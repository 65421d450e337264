import type { MemoryModelName } from '../explore/memoryModels/registry.ts';
import { decide } from './decide.ts';
import { explainExtraOutcome } from './explainExtra.ts';
import { explainMissingOutcome } from './explainMissing.ts';
import { parseTest } from './parse.ts';
import type { Test, Verdict } from './syntax.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/**
 * `agree`: decided, and as the test states; `explained` and `unexplained`: decided otherwise, with or without a known reason; `unstated`: decided, but the
 * test states nothing; `undecided`: the exploration was not exhausted; `unread`: the test was not read.
 */
export type Outcome = 'agree' | 'explained' | 'unexplained' | 'unstated' | 'undecided' | 'unread';

export interface TestReport {
  readonly outcome: Outcome;
  readonly stated: Verdict | null;
  readonly verdict: Verdict | null;
  /** Why it differs, or is not decided, or not read. */
  readonly reasons: readonly string[];
  readonly states: number;
}

/** Reads a test, decides it, and holds the verdict against what the test states. */
export function compareVerdict(text: string, model: MemoryModelName, seconds: number): TestReport {
  let test: Test | undefined;
  try {
    test = parseTest(text);
    const { stated } = test;
    const { verdict, why, states } = decide(test, model, seconds);
    if (verdict === null) return { outcome: 'undecided', stated, verdict, reasons: [why!], states };
    if (stated === null) return { outcome: 'unstated', stated, verdict, reasons: [], states };
    if (same(stated, verdict)) return { outcome: 'agree', stated, verdict, reasons: [], states };
    const reasons = reasonsFor(test, stated, verdict, model);
    return { outcome: reasons.length > 0 ? 'explained' : 'unexplained', stated, verdict, reasons, states };
  } catch (error) {
    const deep = error instanceof RangeError && /call stack/.test(error.message);
    if (!(error instanceof UnsupportedTest) && !deep) throw error;
    const reasons = [deep ? 'it is nested too deeply' : error.message];
    return { outcome: 'unread', stated: test?.stated ?? null, verdict: null, reasons, states: 0 };
  }
}

/** Where no final state is left, none has what the condition says either. */
const same = (stated: Verdict, verdict: Verdict): boolean =>
  stated === verdict || (stated === 'Never' && verdict === 'DEADLOCK');

/** Final states that a verdict says there are: with what the condition says, and without. */
const HAS: Readonly<Record<Verdict, readonly [boolean, boolean]>> = {
  Never: [false, true],
  Sometimes: [true, true],
  Always: [true, false],
  DEADLOCK: [false, false],
};

/** The known reasons for a difference; none unless they account for all of it. */
function reasonsFor(test: Test, stated: Verdict, verdict: Verdict, model: MemoryModelName): string[] {
  const [there, here] = [HAS[stated], HAS[verdict]];
  const parts: string[][] = [];
  if (here.some((has, i) => has && !there[i])) parts.push(model === 'weak' ? explainExtraOutcome(test) : []);
  if (there.some((has, i) => has && !here[i]))
    parts.push(model === 'weak' ? explainMissingOutcome(test) : [STRONGER[model]]);
  return parts.every((reasons) => reasons.length > 0) ? parts.flat() : [];
}

const STRONGER = {
  sc: 'under sc, nothing is reordered',
  tso: 'under tso, only loads overtake stores, and none an atomic update',
} as const;
