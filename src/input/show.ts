/** JSON has no infinity, but a number like 1e999 is read as one. */
const isInfinite = (value: unknown): boolean => value === Infinity || value === -Infinity;

/** A value as messages show it, on one line of at most 60 characters. */
export function show(value: unknown): string {
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return String(value);
  if (isInfinite(value)) return 'a number that is too large';
  try {
    return JSON.stringify(value, (_, v) => (typeof v === 'bigint' || isInfinite(v) ? `${v}` : v)) ?? 'missing';
  } catch {
    // It refers to itself, or a getter or a proxy throws.
    return 'an object that JSON cannot express';
  }
}

/** What code of a user has thrown, which may be anything, as the first line of its message. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return `${thrown.name}: ${thrown.message.split('\n')[0]}`;
  } catch {
    return 'an error that cannot be read';
  }
  return thrown === undefined ? 'undefined' : show(thrown);
}
