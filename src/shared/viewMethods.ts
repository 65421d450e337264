import { loadElement, storeElement } from './access.ts';
import { elementTypes } from './elements.ts';
import { type AnyTypedArray, real } from './real.ts';
import { toInteger, toRelative } from './toInteger.ts';
import { STATE, type ViewState, viewStateOf } from './viewState.ts';

/** A stand-in, as its methods see themselves. */
interface View extends ArrayLike<number | bigint>, Iterable<number | bigint> {
  readonly [STATE]: ViewState;
  [index: number]: number | bigint;
}

type Compare = (a: unknown, b: unknown) => number;

/** The elements as a real array that is not shared: what ECMA-262 makes of a copy. */
const copyOf = (view: View): AnyTypedArray => new real.arrays[view[STATE].type.name](elementsOf(view));

/** The elements, each of them loaded once. */
const elementsOf = (view: View): (number | bigint)[] => Array.from({ length: view.length }, (_, i) => view[i]);

/** Methods that every array-like object can have: they load and store element by element. */
const generic: Record<string, unknown> = {};
for (const name of [
  ...['at', 'entries', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex', 'forEach', 'includes', 'indexOf'],
  ...['join', 'keys', 'lastIndexOf', 'reduce', 'reduceRight', 'reverse', 'some', 'values'],
] as const)
  generic[name] = Array.prototype[name as 'at'];

const own = {
  get buffer(): unknown {
    return stateOf(this).buffer;
  },
  get byteOffset(): number {
    return stateOf(this).byteOffset;
  },
  get length(): number {
    return stateOf(this).length;
  },
  get byteLength(): number {
    const { length, type } = stateOf(this);
    return length * type.bytes;
  },
  get BYTES_PER_ELEMENT(): number {
    return stateOf(this).type.bytes;
  },
  get [Symbol.toStringTag](): string | undefined {
    return viewStateOf(this)?.type.name;
  },

  set(this: View, source: ArrayLike<unknown>, at: unknown = 0): void {
    const { buffer, type, byteOffset, length } = this[STATE];
    const from = toInteger(at);
    // A view of the same bytes is read to its end before the first store.
    const values = viewStateOf(source) === undefined ? source : elementsOf(source as View);
    const count = toInteger(Object(values).length);
    if (from < 0 || from + count > length) throw new RangeError('offset is out of bounds');
    for (let i = 0; i < count; i++) storeElement(buffer, type, byteOffset + (from + i) * type.bytes, values[i]);
  },
  subarray(this: View, begin?: unknown, end?: unknown): unknown {
    const { buffer, type, byteOffset, length } = this[STATE];
    const [from, to] = [toRelative(begin, length, 0), toRelative(end, length, length)];
    const ArrayType = globalThis[type.name] as unknown as new (...of: unknown[]) => unknown;
    return new ArrayType(buffer, byteOffset + from * type.bytes, Math.max(0, to - from));
  },
  slice(this: View, begin?: unknown, end?: unknown): unknown {
    const { type, length } = this[STATE];
    const [from, to] = [toRelative(begin, length, 0), toRelative(end, length, length)];
    const count = Math.max(0, to - from);
    return new real.arrays[type.name](Array.from({ length: count }, (_, i) => this[from + i]));
  },
  fill(this: View, value: unknown, begin?: unknown, end?: unknown): unknown {
    const { buffer, type, byteOffset, length } = this[STATE];
    const once = type.decode(type.encode(value));
    const [from, to] = [toRelative(begin, length, 0), toRelative(end, length, length)];
    for (let i = from; i < to; i++) storeElement(buffer, type, byteOffset + i * type.bytes, once);
    return this;
  },
  copyWithin(this: View, target: unknown, begin?: unknown, end?: unknown): unknown {
    const { buffer, type, byteOffset, length } = this[STATE];
    const [to, from] = [toRelative(target, length, 0), toRelative(begin, length, 0)];
    const last = toRelative(end, length, length);
    const count = Math.min(last - from, length - to);
    // The bits are copied: those of a NaN stay.
    const bits =
      type.name === 'Float64Array'
        ? elementTypes.BigUint64Array
        : type.name === 'Float32Array'
          ? elementTypes.Uint32Array
          : type;
    const isBackward = from < to && to < from + count;
    for (let n = 0; n < count; n++) {
      const i = isBackward ? count - 1 - n : n;
      const value = loadElement(buffer, bits, byteOffset + (from + i) * type.bytes);
      storeElement(buffer, bits, byteOffset + (to + i) * type.bytes, value);
    }
    return this;
  },
  sort(this: View, compare?: Compare): unknown {
    own.set.call(this, copyOf(this).sort(compare) as never);
    return this;
  },
  map(this: View, body: (value: unknown, i: number, of: unknown) => unknown, that?: unknown): unknown {
    const mapped = new real.arrays[this[STATE].type.name](this.length);
    for (let i = 0; i < this.length; i++) mapped[i] = body.call(that, this[i], i, this) as number;
    return mapped;
  },
  filter(this: View, body: (value: unknown, i: number, of: unknown) => unknown, that?: unknown): unknown {
    const kept: unknown[] = [];
    for (let i = 0; i < this.length; i++) {
      const value = this[i];
      if (body.call(that, value, i, this)) kept.push(value);
    }
    return new real.arrays[this[STATE].type.name](kept);
  },
  with(this: View, at: unknown, value: unknown): unknown {
    const { type, length } = this[STATE];
    const relative = toInteger(at);
    const index = relative < 0 ? length + relative : relative;
    const converted = type.decode(type.encode(value));
    if (index < 0 || index >= length) throw new RangeError('Invalid typed array index');
    const copy = copyOf(this);
    copy[index] = converted;
    return copy;
  },
  toReversed(this: View): unknown {
    return new real.arrays[this[STATE].type.name](elementsOf(this).reverse());
  },
  toSorted(this: View, compare?: Compare): unknown {
    return copyOf(this).sort(compare);
  },
  toString(this: View): string {
    return elementsOf(this).join();
  },
  toLocaleString(this: View): string {
    return copyOf(this).toLocaleString();
  },
};

function stateOf(view: unknown): ViewState {
  const state = viewStateOf(view);
  if (state === undefined) throw new TypeError('this is not a typed array');
  return state;
}

/** What a stand-in has of %TypedArray%.prototype. */
export const viewMethods: object = Object.defineProperties(
  {},
  {
    ...hidden(generic),
    ...hidden(own),
    [Symbol.iterator]: { value: Array.prototype.values, writable: true, configurable: true },
  },
);

/** The properties of an object, not enumerable, as those of a class. */
function hidden(of: object): PropertyDescriptorMap {
  const all = Object.getOwnPropertyDescriptors(of) as PropertyDescriptorMap;
  for (const key of Reflect.ownKeys(all)) all[key] = { ...all[key], enumerable: false, configurable: true };
  return all;
}
