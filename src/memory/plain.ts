/**
 * A result as text, to compare and to look up: two have the same only where nobody can tell them apart, so what JSON leaves out or takes for null has a text of
 * its own. Throws where the value contains itself.
 */
export function plainText(value: unknown): string {
  return JSON.stringify(value, told);
}

function told(_: string, value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return value.startsWith('#') ? `#${value}` : value;
    case 'number':
      if (Object.is(value, -0)) return '#-0';
      return Number.isFinite(value) ? value : `#${value}`;
    case 'bigint':
      return `#${value}n`;
    case 'object':
      return value instanceof Map || value instanceof Set ? ['#', ...value] : value;
    case 'boolean':
      return value;
    default:
      return `#${String(value)}`;
  }
}

/** Sees to it that nobody changes a result: all executions in which the operation has seen the same share it. */
export function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && !Array.isArray(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
