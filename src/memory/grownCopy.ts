/** A copy of `from` with `length` words; the new ones are 0. */
export function grownCopy<T extends Int32Array | Uint32Array | Uint16Array | Uint8Array>(from: T, length: number): T {
  const to = new (from.constructor as new (length: number) => T)(length);
  to.set(from);
  return to;
}
