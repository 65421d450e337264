import { test } from '@fast-check/vitest';
import { afterAll, expect } from 'vitest';
import { ProgramArbitrary } from './arbitraries/program.ts';
import { crossCheck } from './crossCheck.ts';

/** What the drawn programs have shown: by event, in how many of them. */
const events = new Map<string, number>();

// The seed stands here so that a failure in CI is the failure at home; another one: GFNRING_SEED=… npx vitest run properties
const seed = Number(process.env.GFNRING_SEED ?? 1);
const runs = Number(process.env.GFNRING_PROGRAMS ?? 3000);

test.prop([new ProgramArbitrary(700)], { numRuns: runs, seed })('of small programs', (program) => {
  expect(crossCheck(program, events)).toEqual([]);
});

test.prop([new ProgramArbitrary(6000)], { numRuns: runs / 30, seed })('of longer ones', (program) => {
  expect(crossCheck(program, events)).toEqual([]);
});

test.prop([new ProgramArbitrary(300, { spins: true })], { numRuns: runs / 3, seed })('of spins', (program) => {
  expect(crossCheck(program, events)).toEqual([]);
});

afterAll(() => {
  console.log(events);
});
