/** JSON has no infinity, but a number like 1e999 is read as one. */
const isInfinite = (value: unknown): boolean => value === Infinity || value === -Infinity;

/** A value as messages show it, on one line of at most 60 characters. */
export function show(value: unknown): string {
  const text =
    typeof value === 'function'
      ? 'a function'
      : isInfinite(value)
        ? 'a number that is too large'
        : (JSON.stringify(value, (_, v) => (typeof v === 'bigint' || isInfinite(v) ? `${v}` : v)) ?? 'missing');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
