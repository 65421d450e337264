/** ToIntegerOrInfinity of ECMA-262: a bigint throws `TypeError`. */
export const toInteger = (value: unknown): number => Math.trunc(+(value as number)) || 0;

/** A relative index, negative from the end, as one from 0 to `length`; undefined: `missing`. */
export function toRelative(value: unknown, length: number, missing: number): number {
  const at = value === undefined ? missing : toInteger(value);
  return at < 0 ? Math.max(0, length + at) : Math.min(at, length);
}

/** ToIndex of ECMA-262. */
export function toIndex(value: unknown): number {
  const index = toInteger(value);
  if (index < 0 || index > Number.MAX_SAFE_INTEGER) throw new RangeError(`${String(value)} is no index of bytes`);
  return index;
}
