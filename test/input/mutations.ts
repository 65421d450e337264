import fc from 'fast-check';

/** What an attacker, an editor or a broken disk may put in place of any value. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...[null, true, false, {}, [], [[]], [null], [{}], {}, { schema: 1 }, { length: 1e9 }, { __proto__: null }],
  ...[-5, -1, 0, 0.5, 1, 31, 64, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, 1e21, 1e308],
  ...['', ' ', '0', 'x', '../../x', '/../../x', '/etc/passwd', '..', 'con/../x', '__proto__', 'constructor', '\0'],
  ...['\u001b[2J', '\u202e', '\ud800', 'a'.repeat(300), '0x99999999', '0x5,1,0', 'sc', 'rc11'],
];

type Path = readonly (string | number)[];

/** The paths of all values in a JSON value, from the whole one on. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

/** A copy of `value` with `change` applied to the value at `path`. Undefined removes it. */
function changedAt(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.flatMap((it, i) => {
      const changed = i === key ? changedAt(it, rest, change) : it;
      return changed === undefined ? [] : [changed];
    });
  const copy = Object.fromEntries(Object.entries(value as object));
  copy[key] = changedAt(copy[key], rest, change);
  return copy;
}

const nudged = (old: unknown): unknown => {
  if (typeof old === 'number') return old + 1;
  if (typeof old === 'boolean') return !old;
  if (typeof old === 'string') return `${old.slice(0, -1)}${old.endsWith('0') ? '1' : '0'}`;
  if (Array.isArray(old)) return [...old, ...old.slice(-1), null];
  return { ...(old as object), extra: 1 };
};

/** Copies of a JSON value in which one place is changed: replaced, removed or nudged. */
export function mutationsOf(value: unknown): fc.Arbitrary<unknown> {
  const change = fc.oneof(
    fc.constantFrom(...HOSTILE_VALUES).map((to) => () => to),
    fc.constant(() => undefined),
    fc.constant(nudged),
  );
  return fc
    .tuple(fc.constantFrom(...pathsOf(value)), change)
    .map(([path, to]) => JSON.parse(JSON.stringify(changedAt(value, path, to)) ?? 'null'));
}

/** Copies of bytes that were cut off, or in which some are flipped, removed or repeated. */
export function damagesOf(bytes: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(Math.max(0, bytes.length - 1));
  return fc.oneof(
    at.map((end) => bytes.subarray(0, end)),
    fc.tuple(at, fc.integer({ min: 0, max: 7 })).map(([i, bit]) => {
      const copy = Buffer.from(bytes);
      copy[i] ^= 1 << bit;
      return copy;
    }),
    fc.tuple(at, at).map(([a, b]) => Buffer.concat([bytes.subarray(0, a), bytes.subarray(b)])),
    fc.uint8Array({ maxLength: 64 }).map((random) => Buffer.from(random)),
  );
}

/** Number of generated inputs; `GFNRING_INPUTS` multiplies it. */
export const inputs = (count: number): number => count * Number(process.env.GFNRING_INPUTS ?? 1);
