import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ProgramArbitrary } from './arbitraries/program.ts';
import { crossCheck, inWorkItems, searches } from './crossCheck.ts';

/** Number of drawn programs that showed each event. */
const events = new Map<string, number>();

// The seed is fixed so that a failure in CI can be reproduced. For another seed: GFNRING_SEED=… npx
// vitest run properties
const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 250);

// Each test has a maximum number of interleavings, estimated without locks and waiting, and a share
// of the number of programs.
test('the searches agree on programs of any kind', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(500), (program) => {
      expect(crossCheck(program, events)).toEqual([]);
    }),
    { numRuns: programs, seed },
  ));

test('the searches agree on longer programs of any kind', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(6000), (program) => {
      expect(crossCheck(program, events)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 40), seed },
  ));

test('the searches agree on overlapping cells', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(300, 'widths'), (program) => {
      expect(crossCheck(program, events)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 2), seed },
  ));

test('the searches agree on locks', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(4000, 'locks'), (program) => {
      expect(crossCheck(program, events)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 2), seed },
  ));

test('the searches agree on spin loops', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(250, 'spins'), (program) => {
      expect(crossCheck(program, events)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 8), seed },
  ));

const asWorkItems = { ...searches, optimal: inWorkItems };
test('the searches agree on programs of any kind, divided into work items', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(300), (program) => {
      expect(crossCheck(program, new Map(), asWorkItems)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 4), seed },
  ));

test('the searches agree on overlapping cells, divided into work items', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(300, 'widths'), (program) => {
      expect(crossCheck(program, new Map(), asWorkItems)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 4), seed },
  ));

/**
 * Minimum number of programs, of a thousand, that must show each event. Each event is one that a
 * search could get wrong.
 */
const MINIMUM: Readonly<Record<string, number>> = {
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
  // Not checked if only some of the tests ran.
  if (all < 2 * programs) return;
  const rare = Object.keys(MINIMUM).filter((event) => (events.get(event) ?? 0) * 1000 < MINIMUM[event] * all);
  expect(rare.map((event) => `${event}: ${events.get(event)} of ${all}`)).toEqual([]);
});
