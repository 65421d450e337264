import { oneLine } from '../input/oneLine.ts';
import type { Report } from './report.ts';
import { type FindingKind, findingKinds, kindOfFinding } from './summary.ts';

/** Options of `toHold`. */
export interface HoldOptions {
  /** `limit`: accepts that nothing was found before a limit was reached, which is no proof. */
  readonly within?: 'limit';
}

/** A kind of finding, or the name of a property, or what its name or its message matches. */
export type ExpectedFinding = FindingKind | RegExp | (string & {});

interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Throws `TypeError` if the value is no report. @param matcher for the message. */
export function reportFor(matcher: string, value: unknown): Report {
  if (isReport(value)) return value;
  const hint = value instanceof Promise ? ', not a promise of it: await it' : '';
  throw new TypeError(`${matcher}: expected the report of explore(…)${hint}`);
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'outcome' in value && 'findings' in value && 'text' in value;
}

/** @param isNot whether it is `not.toHold`. A limit decides nothing, so then both fail. */
export function matchHolding(report: Report, { within }: HoldOptions, isNot: boolean): Matched {
  const { outcome, scenario, findings, limit, text } = report;
  if (findings.length > 0) return { pass: false, message: () => text };
  if (outcome === 'limit' && within !== 'limit')
    return {
      pass: isNot,
      message: () =>
        `${undecided(report)}, make the scenario smaller, or say that this is enough: toHold({ within: 'limit' })`,
    };
  const how = outcome === 'limit' ? `no violation was found within ${limit}` : 'every interleaving holds';
  return { pass: true, message: () => `${oneLine(scenario)}: a violation was expected, and ${how}` };
}

/** @param isNot whether it is `not.toFind`. A limit decides nothing, so then both fail. */
export function matchFinding(report: Report, expected: ExpectedFinding | undefined, isNot: boolean): Matched {
  const { outcome, scenario, findings, text } = report;
  const name = expected === undefined ? 'a finding' : describe(expected);
  if (findings.length === 0 && outcome === 'limit')
    return { pass: isNot, message: () => `${undecided(report)}, or make the scenario smaller` };
  if (findings.length === 0)
    return {
      pass: false,
      message: () => `${oneLine(scenario)}: ${name} was expected, and every interleaving holds`,
    };
  const pass = expected === undefined || isExpected(report, expected);
  const what = pass
    ? `${name} was found`
    : `${name} was expected, and the finding is another: ${kindOfFinding(report)}`;
  return { pass, message: () => `${oneLine(scenario)}: ${what}\n\n${text}` };
}

const isKind = (text: string): text is FindingKind => (findingKinds as readonly string[]).includes(text);

const describe = (expected: ExpectedFinding): string =>
  typeof expected !== 'string' || isKind(expected) ? `${expected}` : `the property '${expected}'`;

function isExpected(report: Report, expected: ExpectedFinding): boolean {
  const { property, message } = report.findings[0];
  if (typeof expected !== 'string') return expected.test(property) || expected.test(message);
  return isKind(expected) ? kindOfFinding(report) === expected : property === expected;
}

function undecided({ scenario, limit, executions, states, steps, testTimeout }: Report): string {
  const searched = states > 0 ? `${states} states` : `${executions} executions`;
  const [what, more] =
    testTimeout === null
      ? [`limit of ${limit}`, `explore(scenario, { seconds: 60 })`]
      : [
          `end of the test, whose timeout is ${testTimeout} seconds,`,
          `test('…', async () => { … }, 60_000), or testTimeout: 60_000 in the configuration of vitest`,
        ];
  return `${oneLine(scenario)}: neither proved nor refuted: the ${what} came first, after ${searched} and ${steps} steps

Give it more (${more})`;
}
