import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateLists } from '../../src/conformance/generate.ts';
import { modelReference } from '../../src/conformance/modelReference.ts';
import { type ConformanceOperation, formatOperation } from '../../src/conformance/operations.ts';

const lists = generateLists(fc, 1, 200);
const textOf = (drawn: readonly (readonly ConformanceOperation[])[]): string[] =>
  drawn.map((list) => list.map(formatOperation).join('\n'));

test('a list depends on its seed and number alone', () => {
  expect(textOf(generateLists(fc, 1, 200))).toEqual(textOf(lists));
  expect(textOf(generateLists(fc, 1, 7))).toEqual(textOf(lists.slice(0, 7)));
  expect(textOf(generateLists(fc, 2, 200))).not.toEqual(textOf(lists));
});

test('a guest writes to existing pages', () => {
  for (const list of lists) {
    const pages = new Map(list.flatMap((op) => (op.do === 'slot' ? [[op.slot, op.pages] as const] : [])));
    for (const op of list) {
      if (op.do !== 'write') continue;
      for (const page of [op.first, op.first + (op.count - 1) * op.step])
        expect([formatOperation(op), page >= 0 && page < pages.get(op.slot)!]).toEqual([formatOperation(op), true]);
      expect(op.count).toBeGreaterThan(0);
    }
  }
});

test('vCPUs are created once, after a ring was enabled, and before they are used', () => {
  for (const list of lists) {
    const at = list.findIndex((op) => op.do === 'vcpus');
    expect(list.filter((op) => op.do === 'vcpus')).toHaveLength(1);
    expect(list.slice(0, at).some((op) => op.do === 'enable')).toBe(true);
    expect(list.slice(0, at).every((op) => !('vcpu' in op))).toBe(true);
  }
});

test('all that can happen does: refusals, full rings, the end of a ring passed, resets that overtake, honest and hostile userspace', () => {
  const seen = new Set<string>();
  for (const list of lists) {
    seen.add(list.some((op) => op.do === 'poke') ? 'hostile' : 'honest');
    for (const [i, { returned, trace, rings }] of modelReference(false).run(list).entries()) {
      const { do: name } = list[i];
      seen.add(returned! < 0 ? `${name} ${returned}` : name);
      if (name === 'reset' && returned! > 64) seen.add('many reset');
      for (const record of trace) {
        seen.add(record.event);
        if (record.event === 'push' && record.dirty > rings[0].length) seen.add('end of a ring passed');
        if (record.event === 'reset' && record.reset > record.dirty) seen.add('overtaken');
      }
    }
  }
  expect([...seen].sort()).toEqual(
    [
      'enable', 'enable -22', 'enable -7', 'end of a ring passed', 'exit', 'get-log -2', 'get-log -6', 'harvest', 'honest',
      'hostile', 'many reset', 'map', 'map -22', 'overtaken', 'poke', 'push', 'reset', 'reset -22', 'run', 'slot', 'vcpus', 'write',
    ].sort(),
  ); // biome-ignore format: a table
});
