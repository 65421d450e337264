import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { main, runNode, temporaryFolder } from './commandLine.ts';

/**
 * Small scenarios with a verdict that is known by hand. An earlier version had a wrong one. See the
 * comment in each file of `test/verdicts`.
 */

const { folder } = temporaryFolder();

interface Verdict {
  readonly name: string;
  readonly outcome: string;
  readonly exhausted: boolean;
  readonly message: string | null;
  readonly property: string | null;
  readonly classes: number | null;
  readonly seconds: number;
  readonly file: string | null;
  readonly refused?: string;
}

type Options = Readonly<Record<string, unknown>>;

function verdictsOf(
  cases: readonly (readonly [string, Options])[],
  env: Readonly<Record<string, string>> = {},
): Verdict[] {
  const output = execFileSync(process.execPath, ['test/verdicts/run.mjs', JSON.stringify(cases), folder], {
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, ...env },
  });
  return JSON.parse(output) as Verdict[];
}

const reductions = ['none', 'optimal', 'states'].map((reduction) => ({ reduction }));
const models = ['sc', 'tso', 'rc11'].map((memoryModel) => ({ memoryModel }));
const all = [...reductions, ...models];

/**
 * For each module: the options of its searches, the outcome, and the property or message of the
 * violation.
 */
const KNOWN: Readonly<Record<string, readonly [readonly Options[], string, (RegExp | string)?]>> = {
  tries: [all, 'violated', /: 2 tries$/],
  slowpath: [all, 'violated', 'data is 1'],
  giveup: [reductions, 'violated', 'it never gives up: '],
  exit: [all, 'violated'],
  // Its unlock is relaxed, so it is no lock under weak memory.
  backoff: [[...reductions, { memoryModel: 'tso' }], 'passed'],
  xchg: [all, 'passed'],
  deep: [all, 'violated', '1,2,3,-4'],
  map: [all, 'passed'],
  alias: [all, 'passed'],
  notify1: [all, 'passed'],
  waitacq: [all, 'passed'],
  'left-out': [all, 'deadlock'],
  'spin-retry': [[...reductions, { memoryModel: 'tso' }, { scheduler: 'portfolio', seconds: 0.5 }], 'livelock'],
  philosophers: [reductions.slice(2), 'livelock', /repeat for ever: (a, b|b, a)$/],
  hang: [
    [...reductions.map((of) => ({ ...of, seconds: 0.5 })), { scheduler: 'pct', seconds: 0.5 }],
    'crashed',
    /operation 1 of a, spins runs on/,
  ],
};

const cases = Object.entries(KNOWN).flatMap(([name, [options]]) => options.map((of) => [name, of] as const));
const verdicts = verdictsOf(cases);

describe.each(Object.entries(KNOWN))('%s', (name, [, outcome, seen]) => {
  test(outcome, () => {
    const found = verdicts.filter((verdict) => verdict.name === name);
    expect(found.map((verdict) => verdict.outcome)).toEqual(found.map(() => outcome));
    if (outcome === 'passed') expect(found.map(({ exhausted }) => exhausted)).toEqual(found.map(() => true));
    if (seen !== undefined) for (const { message, property } of found) expect(`${property}: ${message}`).toMatch(seen);
  });
});

test('endless loops do not exceed the time limit', () => {
  for (const { name, seconds } of verdicts)
    if (name === 'hang' || name === 'spin-retry') expect(seconds).toBeLessThan(2);
});

test('results that cannot be compared, and scenarios without accesses, are rejected', () => {
  const refused = verdictsOf(['before', 'error', 'vacuous'].map((name) => [name, {}]));
  expect(refused.map((verdict) => verdict.refused)).toEqual([
    expect.stringMatching(/^operation 1 of a, looks returns what cannot be compared: it is an instance of Seen; /),
    expect.stringMatching(/^operation 1 of a, looks returns what cannot be compared: it is an Error; /),
    'vacuous: no operation accesses memory: there is nothing to explore',
  ]);
});

test('read-modify-writes of thread-local cells add no classes', () => {
  const [plain, exchanges, fences] = ['store', 'rmw', 'mb'].map(
    (OP) => verdictsOf([['rmws', { reduction: 'optimal' }]], { OP, T: '6', K: '2' })[0],
  );
  expect([plain.classes, exchanges.classes, fences.classes]).toEqual([64, 64, 64]);
});

test('a minimised deadlock does not occur in the correct version', () => {
  const [wrong] = verdicts.filter(({ name }) => name === 'left-out');
  expect(verdictsOf([['left-out', {}]], { RIGHT: '1' })[0].outcome).toBe('passed');
  const env = { ...process.env, RIGHT: '1' };
  const replayed = runNode([main, 'replay', wrong.file!], { env });
  expect(replayed.status).not.toBe(1);
  const again = runNode([main, 'explore', wrong.file!, '--scheduler', 'exhaustive'], { env });
  expect([again.status, again.stdout]).toEqual([0, expect.stringMatching(/proved/)]);
});
