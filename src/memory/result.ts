/**
 * Results of operations. A result is a part of the state, so it must be comparable. It is a
 * primitive, an array, a plain object, a Map, a Set, a typed array, or a nesting of these.
 */

/** A value cannot be part of a result. The message says what it is, and where in the result. */
export class InvalidResult extends Error {
  constructor(what: string, path: string) {
    super(`${path === '' ? 'it is' : `its ${path} is`} ${what}`);
    this.name = 'InvalidResult';
  }
}

/**
 * A result as text. Two results have the same text only where no code can tell them apart. Throws
 * `InvalidResult` where a part cannot be compared, or contains itself.
 */
export function resultText(value: unknown): string {
  return textOf(value, '', []);
}

type TypedArray = Exclude<NodeJS.ArrayBufferView, DataView>;

const isTypedArray = (value: object): value is TypedArray => ArrayBuffer.isView(value) && !(value instanceof DataView);

function textOf(value: unknown, path: string, around: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : `${value}`;
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return `${value}`;
    case 'function':
      throw new InvalidResult('a function', path);
    case 'symbol':
      throw new InvalidResult('a symbol', path);
  }
  if (value === null) return 'null';
  if (around.includes(value as object)) throw new InvalidResult('circular: it holds itself', path);
  return objectText(value as object, path, [...around, value as object]);
}

function objectText(value: object, path: string, around: readonly object[]): string {
  const inner = (of: unknown, at: string): string => textOf(of, path === '' ? at : `${path}.${at}`, around);
  const prototype: object | null = Object.getPrototypeOf(value);
  if (isOf(prototype, 'Map'))
    return `Map[${[...(value as Map<unknown, unknown>)].map(([k, v], i) => `${inner(k, `key ${i}`)}=>${inner(v, `value ${i}`)}`)}]`;
  if (isOf(prototype, 'Set')) return `Set[${[...(value as Set<unknown>)].map((of, i) => inner(of, `element ${i}`))}]`;
  if (isTypedArray(value) && isOf(prototype, value[Symbol.toStringTag]))
    return `${value[Symbol.toStringTag]}[${[...(value as Iterable<number | bigint>)].map((of) => textOf(of, path, []))}]`;
  const isArray = Array.isArray(value);
  if (prototype !== null && !isOf(prototype, isArray ? 'Array' : 'Object'))
    throw new InvalidResult(describeClass(value), path);
  // An array without holes needs no indices.
  const isDense =
    isArray && Object.keys(value).length === value.length && value.every((_, i) => Object.hasOwn(value, i));
  const parts = Reflect.ownKeys(value).flatMap((key) => {
    if (isArray && key === 'length') return isDense ? [] : [`${value.length}`];
    if (typeof key === 'symbol') throw new InvalidResult(`an object with the symbol ${String(key)} as a key`, path);
    const { value: held, get, set, enumerable } = Object.getOwnPropertyDescriptor(value, key)!;
    if (get !== undefined || set !== undefined)
      throw new InvalidResult('an accessor', path === '' ? key : `${path}.${key}`);
    if (!enumerable) throw new InvalidResult('a property that is not enumerable', path === '' ? key : `${path}.${key}`);
    return isDense ? [inner(held, key)] : [`${JSON.stringify(key)}:${inner(held, key)}`];
  });
  return isArray ? `[${parts}]` : `${prototype === null ? 'null' : ''}{${parts}}`;
}

/** Whether it is the prototype of the built-in class `name`, of any realm. */
function isOf(prototype: object | null, name: string): boolean {
  const made: unknown =
    prototype === null ? undefined : Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return (
    typeof made === 'function' && made.name === name && Function.prototype.toString.call(made).includes('[native code]')
  );
}

/** `an Error`, `an instance of Seen` */
function describeClass(value: object): string {
  const name: unknown = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor
    ?.name;
  if (typeof name !== 'string' || name === '') return 'an object of an unknown class';
  const isBuiltIn = (globalThis as Record<string, unknown>)[name] === (value as { constructor?: unknown }).constructor;
  return `${isBuiltIn ? (/^[AEIOU]/.test(name) ? 'an' : 'a') : 'an instance of'} ${name}`;
}

/** Whether a part of a result can be changed although it is frozen. */
function isMutable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return true;
  return Object.values(value).some(isMutable);
}

/**
 * Freezes a result, which all executions with the same trie node share. Returns false, and freezes
 * nothing, where a part could be changed all the same.
 */
export function freezeUnlessMutable(value: unknown): boolean {
  if (isMutable(value)) return false;
  deepFreeze(value);
  return true;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}

/** A copy of a result, for code that might change it. */
export function copyOfResult(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [copyOfResult(k), copyOfResult(v)]));
  if (value instanceof Set) return new Set([...value].map(copyOfResult));
  if (isTypedArray(value)) return value.slice();
  if (Array.isArray(value)) return Object.assign(new Array(value.length), mapValues(value));
  return Object.assign(Object.create(Object.getPrototypeOf(value)), mapValues(value));
}

const mapValues = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([key, of]) => [key, copyOfResult(of)]));
