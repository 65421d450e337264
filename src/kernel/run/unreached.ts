import type { CompiledKernel } from '../compiled.ts';
import { reachedPoints } from './reachedPoints.ts';

/** What no run of this process has reached of compiled code. */
export interface Unreached {
  /** By file of the tree: numbers of lines with code, in ascending order. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
  /** Conditions that are always true or always false, beside those that lead to such lines only. */
  readonly branches: readonly UnreachedBranch[];
  /** Lines with code, and how many of them were reached. */
  readonly counts: { readonly lines: number; readonly reached: number };
}

export interface UnreachedBranch {
  /** Of the condition: `function file:line:column`. */
  readonly place: string;
  /** `file:line` of the first code behind it; null: there is none. */
  readonly to: string | null;
}

/** Throws where the code was compiled without coverage. */
export function unreachedOf(compiled: CompiledKernel): Unreached {
  const { blocks, arms } = compiled.coverage!;
  const reached = reachedPoints(compiled);
  const isReached = (points: readonly number[]): boolean => points.some((point) => reached[point] === 1);
  const all = new Set(blocks.flatMap(({ places }) => places));
  const seen = new Set(blocks.filter(({ points }) => isReached(points)).flatMap(({ places }) => places));
  const missed = [...all].filter((place) => !seen.has(place));
  const executed = new Set(arms.filter(({ point }) => reached[point] === 1).map(({ place }) => place));
  const branches = arms.filter(
    ({ place, point, to }) => reached[point] !== 1 && executed.has(place) && (to === null || seen.has(to)),
  );
  return {
    lines: byFile(missed),
    // An expression of several conditions has several at one place.
    branches: [...new Map(branches.map(({ place, to }) => [`${place} ${to}`, { place, to }])).values()],
    counts: { lines: all.size, reached: seen.size },
  };
}

/** The lines with code of a file. */
export const codeLines = ({ coverage }: CompiledKernel, file: string): readonly number[] =>
  byFile(new Set(coverage!.blocks.flatMap(({ places }) => places)))[file] ?? [];

function byFile(places: Iterable<string>): Record<string, number[]> {
  const lines: Record<string, number[]> = {};
  for (const place of places) {
    const colon = place.lastIndexOf(':');
    lines[place.slice(0, colon)] = [...(lines[place.slice(0, colon)] ?? []), Number(place.slice(colon + 1))];
  }
  for (const numbers of Object.values(lines)) numbers.sort((a, b) => a - b);
  return lines;
}
