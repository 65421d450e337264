import type { Litmus, Step, Value } from './litmus.ts';

/**
 * Parses a litmus test: `x=1; wmb; rel y=1 | acq r0=y; if r0=1; r1=x`. Bars separate threads.
 * Registers are r and a digit. Locks are m (mutex) or s (spinlock) with an optional digit. Cells
 * are other letters. Read-modify-writes: `r0=xchg x 1`, `r0=add x 1`, `r0=cmpxchg x 0 1`.
 */
export function litmus(text: string): Litmus {
  return { threads: text.split('|').map((thread) => thread.split(';').map((step) => stepOf(step.trim()))) };
}

const CELL = '([a-ln-qt-z])';
const REGISTER = '(r\\d)';
const VALUE = '(\\d+|r\\d)';

const FORMS: readonly (readonly [string, (...parts: string[]) => Step])[] = [
  ['(rmb|wmb|mb)', (kind) => ({ kind: kind as 'mb' })],
  ['(lock|unlock) ([ms]\\d?)', (kind, lock) => ({ kind: kind as 'lock', lock })],
  [`if ${REGISTER}=(\\d+)`, (register, is) => ({ kind: 'if', register, is: Number(is) })],
  [`${CELL}=${VALUE}`, (cell, value) => ({ kind: 'store', cell, value: operand(value) })],
  [`rel ${CELL}=${VALUE}`, (cell, value) => ({ kind: 'storeRelease', cell, value: operand(value) })],
  [`${REGISTER}=${CELL}`, (into, cell) => ({ kind: 'load', cell, into })],
  [`acq ${REGISTER}=${CELL}`, (into, cell) => ({ kind: 'loadAcquire', cell, into })],
  [`${REGISTER}=xchg ${CELL} ${VALUE}`, (into, cell, value) => ({ kind: 'xchg', cell, value: operand(value), into })],
  [
    `${REGISTER}=add ${CELL} ${VALUE}`,
    (into, cell, value) => ({ kind: 'fetchAdd', cell, value: operand(value), into }),
  ],
  [
    `${REGISTER}=cmpxchg ${CELL} (\\d+) ${VALUE}`,
    (into, cell, expected, value) => ({
      kind: 'cmpxchg',
      cell,
      expected: Number(expected),
      value: operand(value),
      into,
    }),
  ],
];

const operand = (text: string): Value => (/^\d/.test(text) ? Number(text) : text);

function stepOf(text: string): Step {
  for (const [form, make] of FORMS) {
    const found = new RegExp(`^${form}$`).exec(text);
    if (found !== null) return make(...found.slice(1));
  }
  throw new SyntaxError(`${text} is no step`);
}
