import { describe, expect, test } from 'vitest';
import { type Interval, linearizability } from '../../src/check/linearizability.ts';
import { checkHistory } from '../../src/run/stress/checkHistory.ts';
import { detailedScenarios } from '../../src/trackers/gfnRing/scenarios.ts';

/** A register: the simplest object with histories that are not linearizable. */
type Call = { write: number } | { read: number };
const register = {
  init: 0,
  step: (state: number, call: Call) => ('write' in call ? call.write : call.read === state ? state : undefined),
  key: String,
};
const at = (start: number, end: number, call: Call): Interval<Call> => ({ start, end, call });

describe('a register', () => {
  test('overlapping calls may take effect in either order', () => {
    expect(linearizability(register, [at(0, 3, { write: 1 }), at(1, 2, { read: 0 })], 100)).toBe('ok');
    expect(linearizability(register, [at(0, 3, { write: 1 }), at(1, 2, { read: 1 })], 100)).toBe('ok');
  });

  test('calls that do not overlap may not', () => {
    expect(linearizability(register, [at(0, 1, { write: 1 }), at(2, 3, { read: 0 })], 100)).toBe('illegal');
  });

  test('after a read of a new value, the old one is not read again', () => {
    expect(linearizability(register, [at(0, 9, { write: 1 }), at(1, 2, { read: 1 }), at(3, 4, { read: 0 })], 100)).toBe(
      'illegal',
    );
  });

  test('equal stamps are concurrent', () => {
    expect(linearizability(register, [at(0, 1, { write: 1 }), at(1, 2, { read: 0 })], 100)).toBe('ok');
  });

  test('a check that exceeds its budget is unknown', () => {
    const many = Array.from({ length: 12 }, (_, i) => at(0, 99, { write: i }));
    expect(linearizability(register, [...many, at(100, 101, { read: -1 })], 1000)).toBe('unknown');
  });
});

describe('histories of the ring', () => {
  const { spec } = detailedScenarios.find((builtIn) => builtIn.spec.name === 'ring')!;
  const entry = (offset: bigint) => ({ slot: 0, offset });
  const history = (harvested: readonly { slot: number; offset: bigint }[], second: number) => [
    [
      { operation: 0, start: 0, end: 1, result: 1 },
      { operation: 1, start: 2, end: 3, result: second },
    ],
    [{ operation: 0, start: 4, end: 5, result: harvested }],
    [{ operation: 0, start: 6, end: 7, result: true }],
  ];

  test('correct results are linearizable, wrong ones are not', () => {
    expect(checkHistory(spec, history([entry(0n), entry(1n)], 2))).toBe('ok');
    expect(checkHistory(spec, history([entry(1n), entry(0n)], 2))).toBe('illegal');
    expect(checkHistory(spec, history([entry(0n)], 2))).toBe('illegal');
    expect(checkHistory(spec, history([entry(0n), entry(1n)], 1))).toBe('illegal');
    expect(checkHistory(spec, history([entry(0n), entry(1n)], 2), 1)).toBe('unknown');
  });
});
