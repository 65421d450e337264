/** A relation over at most 31 numbered elements: row a has bit b if it contains (a, b). */
export type Relation = readonly number[];

export function relation<T>(things: readonly T[], holds: (a: T, b: T) => boolean): Relation {
  if (things.length > 31) throw new RangeError(`${things.length} things are more than a relation holds`);
  return things.map((a) => things.reduce((row, b, i) => (holds(a, b) ? row | (1 << i) : row), 0));
}

export const union = (first: Relation, ...others: readonly Relation[]): Relation =>
  first.map((row, a) => others.reduce((sum, other) => sum | other[a], row));

/** The composition of two relations. */
export const compose = (first: Relation, second: Relation): Relation =>
  first.map((row) => second.reduce((sum, next, b) => (row & (1 << b) ? sum | next : sum), 0));

/** The reflexive closure. */
export const reflexive = (of: Relation): Relation => of.map((row, a) => row | (1 << a));

/** The transitive closure. */
export function closure(of: Relation): Relation {
  const rows = [...of];
  for (let b = 0; b < rows.length; b++)
    for (let a = 0; a < rows.length; a++) if (rows[a] & (1 << b)) rows[a] |= rows[b];
  return rows;
}

export const irreflexive = (of: Relation): boolean => of.every((row, a) => (row & (1 << a)) === 0);

export const acyclic = (of: Relation): boolean => irreflexive(closure(of));
