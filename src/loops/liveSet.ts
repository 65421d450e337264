import type { Variable } from './scopes.ts';

/** Variables whose values matter at one point of a function. Never changed once made. */
export type LiveSet = ReadonlySet<Variable>;

export const NONE_LIVE: LiveSet = new Set();

/** `a` itself where it has all of `b`. */
export function union(a: LiveSet, b: LiveSet): LiveSet {
  for (const variable of b) if (!a.has(variable)) return new Set([...a, ...b]);
  return a;
}

export function without(live: LiveSet, variables: readonly Variable[]): LiveSet {
  if (!variables.some((variable) => live.has(variable))) return live;
  return new Set([...live].filter((variable) => !variables.includes(variable)));
}
