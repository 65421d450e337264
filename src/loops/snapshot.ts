import { types } from 'node:util';

/** Thrown by `snapshot` for a value whose state cannot be seen. */
export const OPAQUE = Symbol('opaque');

/** A number for each object and function, for as long as it lives. */
const identities = new WeakMap<object, number>();
let identitiesUsed = 0;
/** Values that never change, nor anything in them. */
const constants = new WeakSet<object>();
const memories = new WeakSet<object>();

/**
 * Declares that nothing in `value` ever changes: cells, locks, lists of them. Its identity stands
 * for it.
 */
export function markConstant(value: object): void {
  constants.add(value);
}

/** Declares that `value` is a `Memory`: it has no state but the one that all threads share. */
export function markMemory(value: object): void {
  memories.add(value);
}

export const isMemory = (value: unknown): boolean => typeof value === 'object' && value !== null && memories.has(value);

/**
 * The state of some values as text. Two snapshots are equal only if no code that reaches these
 * values can tell the difference. Objects and functions have their identity and their content in
 * it, so that a change inside one shows. Throws `OPAQUE` for a value that hides state: private
 * fields, generators, proxies, bound functions, and the like.
 */
export function snapshot(values: readonly unknown[]): string {
  const seen = new Set<object>();
  return values.map((value) => textOf(value, seen)).join();
}

function textOf(value: unknown, seen: Set<object>): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : `${value}`;
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      throw OPAQUE;
    case 'function':
    case 'object':
      return value === null ? 'null' : objectText(value, seen);
    default:
      return `${value}`;
  }
}

function objectText(value: object, seen: Set<object>): string {
  if (constants.has(value)) return `c${identityOf(value)}`;
  if (memories.has(value)) return 'mem';
  const name = `o${identityOf(value)}`;
  if (seen.has(value) || isBuiltIn(value)) return name;
  seen.add(value);
  if (types.isProxy(value) || hides(value)) throw OPAQUE;
  const open = Object.isExtensible(value) ? '' : '!';
  return `${name}${open}${contentText(value, seen)}{${ownText(value, seen)}}${textOf(Object.getPrototypeOf(value), seen)}`;
}

/**
 * Whether it is a function of the language, or the prototype of one of its classes. Those should
 * not change.
 */
function isBuiltIn(value: object): boolean {
  return BUILT_IN.has(value) || PROTOTYPES.has(value);
}

const BUILT_IN = new Set<unknown>(
  Reflect.ownKeys(globalThis).map((key) => Object.getOwnPropertyDescriptor(globalThis, key)?.value),
);
const PROTOTYPES = new Set<unknown>(
  [...BUILT_IN].flatMap((value) =>
    typeof value === 'function' ? [value.prototype, Object.getPrototypeOf(value)] : [],
  ),
);

/** Whether an object or a function has state that other code cannot read. */
function hides(value: object): boolean {
  if (typeof value === 'function') return hidesInText(Function.prototype.toString.call(value));
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || (PROTOTYPES.has(prototype) && CONTENT.some((of) => value instanceof of))) return false;
  // Another object of the language: a generator, an iterator, a WeakMap, a promise.
  if (PROTOTYPES.has(prototype) && prototype !== Object.prototype && prototype !== Array.prototype) return true;
  if (Object.prototype.toString.call(value).match(/Generator|Iterator/)) return true;
  for (let of: object | null = prototype; of !== null && !PROTOTYPES.has(of); of = Object.getPrototypeOf(of)) {
    const made: unknown = Object.getOwnPropertyDescriptor(of, 'constructor')?.value;
    if (typeof made === 'function' && hidesInText(Function.prototype.toString.call(made))) return true;
  }
  return false;
}

/**
 * Whether the text of a function or class has a private name, or is native: then it may be a bound
 * function.
 */
const hidesInText = (text: string): boolean => text.includes('[native code]') || /#[\p{ID_Start}$_]/u.test(text);

const CONTENT = [Map, Set, Date, RegExp, Error, ArrayBuffer, Object.getPrototypeOf(Uint8Array), DataView] as const;

/** The content of an object that is not in its properties. */
function contentText(value: object, seen: Set<object>): string {
  const list = (items: Iterable<unknown>): string => `[${[...items].map((item) => textOf(item, seen)).join()}]`;
  if (value instanceof Map) return list([...Map.prototype.entries.call(value)].flat());
  if (value instanceof Set) return list(Set.prototype.values.call(value));
  if (value instanceof Date) return `${Date.prototype.getTime.call(value)}`;
  if (value instanceof RegExp) return `/${value.source}/${value.flags}`;
  if (ArrayBuffer.isView(value))
    return `${value.byteOffset}:${list(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))}`;
  return value instanceof ArrayBuffer ? list(new Uint8Array(value)) : '';
}

function ownText(value: object, seen: Set<object>): string {
  const isView = ArrayBuffer.isView(value);
  return Reflect.ownKeys(value)
    .filter((key) => !isView || typeof key === 'symbol' || !/^\d+$/.test(key))
    .map((key) => {
      const {
        value: held,
        get,
        set,
        writable,
        enumerable,
        configurable,
      } = Object.getOwnPropertyDescriptor(value, key)!;
      const name = typeof key === 'symbol' ? String(key) : JSON.stringify(key);
      const flags = writable && enumerable && configurable ? '' : `${+!!writable}${+!!enumerable}${+!!configurable}`;
      return `${name}:${flags}${get || set ? `${textOf(get, seen)}/${textOf(set, seen)}` : textOf(held, seen)}`;
    })
    .join();
}

function identityOf(value: object): number {
  let id = identities.get(value);
  if (id === undefined) {
    id = ++identitiesUsed;
    identities.set(value, id);
  }
  return id;
}
