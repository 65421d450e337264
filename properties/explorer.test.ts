import { test } from '@fast-check/vitest';
import { afterAll, expect } from 'vitest';
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
test.prop([new ProgramArbitrary(500)], { numRuns: programs, seed })(
  'the searches agree on programs of any kind',
  (program) => {
    expect(crossCheck(program, events)).toEqual([]);
  },
);

test.prop([new ProgramArbitrary(6000)], { numRuns: Math.ceil(programs / 40), seed })(
  'the searches agree on longer programs of any kind',
  (program) => {
    expect(crossCheck(program, events)).toEqual([]);
  },
);

test.prop([new ProgramArbitrary(300, 'widths')], { numRuns: Math.ceil(programs / 2), seed })(
  'the searches agree on overlapping cells',
  (program) => {
    expect(crossCheck(program, events)).toEqual([]);
  },
);

test.prop([new ProgramArbitrary(4000, 'locks')], { numRuns: Math.ceil(programs / 2), seed })(
  'the searches agree on locks',
  (program) => {
    expect(crossCheck(program, events)).toEqual([]);
  },
);

test.prop([new ProgramArbitrary(250, 'spins')], { numRuns: Math.ceil(programs / 8), seed })(
  'the searches agree on spin loops',
  (program) => {
    expect(crossCheck(program, events)).toEqual([]);
  },
);

const asWorkItems = { ...searches, optimal: inWorkItems };
test.prop([new ProgramArbitrary(300)], { numRuns: Math.ceil(programs / 4), seed })(
  'the searches agree on programs of any kind, divided into work items',
  (program) => {
    expect(crossCheck(program, new Map(), asWorkItems)).toEqual([]);
  },
);

test.prop([new ProgramArbitrary(300, 'widths')], { numRuns: Math.ceil(programs / 4), seed })(
  'the searches agree on overlapping cells, divided into work items',
  (program) => {
    expect(crossCheck(program, new Map(), asWorkItems)).toEqual([]);
  },
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
