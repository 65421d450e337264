import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Agreement, compareList, noAgreement } from '../../src/conformance/compare.ts';
import { generateLists } from '../../src/conformance/generate.ts';
import { modelReference } from '../../src/conformance/modelReference.ts';
import type { ConformanceOperation } from '../../src/conformance/operations.ts';
import { EXIT_DIRTY_RING_FULL, EXIT_HLT, type Reference } from '../../src/conformance/reference.ts';
import { ringReference } from '../../src/conformance/ringReference.ts';
import { versionForRelease } from '../../src/conformance/versionOf.ts';

const lists = generateLists(fc, 3, 60);

function between(a: Reference, b: Reference): Agreement {
  const agreement = noAgreement(b.name);
  for (const [i, list] of lists.entries()) compareList(agreement, i, list, a.run(list), b.run(list));
  return agreement;
}

test.each([
  ['6.1', false],
  ['6.12', true],
] as const)('the model and our ring of %s agree on lists of operations', (version, asksOnPush) => {
  const { disagreements, states, returns, traceRecords } = between(modelReference(asksOnPush), ringReference(version));
  expect(disagreements).toEqual([]);
  expect(states.compared).toBe(lists.flat().length);
  expect(returns.compared).toBeLessThan(states.compared); // of setting up our ring knows nothing
  expect(traceRecords.compared).toBeGreaterThan(5000);
});

test.each([
  ['6.1 checks for a soft-full ring before each entry', '6.1', true],
  ['6.12 checks only after a push', '6.12', false],
  ['5.11 takes an offset whose sum wraps for one in the slot', '5.11', false],
] as const)('a model of another version disagrees: %s', (_, version, asksOnPush) => {
  expect(between(modelReference(asksOnPush), ringReference(version)).disagreements.length).toBeGreaterThan(0);
});

/** Enables a ring of 256 entries, with slots of 256 and 64 pages. */
const performed = (operations: readonly ConformanceOperation[], asksOnPush = false) =>
  modelReference(asksOnPush)
    .run([
      { do: 'enable', cap: 'ring', bytes: 4096 },
      { do: 'slot', slot: 1, gfn: 256, pages: 256 },
      { do: 'slot', slot: 2, gfn: 1024, pages: 64 },
      { do: 'vcpus' },
      ...operations,
    ])
    .slice(4);
const write = (first: number, count: number): ConformanceOperation => ({
  do: 'write',
  vcpu: 0,
  slot: 1,
  first,
  count,
  step: 1,
});
const harvest: ConformanceOperation = { do: 'harvest', vcpu: 0, max: 1000 };
const reset: ConformanceOperation = { do: 'reset' };

test('a vCPU stops at 192 of 256 entries, before it writes to the page that it pushed last, and continues after a reset', () => {
  const [stopped, still, , taken, on] = performed([
    write(0, 256),
    { do: 'run', vcpu: 0 },
    harvest,
    reset,
    { do: 'run', vcpu: 0 },
  ]);
  expect([stopped.returned, stopped.left]).toEqual([EXIT_DIRTY_RING_FULL, 65]);
  expect(still.trace).toEqual([{ event: 'exit', vcpu: 0 }]);
  expect(taken.returned).toBe(192);
  expect([on.returned, on.left]).toEqual([EXIT_HLT, 0]);
  expect(on.trace[0]).toEqual({ event: 'push', ring: 0, dirty: 193, reset: 192, slot: 1, offset: 191n });
  expect(on.trace).toHaveLength(65);
});

test('three entries flagged that were never pushed: reset takes them; before 6.2 no vCPU runs after it, from then on one push is left', () => {
  const forged: ConformanceOperation = { do: 'poke', vcpu: 0, first: 0, count: 3, word: 'flags', value: 2n };
  const returned = (asksOnPush: boolean) =>
    performed([forged, reset, write(0, 2)], asksOnPush).map(({ returned, left }) => [returned, left]);
  expect(returned(false)).toEqual([
    [0, 0],
    [3, 0],
    [EXIT_DIRTY_RING_FULL, 2],
  ]);
  expect(returned(true)).toEqual([
    [0, 0],
    [3, 0],
    [EXIT_DIRTY_RING_FULL, 2],
  ]);
  expect(
    performed([forged, reset, write(0, 2)], true)
      .at(-1)!
      .trace.map(({ event }) => event),
  ).toEqual(['push', 'exit']);
});

test('the version that a kernel is compared with', () => {
  const releases = [
    '6.1.0-56-cloud-amd64',
    '6.12.117+deb12-cloud-amd64',
    '6.16.1',
    '6.17.0-rc1',
    '7.2',
    '5.15.0-1',
    '5.10.0-30-amd64',
  ];
  expect(releases.map(versionForRelease)).toEqual(['6.1', '6.12', '6.12', '6.17', '6.17', '5.11', undefined]);
});
