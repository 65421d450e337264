import { markConstant } from '../loops/snapshot.ts';
import { loadElement, storeElement } from './access.ts';
import type { StandInBuffer } from './buffer.ts';
import type { ElementType } from './elements.ts';
import { type ArrayName, real } from './real.ts';
import { toIndex } from './toInteger.ts';
import { viewMethods } from './viewMethods.ts';
import { STATE, type ViewState } from './viewState.ts';

/** The target of the proxy that stands for a typed array. */
interface ViewTarget {
  readonly [STATE]: ViewState;
}

/** A stand-in for `new Int32Array(buffer, byteOffset, length)` of a stand-in buffer. */
export function createView(type: ElementType, buffer: StandInBuffer, byteOffset: unknown, length: unknown): object {
  const from = toIndex(byteOffset);
  if (from % type.bytes !== 0)
    throw new RangeError(`start offset of ${type.name} should be a multiple of ${type.bytes}`);
  const room = buffer.byteLength - from;
  if (length === undefined && (room < 0 || room % type.bytes !== 0))
    throw new RangeError(
      `byte length of ${type.name} should be a multiple of ${type.bytes}, and its start offset ${from} in the buffer`,
    );
  const count = length === undefined ? room / type.bytes : toIndex(length);
  if (count * type.bytes > room) throw new RangeError(`Invalid typed array length: ${count}`);
  buffer.need(from, count, type);
  return viewOf({ buffer, type, byteOffset: from, length: count });
}

export function viewOf(state: ViewState): object {
  const target: ViewTarget = Object.create(prototypes[state.type.name], { [STATE]: { value: state } });
  const view = new Proxy(target, handler);
  markConstant(view);
  return view;
}

/** By type: what its stand-ins inherit. `instanceof` finds the real prototype behind it. */
const prototypes = Object.fromEntries(
  Object.entries(real.arrays).map(([name, array]) => [
    name,
    Object.defineProperties(Object.create(array.prototype), Object.getOwnPropertyDescriptors(viewMethods)),
  ]),
) as Readonly<Record<ArrayName, object>>;

const NO_INDEX = -1;
const NOT_THERE = -2;

/** The index that a property key names: NO_INDEX if it is no number, NOT_THERE if there is none. */
function indexOf(key: string | symbol, length: number): number {
  if (typeof key === 'symbol') return NO_INDEX;
  const first = key.charCodeAt(0);
  const isNumeric = (first >= 48 && first <= 57) || first === 45 || first === 73 || first === 78;
  if (!isNumeric) return NO_INDEX;
  const index = Number(key);
  if (String(index) !== key) return key === '-0' ? NOT_THERE : NO_INDEX;
  return Number.isInteger(index) && index >= 0 && index < length ? index : NOT_THERE;
}

function load({ buffer, type, byteOffset }: ViewState, index: number): number | bigint {
  return loadElement(buffer, type, byteOffset + index * type.bytes);
}

const handler: ProxyHandler<ViewTarget> = {
  get(target, key, receiver) {
    const state = target[STATE];
    const index = indexOf(key, state.length);
    if (index >= 0) return load(state, index);
    return index === NOT_THERE ? undefined : Reflect.get(target, key, receiver);
  },
  set(target, key, value, receiver) {
    const state = target[STATE];
    const { buffer, type, byteOffset, length } = state;
    const index = indexOf(key, length);
    if (index >= 0) storeElement(buffer, type, byteOffset + index * type.bytes, value);
    // The value is converted, and may throw, although there is no such element.
    else if (index === NOT_THERE) type.encode(value);
    else return Reflect.set(target, key, value, receiver);
    return true;
  },
  has(target, key) {
    const index = indexOf(key, target[STATE].length);
    return index === NO_INDEX ? Reflect.has(target, key) : index >= 0;
  },
  deleteProperty(target, key) {
    const index = indexOf(key, target[STATE].length);
    return index === NO_INDEX ? Reflect.deleteProperty(target, key) : index === NOT_THERE;
  },
  defineProperty(target, key, descriptor) {
    if (indexOf(key, target[STATE].length) === NO_INDEX) return Reflect.defineProperty(target, key, descriptor);
    return 'value' in descriptor && handler.set!(target, key, descriptor.value, target);
  },
  ownKeys: (target) => [
    ...Array.from({ length: target[STATE].length }, (_, i) => String(i)),
    ...Reflect.ownKeys(target).filter((key) => key !== STATE),
    STATE,
  ],
  getOwnPropertyDescriptor(target, key) {
    const state = target[STATE];
    const index = indexOf(key, state.length);
    if (index === NO_INDEX) return Reflect.getOwnPropertyDescriptor(target, key);
    if (index === NOT_THERE) return undefined;
    return { value: load(state, index), writable: true, enumerable: true, configurable: true };
  },
};
