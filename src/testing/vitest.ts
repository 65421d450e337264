import * as vitest from 'vitest';
import { wallClock } from '../explore/limits.ts';
import { type ExpectedFinding, type HoldOptions, matchFinding, matchHolding, reportFor } from './matchers.ts';
import { type RunningTest, setTestRunner } from './runningTest.ts';
import { SCENARIO_FILES } from './scenarioFiles.ts';

export type { ExpectedFinding, HoldOptions } from './matchers.ts';
export type { FindingKind } from './summary.ts';

/**
 * The matchers that `import 'gfnring/vitest'` adds to `expect`, in a test or a setup file:
 * `expect(await explore(…)).toHold()`. Needs vitest 3.2 or newer.
 */
export interface GfnringMatchers {
  /**
   * All properties of the scenario hold under every interleaving: the report of `explore` has no
   * finding, and no limit was reached. Prints what was proved, in one line. Throws `TypeError` if
   * the value is no report.
   */
  toHold(options?: HoldOptions): void;
  /**
   * There is a finding: `toFind('deadlock')`, `toFind('no update is lost')`, `toFind(/lost/)`, or
   * any. Without `not`, a limit fails it; with `not`, too. Throws `TypeError` if the value is no
   * report.
   */
  toFind(expected?: ExpectedFinding): void;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest declares it
  interface Matchers<T = any> extends GfnringMatchers {}
}

/** vitest 4.1 has it in a new place, and warns of the old one. */
const { getCurrentTest } = 'TestRunner' in vitest ? vitest.TestRunner : await import('vitest/suite');

vitest.expect.extend({
  toHold(this: { readonly isNot: boolean }, received: unknown, options: HoldOptions = {}) {
    const report = reportFor('toHold', received);
    const matched = matchHolding(report, options, this.isNot);
    // vitest shows it with the test, and --silent hides it.
    if (matched.pass && !this.isNot) console.log(report.summary);
    return matched;
  },
  toFind(this: { readonly isNot: boolean }, received: unknown, expected?: ExpectedFinding) {
    return matchFinding(reportFor('toFind', received), expected, this.isNot);
  },
});

setTestRunner((): RunningTest | undefined => {
  const test = getCurrentTest();
  if (test === undefined) return undefined;
  const { result, timeout } = test;
  const now = wallClock();
  const timeoutMs = timeout > 0 ? timeout : Infinity;
  // Each retry has the whole timeout, and when it began is not known.
  const begunMs = (result?.retryCount ?? 0) > 0 ? now : (result?.startTime ?? now);
  return {
    timeoutSeconds: timeoutMs / 1000,
    secondsLeft: (begunMs + timeoutMs - now) / 1000,
    dependsOn(files) {
      const meta = test.meta as Record<string, unknown>;
      const known = (meta[SCENARIO_FILES] ?? []) as readonly string[];
      meta[SCENARIO_FILES] = [...new Set([...known, ...files])];
    },
  };
});
