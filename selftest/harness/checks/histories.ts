import { type Interval, linearizability } from '#dist/check/linearizability.js';
import { checkHistory } from '#dist/run/stress/checkHistory.js';
import { detailedScenarios } from '#dist/trackers/gfnRing/scenarios.js';
import { equal } from '../selfCheck.ts';

/** A register: the smallest object with wrong histories. */
export function histories(): void {
  type Call = { readonly write: number } | { readonly read: number };
  const register = {
    init: 0,
    step: (state: number, call: Call) => ('write' in call ? call.write : call.read === state ? state : undefined),
    key: String,
  };
  const at = (start: number, end: number, call: Call): Interval<Call> => ({ start, end, call });
  for (const [what, known, history] of [
    ['a read during a write, of the old', 'ok', [at(0, 3, { write: 1 }), at(1, 2, { read: 0 })]],
    ['a read during a write, of the new', 'ok', [at(0, 3, { write: 1 }), at(1, 2, { read: 1 })]],
    ['a read when a write ends', 'ok', [at(0, 1, { write: 1 }), at(1, 2, { read: 0 })]],
    ['a read after a write, of the old', 'illegal', [at(0, 1, { write: 1 }), at(2, 3, { read: 0 })]],
    ['a read of what nobody wrote', 'illegal', [at(0, 9, { write: 1 }), at(1, 2, { read: 2 })]],
    ['old after new', 'illegal', [at(0, 9, { write: 1 }), at(1, 2, { read: 1 }), at(3, 4, { read: 0 })]],
    [
      'two writes, seen in two orders',
      'illegal',
      [1, 2, 1]
        .map((read, i) => at(10 + 2 * i, 11 + 2 * i, { read }))
        .concat([at(0, 9, { write: 1 }), at(0, 9, { write: 2 })]),
    ],
  ] as const)
    equal(what, linearizability(register, history, 1000), known);
  const many = Array.from({ length: 12 }, (_, i) => at(0, 99, { write: i }));
  equal('too many', linearizability(register, [...many, at(100, 101, { read: -1 })], 1000), 'unknown');
  const { spec } = detailedScenarios.find((builtIn) => builtIn.spec.name === 'ring')!;
  const ring = (offsets: readonly bigint[], second: number, max = 10_000): string =>
    checkHistory(
      spec,
      [
        [
          { operation: 0, start: 0, end: 1, result: 1 },
          { operation: 1, start: 2, end: 3, result: second },
        ],
        [{ operation: 0, start: 4, end: 5, result: offsets.map((offset) => ({ slot: 0, offset })) }],
        [{ operation: 0, start: 6, end: 7, result: true }],
      ],
      max,
    );
  equal(
    'histories of the ring',
    [ring([0n, 1n], 2), ring([1n, 0n], 2), ring([0n], 2), ring([0n, 1n], 1), ring([0n, 1n], 2, 1)],
    ['ok', 'illegal', 'illegal', 'illegal', 'unknown'],
  );
}
