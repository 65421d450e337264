/** Thrown by `snapshot` for a value whose state cannot be seen. */
export const OPAQUE = Symbol('opaque');

/** Numbers for objects and functions, the same as long as they live. */
const identities = new WeakMap<object, number>();
let identitiesUsed = 0;
/** Frozen values that hold nothing that could change, by identity. */
const constants = new WeakSet<object>();

/** Says that nothing in `value` ever changes, so that its identity stands for it: cells, locks, lists of them. */
export function markConstant(value: object): void {
  constants.add(value);
}

/**
 * The state of some values as text: two snapshots are the same only if no code that reaches these values can tell the difference. Objects are named by
 * identity and written out, so that a change inside one shows. Throws OPAQUE for what hides its state: private fields, generators, proxies of
 * hosts, and the like.
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
      return `f${identityOf(value)}`;
    case 'object':
      return value === null ? 'null' : objectText(value, seen);
    default:
      return `${value}`;
  }
}

function objectText(value: object, seen: Set<object>): string {
  if (constants.has(value)) return `c${identityOf(value)}`;
  const name = `o${identityOf(value)}`;
  if (seen.has(value)) return name;
  seen.add(value);
  if (isMemory(value)) return 'mem';
  return `${name}${hiddenText(value, seen)}{${ownText(value, seen)}}`;
}

/** Memory has no state but what all threads share. */
const isMemory = (value: object): boolean =>
  typeof (value as { cmpxchg?: unknown }).cmpxchg === 'function' &&
  typeof (value as { load?: unknown }).load === 'function';

function ownText(value: object, seen: Set<object>): string {
  if (ArrayBuffer.isView(value)) return '';
  return Reflect.ownKeys(value)
    .map((key) => {
      const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key)!;
      return `${String(key)}:${get || set ? `${textOf(get, seen)}/${textOf(set, seen)}` : textOf(held, seen)}`;
    })
    .join();
}

/** What an object has beside its properties. */
function hiddenText(value: object, seen: Set<object>): string {
  const list = (items: Iterable<unknown>): string => `[${[...items].map((item) => textOf(item, seen)).join()}]`;
  if (value instanceof Map) return list([...Map.prototype.entries.call(value)].flat());
  if (value instanceof Set) return list(Set.prototype.values.call(value));
  if (value instanceof Date) return `${Date.prototype.getTime.call(value)}`;
  if (value instanceof RegExp) return value.source;
  if (value instanceof Error) return '';
  if (ArrayBuffer.isView(value))
    return `${value.byteOffset}:${list(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))}`;
  if (value instanceof ArrayBuffer) return list(new Uint8Array(value));
  for (let of = Object.getPrototypeOf(value); of !== null && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    if (of === Array.prototype) return '';
    const made: unknown = Object.getOwnPropertyDescriptor(of, 'constructor')?.value;
    if (typeof made !== 'function') throw OPAQUE;
    const text = Function.prototype.toString.call(made);
    if (text.includes('[native code]') || /#[\p{ID_Start}$_]/u.test(text)) throw OPAQUE;
  }
  return '';
}

function identityOf(value: object): number {
  let id = identities.get(value);
  if (id === undefined) {
    id = ++identitiesUsed;
    identities.set(value, id);
  }
  return id;
}
