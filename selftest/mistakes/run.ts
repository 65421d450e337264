import { runTests, type TestRef } from '../vitest/runTests.ts';
import type { Mistake } from './mistake.ts';

/** How long the tests of one mistake may take, in seconds. A hang counts as a failure. */
const SECONDS = 180;

export interface MistakeResult {
  readonly name: string;
  readonly part: string;
  readonly caught: boolean;
  /** Why not; null: it was caught. */
  readonly why: string | null;
  readonly seconds: number;
}

/** Runs the tests that must catch a mistake, with the mistake in the program. */
export async function runMistake({ name, part, testFile, expectedBy, edits }: Mistake): Promise<MistakeResult> {
  const start = performance.now();
  const { passed, failed, error, hung } = await runTests(edits, [testFile], { names: expectedBy, seconds: SECONDS });
  const caught = hung || failed.some((test) => expectedBy.includes(test.name));
  const missing = expectedBy.find((test) => ![...passed, ...failed].some((run) => run.name === test));
  const why =
    error ?? (missing === undefined ? `${testFile} passes` : `${testFile} has no test of that name: ${missing}`);
  return { name, part, caught, why: caught ? null : why, seconds: (performance.now() - start) / 1000 };
}

/** What is wrong with the named tests without a mistake, as lines: each must pass. */
export async function wrongWithoutMistake(mistakes: readonly Mistake[]): Promise<readonly string[]> {
  const tests = mistakes.flatMap(({ testFile, expectedBy }) => expectedBy.map((name) => ({ file: testFile, name })));
  const files = [...new Set(tests.map(({ file }) => file))];
  const names = [...new Set(tests.map(({ name }) => name))];
  const { passed, error, hung } = await runTests([], files, { names, seconds: SECONDS * files.length });
  if (hung) return ['the tests do not end'];
  const hasPassed = ({ file, name }: TestRef): boolean => passed.some((run) => run.file === file && run.name === name);
  const wrong = tests.filter((test) => !hasPassed(test)).map(({ file, name }) => `does not pass: ${file}: ${name}`);
  return [...(error === null ? [] : [error]), ...new Set(wrong)];
}
