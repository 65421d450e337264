import type { FenceOrder, RmwOrder } from '../../src/memory/kinds.ts';
import type { Litmus, Step, Value } from './litmus.ts';

/**
 * Parses a litmus test: `x=1; wmb; rel y=1 | acq r0=y; if r0=1; r1=x`. Bars separate threads.
 * Registers are r and a digit. Locks are m (mutex) or s (spinlock) with an optional digit. Cells
 * are other letters. Read-modify-writes: `r0=xchg x 1`, `r0=add x 1`, `r0=cmpxchg x 0 1`, with an
 * order: `r0=add.acq_rel x 1`. seq_cst accesses: `sc x=1`, `sc r0=x`. Fences of C11: `fence
 * acquire`.
 */
export function litmus(text: string): Litmus {
  return { threads: text.split('|').map((thread) => thread.split(';').map((step) => stepOf(step.trim()))) };
}

const CELL = '([a-ln-qt-z])';
const REGISTER = '(r\\d)';
const VALUE = '(\\d+|r\\d)';
const ORDER = '(?:\\.(relaxed|acquire|release|acq_rel|seq_cst))?';

const FORMS: readonly (readonly [string, (...parts: string[]) => Step])[] = [
  ['fence (acquire|release|acq_rel)', (order) => ({ kind: 'fence', order: order as FenceOrder })],
  ['(rmb|wmb|mb)', (kind) => ({ kind: kind as 'mb' })],
  ['(lock|unlock) ([ms]\\d?)', (kind, lock) => ({ kind: kind as 'lock', lock })],
  [`if ${REGISTER}=(\\d+)`, (register, is) => ({ kind: 'if', register, is: Number(is) })],
  [`${CELL}=${VALUE}`, (cell, value) => ({ kind: 'store', cell, value: operand(value) })],
  [`rel ${CELL}=${VALUE}`, (cell, value) => ({ kind: 'storeRelease', cell, value: operand(value) })],
  [`${REGISTER}=${CELL}`, (into, cell) => ({ kind: 'load', cell, into })],
  [`sc ${CELL}=${VALUE}`, (cell, value) => ({ kind: 'storeSeqCst', cell, value: operand(value) })],
  [`sc ${REGISTER}=${CELL}`, (into, cell) => ({ kind: 'loadSeqCst', cell, into })],
  [`acq ${REGISTER}=${CELL}`, (into, cell) => ({ kind: 'loadAcquire', cell, into })],
  [
    `${REGISTER}=xchg${ORDER} ${CELL} ${VALUE}`,
    (into, order, cell, value) => ({ kind: 'xchg', cell, value: operand(value), into, order: orderOf(order) }),
  ],
  [
    `${REGISTER}=add${ORDER} ${CELL} ${VALUE}`,
    (into, order, cell, value) => ({ kind: 'fetchAdd', cell, value: operand(value), into, order: orderOf(order) }),
  ],
  [
    `${REGISTER}=cmpxchg${ORDER} ${CELL} (\\d+) ${VALUE}`,
    (into, order, cell, expected, value) => ({
      kind: 'cmpxchg',
      cell,
      expected: Number(expected),
      value: operand(value),
      into,
      order: orderOf(order),
    }),
  ],
];

const orderOf = (text: string | undefined): RmwOrder => (text ?? 'full') as RmwOrder;

const operand = (text: string): Value => (/^\d/.test(text) ? Number(text) : text);

function stepOf(text: string): Step {
  for (const [form, make] of FORMS) {
    const found = new RegExp(`^${form}$`).exec(text);
    if (found !== null) return make(...found.slice(1));
  }
  throw new SyntaxError(`${text} is no step`);
}
