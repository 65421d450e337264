import { describe, expect, test } from 'vitest';
import type { Fairness } from '../../src/prove/endlessProgram.ts';
import type { EndlessSpec } from '../../src/prove/endlessVm.ts';
import { type ProofReport, prove } from '../../src/prove/prove.ts';
import { trackers } from '../../src/trackers/registry.ts';

const OVERFULL = 'a ring never has more entries than its size';

const machine: Omit<EndlessSpec, 'markedPage'> = {
  vcpus: 1,
  pages: 1,
  size: 2,
  leeway: 0,
  resetters: 0,
  hostile: 'nothing',
  signal: false,
};

const proveSmall = (tracker: string, of: Partial<EndlessSpec> = {}, fairness: Fairness = 'strong'): ProofReport =>
  prove(trackers[tracker], { ...machine, ...of }, fairness, { seconds: 50, bytes: 2 ** 30 });

const propertyOf = ({ outcome, finding }: ProofReport): string => `${outcome}: ${finding?.property}`;

describe('right trackers are proved', () => {
  test.each([
    ['gfn-ring', { pages: 2 }],
    ['gfn-ring', { resetters: 1 }],
    ['dirty-bitmap', { pages: 2 }],
    ['dirty-ring@repaired', { leeway: 1, resetters: 1 }],
    ['dirty-ring@repaired', { leeway: 1, signal: true }],
  ] as const)('%s %j', (tracker, of) => {
    const report = proveSmall(tracker, of);
    expect([report.why, propertyOf(report)]).toEqual([undefined, 'proved: undefined']);
    expect(report.states).toBeGreaterThan(100);
    expect(report.properties.length).toBeGreaterThan(1);
  });

  // A minute on a busy machine.
  test.skipIf(process.env.GFNRING_LONG === undefined)(
    'against hostile userspace (GFNRING_LONG)',
    () => {
      for (const [tracker, leeway] of [
        ['gfn-ring', 0],
        ['dirty-ring@repaired', 1],
      ] as const)
        expect(proveSmall(tracker, { leeway, hostile: 'indices' }).outcome).toBe('proved');
    },
    120_000,
  );

  test('the number of states is known, and shifted indices are one state', () => {
    const { states, assumptions } = proveSmall('gfn-ring', { pages: 2 });
    expect(states).toBe(104_818);
    expect(assumptions.at(-1)).toMatch(
      /^indices that are a multiple .* seen for \d+ logs of operations, with 6 shifts/,
    );
  });
});

describe('the defects of Linux 6.17 are found without a scenario', () => {
  test('B21: a reset goes beyond what was pushed', () => {
    expect(propertyOf(proveSmall('dirty-ring@6.17', { leeway: 1 }))).toBe(`violated: ${OVERFULL}`);
  });

  test('B19: a signal ends a reset, and the batch is not re-armed', () => {
    const report = proveSmall('dirty-ring@6.17', { leeway: 1, signal: true, ignore: [OVERFULL] });
    expect(propertyOf(report)).toBe('violated: a page that can be written unrecorded is recorded');
    expect(report.finding!.cycle).toBe(0);
  });

  test('B20: stale translations are flushed after slots_lock is given back', () => {
    const report = proveSmall('dirty-ring@6.17', { leeway: 1, resetters: 1, ignore: [OVERFULL] });
    expect(propertyOf(report)).toBe('violated: each write is copied');
    const { trace, cycle, program } = report.finding!;
    expect(cycle).toBeGreaterThan(0);
    expect(trace.length).toBeGreaterThan(cycle);
    // The flush comes after userspace has copied the page.
    const at = (name: string, thread: number): number =>
      trace.findLastIndex((step) => step.thread === thread && program.layout.places[step.code >>> 8].name === name);
    expect(at('page0.translations', 2)).toBeGreaterThan(at('copy of 0:0', 1));
  });
});

test('under weak fairness alone, a reset may wait for its lock forever', () => {
  const report = proveSmall('gfn-ring', { resetters: 1 }, 'weak');
  expect(report.outcome).toBe('violated');
  expect(report.finding!.cycle).toBeGreaterThan(0);
});

test('too little time is no proof', () => {
  const report = prove(trackers['gfn-ring'], { ...machine, pages: 2, resetters: 1 }, 'strong', {
    seconds: 0.01,
    bytes: 2 ** 30,
  });
  expect([report.outcome, report.why]).toEqual(['limit', expect.stringMatching(/^the time/)]);
  expect(report.properties).toEqual([]);
});

test('an endless machine of a tracker that cannot have one is refused', () => {
  expect(() => proveSmall('gfn-list')).toThrow('gfn-list is drained while the machine is paused');
  expect(() => proveSmall('dirty-bitmap', { resetters: 1 })).toThrow('no ioctl that only resets');
  expect(() => proveSmall('dirty-bitmap', { hostile: 'indices' })).toThrow('dirty-bitmap maps no memory');
  expect(() => proveSmall('gfn-ring', { ignore: ['no such'] })).toThrow('--ignore no such: there is no such property');
});
