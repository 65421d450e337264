import { expect, test } from 'vitest';
import { type Agreement, compareList, noAgreement } from '../../src/conformance/compare.ts';
import { modelReference } from '../../src/conformance/modelReference.ts';
import type { ConformanceOperation } from '../../src/conformance/operations.ts';
import type { Observation } from '../../src/conformance/reference.ts';
import { ringReference } from '../../src/conformance/ringReference.ts';

const list: readonly ConformanceOperation[] = [
  { do: 'enable', cap: 'ring', bytes: 4096 },
  { do: 'slot', slot: 1, gfn: 256, pages: 256 },
  { do: 'slot', slot: 2, gfn: 1024, pages: 64 },
  { do: 'vcpus' },
  { do: 'write', vcpu: 0, slot: 1, first: 10, count: 3, step: 1 },
  { do: 'harvest', vcpu: 0, max: 2 },
  { do: 'reset' },
];
const WRITE = 4;
const RESET = 6;
const model = modelReference(false);
const kernel = model.run(list);

function compared(reference: readonly Observation[]): Agreement {
  const agreement = noAgreement('reference');
  compareList(agreement, 17, list, kernel, reference);
  return agreement;
}
const altered = (operation: number, change: (seen: Observation) => Partial<Observation>) =>
  compared(kernel.map((seen, i) => (i === operation ? { ...seen, ...change(seen) } : seen)));
const where = { list: 17, operation: WRITE, line: 'write 0 1 10 3 1' };

test('equal observations agree, and are counted', () => {
  const { returns, states, traceRecords, disagreements } = compared(model.run(list));
  expect([returns, states]).toEqual([
    { compared: 7, equal: 7 },
    { compared: 7, equal: 7 },
  ]);
  expect(traceRecords).toEqual({ compared: 5, equal: 5 });
  expect(disagreements).toEqual([]);
});

test('a value that a reference does not predict is not compared', () => {
  const { returns, states } = compared(ringReference('6.1').run(list));
  expect([returns, states]).toEqual([
    { compared: 3, equal: 3 },
    { compared: 7, equal: 7 },
  ]);
});

test.each([
  ['return', { returned: 31 }, '5', '31'],
  ['return', { left: 2 }, '5', '5, 2 pages left'],
] as const)('another %s is reported: %o', (about, change, said, other) => {
  const { returns, states, disagreements } = altered(WRITE, () => change);
  expect([returns.equal, states.equal]).toEqual([6, 7]);
  expect(disagreements).toEqual([{ ...where, about, kernel: said, reference: other }]);
});

test.each([
  ['flags', 3],
  ['slot', 2],
  ['offset', 2n ** 63n],
] as const)('one other %s in one entry is reported', (word, value) => {
  const { states, disagreements } = altered(WRITE, ({ rings: [first, second] }) => ({
    rings: [first.map((entry, i) => (i === 1 ? { ...entry, [word]: value } : entry)), second],
  }));
  const entry = { flags: 1, slot: 1, offset: 11n };
  const text = (e: object) =>
    `ring 0[1] = ${Object.entries(e)
      .map(([name, its]) => `${name} ${its}`)
      .join(', ')}`;
  expect(states).toEqual({ compared: 7, equal: 6 });
  expect(disagreements).toEqual([
    { ...where, about: 'state', kernel: text(entry), reference: text({ ...entry, [word]: value }) },
  ]);
});

test('rings of another size, or none, are reported', () => {
  expect(altered(WRITE, () => ({ rings: [] })).disagreements).toMatchObject([
    { kernel: '2 rings', reference: '0 rings' },
  ]);
  const shorter = altered(WRITE, ({ rings: [first, second] }) => ({ rings: [first, second.slice(1)] }));
  expect(shorter.disagreements).toMatchObject([
    { about: 'state', kernel: 'ring 1 of 256', reference: 'ring 1 of 255' },
  ]);
});

test('a missing, additional or different trace record is reported, and each position is counted', () => {
  const missing = altered(WRITE, ({ trace }) => ({ trace: trace.slice(0, 2) }));
  expect(missing.traceRecords).toEqual({ compared: 5, equal: 4 });
  expect(missing.disagreements).toEqual([
    { ...where, about: 'trace', kernel: 'push ring 0 dirty 3 reset 0 slot 1 offset 12', reference: 'no record' },
  ]);
  const more = altered(RESET, ({ trace }) => ({ trace: [...trace, { event: 'exit', vcpu: 1 }] }));
  expect(more.traceRecords).toEqual({ compared: 6, equal: 5 });
  expect(more.disagreements).toMatchObject([{ kernel: 'no record', reference: 'exit of vcpu 1' }]);
  const other = altered(RESET, ({ trace: [first, second] }) => ({ trace: [{ ...first, reset: 3 }, second] }));
  expect(other.traceRecords).toEqual({ compared: 5, equal: 4 });
  expect(other.disagreements).toMatchObject([
    { kernel: 'reset ring 0 dirty 3 reset 2', reference: 'reset ring 0 dirty 3 reset 3' },
  ]);
});

test('different numbers of observations are an error', () => {
  expect(() => compared(kernel.slice(1))).toThrow('list 17 has 7 operations, the kernel says 7, reference 6');
});
