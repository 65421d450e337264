/** A value as messages show it, on one line of at most 60 characters. */
export function show(value: unknown): string {
  const text =
    typeof value === 'function'
      ? 'a function'
      : (JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v)) ?? 'missing');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
