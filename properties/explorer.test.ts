import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ProgramArbitrary } from './arbitraries/program.ts';
import { crossCheck, inWorkItems, searches } from './crossCheck.ts';

/** Number of drawn programs that showed each event. */
const events = new Map<string, number>();

// The seed is fixed so that a failure in CI can be reproduced. For another seed: GFNRING_SEED=… npx
// vitest run properties
const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 125);

/** Programs, the maximum of their interleavings without locks and waiting, and their share. */
test.each([
  ['programs of any kind', new ProgramArbitrary(500), 1],
  ['longer programs of any kind', new ProgramArbitrary(6000), 1 / 40],
  ['overlapping cells', new ProgramArbitrary(300, 'widths'), 1 / 2],
  ['locks', new ProgramArbitrary(4000, 'locks'), 1 / 2],
  ['spin loops', new ProgramArbitrary(250, 'spins'), 1 / 8],
  ['choices', new ProgramArbitrary(1000, 'choices'), 1 / 2],
  ['wait queues and wide updates', new ProgramArbitrary(500, 'queues'), 1],
] as const)('the searches agree on %s', (_, drawn, share) =>
  fc.assert(
    fc.property(drawn, (program) => {
      expect(crossCheck(program, events)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs * share), seed },
  ),
);

const asWorkItems = { ...searches, optimal: inWorkItems };
test.each([
  ['programs of any kind', new ProgramArbitrary(300)],
  ['overlapping cells', new ProgramArbitrary(300, 'widths')],
  ['choices', new ProgramArbitrary(1000, 'choices')],
  ['wait queues and wide updates', new ProgramArbitrary(500, 'queues')],
] as const)('the searches agree on %s, divided into work items', (_, drawn) =>
  fc.assert(
    fc.property(drawn, (program) => {
      expect(crossCheck(program, new Map(), asWorkItems)).toEqual([]);
    }),
    { numRuns: Math.ceil(programs / 4), seed },
  ),
);

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
