import { test } from '@fast-check/vitest';
import { afterAll, expect } from 'vitest';
import { ProgramArbitrary } from './arbitraries/program.ts';
import { crossCheck, inWorkItems, searches } from './crossCheck.ts';

/** What the drawn programs have shown: by event, in how many of them. */
const events = new Map<string, number>();

// The seed stands here so that a failure in CI is the failure at home; another one: GFNRING_SEED=… npx vitest run properties
const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 1000);

// By subject: the most interleavings, as far as can be told beforehand (locks and waiting leave fewer), and the share of the programs.
test.prop([new ProgramArbitrary(500)], { numRuns: programs, seed })('of anything', (program) => {
  expect(crossCheck(program, events)).toEqual([]);
});

test.prop([new ProgramArbitrary(6000)], { numRuns: Math.ceil(programs / 40), seed })(
  'of anything, longer',
  (program) => {
    expect(crossCheck(program, events)).toEqual([]);
  },
);

test.prop([new ProgramArbitrary(300, 'widths')], { numRuns: Math.ceil(programs / 2), seed })('of widths', (program) => {
  expect(crossCheck(program, events)).toEqual([]);
});

test.prop([new ProgramArbitrary(4000, 'locks')], { numRuns: Math.ceil(programs / 2), seed })('of locks', (program) => {
  expect(crossCheck(program, events)).toEqual([]);
});

test.prop([new ProgramArbitrary(250, 'spins')], { numRuns: Math.ceil(programs / 8), seed })('of spins', (program) => {
  expect(crossCheck(program, events)).toEqual([]);
});

const parted = { ...searches, optimal: inWorkItems };
test.prop([new ProgramArbitrary(300)], { numRuns: Math.ceil(programs / 4), seed })(
  'of anything, in parts',
  (program) => {
    expect(crossCheck(program, new Map(), parted)).toEqual([]);
  },
);

test.prop([new ProgramArbitrary(300, 'widths')], { numRuns: Math.ceil(programs / 4), seed })(
  'of widths, in parts',
  (program) => {
    expect(crossCheck(program, new Map(), parted)).toEqual([]);
  },
);

/** Of a thousand programs, how many at least have shown what the search could get wrong. */
const LEAST: Readonly<Record<string, number>> = {
  finished: 500,
  blocked: 50,
  deadlock: 80,
  livelock: 20,
  'a violation': 90,
  'a check fails': 5,
  'a cmpxchg fails': 200,
  'a cmpxchg fails or succeeds': 130,
  'a thread goes round and gets on': 7,
  'a thread sleeps': 40,
  'cells overlap': 300,
  'classes differ in what they read': 350,
  'fewer classes than executions': 400,
  'ten classes': 200,
  'an operation asks for the result before': 80,
};

afterAll(() => {
  const all = events.get('programs') ?? 0;
  // Not where only some tests were run.
  if (all < 2 * programs) return;
  const rare = Object.keys(LEAST).filter((event) => (events.get(event) ?? 0) * 1000 < LEAST[event] * all);
  expect(rare.map((event) => `${event}: ${events.get(event)} of ${all}`)).toEqual([]);
});
