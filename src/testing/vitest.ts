import { expect } from 'vitest';
import { oneLine } from '../input/oneLine.ts';
import type { Report } from './report.ts';

/** Options of `toHold`. */
export interface HoldOptions {
  /** `limit`: accepts that nothing was found before a limit was reached, which is no proof. */
  readonly within?: 'limit';
}

/**
 * The matchers that `import 'gfnring/vitest'` adds to `expect`, in a test or a setup file:
 * `expect(await explore(…)).toHold()`. Needs vitest 3.2 or newer.
 */
export interface GfnringMatchers {
  /**
   * All properties of the scenario hold under every interleaving: the report of `explore` has no
   * finding, and no limit was reached. Throws `TypeError` if the value is no report.
   */
  toHold(options?: HoldOptions): void;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest declares it
  interface Matchers<T = any> extends GfnringMatchers {}
}

expect.extend({
  toHold(this: { readonly isNot: boolean }, received: unknown, options: HoldOptions = {}) {
    if (!isReport(received)) {
      const hint = received instanceof Promise ? ', not a promise of it: await it' : '';
      throw new TypeError(`toHold: expected the report of explore(…)${hint}`);
    }
    const { outcome, scenario, findings, limit, text } = received;
    if (findings.length > 0) return { pass: false, message: () => text };
    // A limit decides nothing, so both `toHold` and `not.toHold` fail.
    if (outcome === 'limit' && options.within !== 'limit')
      return { pass: this.isNot, message: () => undecided(received) };
    const how = outcome === 'limit' ? `no violation was found within ${limit}` : 'every interleaving holds';
    return { pass: true, message: () => `${oneLine(scenario)}: a violation was expected, and ${how}` };
  },
});

const undecided = ({ scenario, limit, executions, states, steps }: Report): string => {
  const searched = states > 0 ? `${states} states` : `${executions} executions`;
  return `${oneLine(scenario)}: neither proved nor refuted: the limit of ${limit} came first, after ${searched} and ${steps} steps

Give it more (explore(scenario, { seconds: 60 })), make the scenario smaller, or say that this is enough: toHold({ within: 'limit' })`;
};

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'outcome' in value && 'findings' in value && 'text' in value;
}
