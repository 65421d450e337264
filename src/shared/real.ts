/** The globals of JavaScript, as they were before the stand-ins took their place. */
interface RealGlobals {
  readonly SharedArrayBuffer: typeof SharedArrayBuffer;
  readonly Atomics: typeof Atomics;
  readonly DataView: typeof DataView;
  readonly isView: typeof ArrayBuffer.isView;
  readonly dateNow: typeof Date.now;
  readonly setTimeout: typeof setTimeout;
  readonly clearTimeout: typeof clearTimeout;
  readonly setImmediate: typeof setImmediate;
  readonly clearImmediate: typeof clearImmediate;
  readonly queueMicrotask: typeof queueMicrotask;
  readonly arrays: Readonly<Record<ArrayName, TypedArrayConstructor>>;
}

export const ARRAY_NAMES = [
  ...(['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array'] as const),
  ...(['Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'] as const),
] as const;
export type ArrayName = (typeof ARRAY_NAMES)[number];

/** What the constructors of typed arrays have in common; elements are numbers or bigints. */
export interface TypedArrayConstructor {
  readonly prototype: object;
  readonly BYTES_PER_ELEMENT: number;
  new (of: ArrayBufferLike | number | Iterable<unknown>, offset?: number, length?: number): AnyTypedArray;
  from(of: Iterable<unknown>): AnyTypedArray;
}
export interface AnyTypedArray {
  readonly length: number;
  readonly buffer: ArrayBufferLike;
  [index: number]: number | bigint;
  [Symbol.iterator](): Iterator<number | bigint>;
  sort(compare?: (a: never, b: never) => number): this;
  toLocaleString(): string;
}

const KEY = Symbol.for('gfnring.shared.real');
const known = globalThis as unknown as { [KEY]?: RealGlobals };

/** A second instance of this module finds the originals that the first one has replaced. */
known[KEY] ??= {
  ...{ SharedArrayBuffer, Atomics, DataView, setTimeout, clearTimeout, setImmediate, clearImmediate, queueMicrotask },
  isView: ArrayBuffer.isView,
  dateNow: Date.now,
  arrays: Object.fromEntries(ARRAY_NAMES.map((name) => [name, globalThis[name]])) as never,
};

export const real: RealGlobals = known[KEY];
