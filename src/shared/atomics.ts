import type { Cell, Cell64 } from '../memory/cell.ts';
import type { Memory, WaitResult } from '../memory/memory.ts';
import { memoryOf } from './access.ts';
import { activity } from './activity.ts';
import { TRIAL_OVER } from './buffer.ts';
import type { ElementType } from './elements.ts';
import { real } from './real.ts';
import { toInteger } from './toInteger.ts';
import { type ViewState, viewStateOf } from './viewState.ts';

/** An element that an atomic access is to. */
interface Element {
  readonly mem: Memory;
  readonly cell: Cell | Cell64;
  readonly type: ElementType;
}

type Update = (mem: Memory, cell: never, bits: never) => number | bigint;

/** Atomics are sequentially consistent. */
const updates: Readonly<Record<string, readonly [narrow: Update, wide: Update]>> = {
  add: [
    (mem, cell, bits) => mem.fetchAdd(cell, bits, 'seq_cst'),
    (mem, cell, bits) => mem.fetchAdd64(cell, bits, 'seq_cst'),
  ],
  sub: [
    (mem, cell, bits) => mem.fetchSub(cell, bits, 'seq_cst'),
    (mem, cell, bits) => mem.fetchSub64(cell, bits, 'seq_cst'),
  ],
  and: [
    (mem, cell, bits) => mem.fetchAnd(cell, bits, 'seq_cst'),
    (mem, cell, bits) => mem.fetchAnd64(cell, bits, 'seq_cst'),
  ],
  or: [
    (mem, cell, bits) => mem.fetchOr(cell, bits, 'seq_cst'),
    (mem, cell, bits) => mem.fetchOr64(cell, bits, 'seq_cst'),
  ],
  xor: [
    (mem, cell, bits) => mem.fetchXor(cell, bits, 'seq_cst'),
    (mem, cell, bits) => mem.fetchXor64(cell, bits, 'seq_cst'),
  ],
  exchange: [
    (mem, cell, bits) => mem.xchg(cell, bits, 'seq_cst'),
    (mem, cell, bits) => mem.xchg64(cell, bits, 'seq_cst'),
  ],
};

function elementOf({ buffer, type, byteOffset, length }: ViewState, index: unknown, name: string): Element {
  if (!type.isAtomic) throw new TypeError(`Atomics.${name}: [object Array] is not an integer typed array.`);
  const at = toInteger(index);
  if (at < 0 || at >= length) throw new RangeError('Invalid atomic access index');
  return { mem: memoryOf(buffer), cell: buffer.cell(byteOffset + at * type.bytes, type.bytes), type };
}

const methods: Record<string, (state: ViewState, index: unknown, ...rest: never[]) => unknown> = {
  load(state, index) {
    const { mem, cell, type } = elementOf(state, index, 'load');
    return type.decode(cell.kind === 'cell64' ? mem.load64(cell, 'seq_cst') : mem.load(cell, 'seq_cst'));
  },
  store(state, index, value) {
    const { mem, cell, type } = elementOf(state, index, 'store');
    const whole = toWhole(value, type);
    const bits = type.encode(whole);
    if (cell.kind === 'cell64') mem.store64(cell, bits as bigint, 'seq_cst');
    else mem.store(cell, bits as number, 'seq_cst');
    return whole;
  },
  compareExchange(state, index, expected, replacement) {
    const { mem, cell, type } = elementOf(state, index, 'compareExchange');
    const [from, to] = [type.encode(toWhole(expected, type)), type.encode(toWhole(replacement, type))];
    if (cell.kind === 'cell64') return type.decode(mem.cmpxchg64(cell, from as bigint, to as bigint, 'seq_cst'));
    return type.decode(mem.cmpxchg(cell, from as number, to as number, 'seq_cst'));
  },
  wait(state, index, value, timeout) {
    const { mem, cell, type } = waitable(state, index, 'wait');
    const expected = toExpected(value, type);
    const ms = toTimeout(timeout, state);
    if (ms === 0) return valueOfCell(mem, cell, type) === expected ? 'timed-out' : 'not-equal';
    if (activity()?.kind !== 'operation') return waitOnTrial(mem, cell, type, expected, ms);
    const how: WaitResult = mem.wait(cell as Cell, expected as number, ms);
    if (how === 'timed-out') activity()!.loop?.elapse(ms);
    return how;
  },
  waitAsync(state, index, value, timeout) {
    const { mem, cell, type } = waitable(state, index, 'waitAsync');
    const expected = toExpected(value, type);
    const ms = toTimeout(timeout, state);
    if (ms === 0) {
      const isEqual = valueOfCell(mem, cell, type) === expected;
      return { async: false, value: isEqual ? 'timed-out' : 'not-equal' };
    }
    const now = activity();
    if (now?.kind !== 'operation') return { async: false, value: waitOnTrial(mem, cell, type, expected, ms) };
    return now.loop!.waitAsync(mem, cell, expected, ms);
  },
  notify(state, index, count) {
    const { mem, cell } = waitable(state, index, 'notify');
    const most = count === undefined ? Infinity : Math.max(0, toInteger(count));
    return activity()?.kind === 'operation' ? mem.wake(cell, most) : 0;
  },
};
for (const [name, [narrow, wide]] of Object.entries(updates))
  methods[name] = (state, index, value) => {
    const { mem, cell, type } = elementOf(state, index, name);
    const bits = type.encode(toWhole(value, type)) as never;
    return type.decode((cell.kind === 'cell64' ? wide : narrow)(mem, cell as never, bits));
  };

function waitable(state: ViewState, index: unknown, name: string): Element {
  const { name: type } = state.type;
  if (type !== 'Int32Array' && type !== 'BigInt64Array')
    throw new TypeError(`Atomics.${name}: [object Array] is not an int32 or BigInt64 typed array.`);
  return elementOf(state, index, name);
}

/** A setup or a trial has one thread: nobody would wake it. */
function waitOnTrial(mem: Memory, cell: Cell | Cell64, type: ElementType, expected: unknown, ms: number): WaitResult {
  if (valueOfCell(mem, cell, type) !== expected) return 'not-equal';
  if (ms < Infinity) return 'timed-out';
  if (activity()?.kind === 'trial') throw TRIAL_OVER;
  throw new TypeError('Atomics.wait cannot be called in a setup or a property: nobody would wake it');
}

const valueOfCell = (mem: Memory, cell: Cell | Cell64, type: ElementType): number | bigint =>
  type.decode(cell.kind === 'cell64' ? mem.load64(cell, 'seq_cst') : mem.load(cell, 'seq_cst'));

/** ToIntegerOrInfinity, or ToBigInt, of ECMA-262. */
function toWhole(value: unknown, { big }: ElementType): number | bigint {
  if (big) return toBigInt(value);
  return toInteger(value);
}

/** Converts as an element of a BigInt array does: a number throws. */
function toBigInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' || value === undefined || value === null || typeof value === 'symbol')
    throw new TypeError(`Cannot convert ${String(value)} to a BigInt`);
  return BigInt(value as string);
}

function toExpected(value: unknown, { big }: ElementType): number | bigint {
  return big ? BigInt.asIntN(64, toBigInt(value)) : +(value as number) | 0;
}

function toTimeout(timeout: unknown, { buffer }: ViewState): number {
  const ms = timeout === undefined ? Infinity : +(timeout as number);
  return Number.isNaN(ms) || (ms > 0 && !buffer.rules.timeouts) ? Infinity : Math.max(0, ms);
}

/** `Atomics`, which also works on stand-ins. */
export const standInAtomics: object = Object.create(Object.prototype, {
  [Symbol.toStringTag]: { value: 'Atomics', configurable: true },
});

type AtomicsFunction = (view: unknown, ...rest: unknown[]) => unknown;

for (const name of Object.getOwnPropertyNames(real.Atomics)) {
  const original = (real.Atomics as unknown as Record<string, AtomicsFunction>)[name];
  const method = methods[name] as AtomicsFunction | undefined;
  const value: AtomicsFunction = (view, ...rest) => {
    const state = viewStateOf(view);
    if (state !== undefined && method !== undefined) return method(state, ...rest);
    return original(view, ...rest);
  };
  Object.defineProperty(value, 'name', { value: name });
  Object.defineProperty(standInAtomics, name, { value, writable: true, configurable: true });
}
