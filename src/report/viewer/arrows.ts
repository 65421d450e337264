import type { InterleavingData } from '../data.ts';

/**
 * From a step that stores to a step that reads the value, or that overwrites it without having read
 * it.
 */
export interface Arrow {
  readonly from: number;
  readonly to: number;
  /** Both steps are of one actor. */
  readonly isOwn: boolean;
  /** There was a newer store to read. */
  readonly isStale: boolean;
  readonly isOverwrite: boolean;
}

export const findArrows = ({ steps }: InterleavingData): Arrow[] =>
  steps.flatMap(({ reads = [], overwrites = [], actor }, to) => [
    ...reads
      .filter(([from]) => from >= 0)
      .map(([from, newest]) => ({
        ...{ from, to, isOverwrite: false },
        isOwn: steps[from].actor === actor,
        isStale: from !== newest,
      })),
    ...overwrites.map((from) => ({ from, to, isOverwrite: true, isOwn: false, isStale: false })),
  ]);

/**
 * One end of an arrow, in pixels: the middle of its row, its mark, and the right edge of its text.
 */
export interface ArrowEnd {
  readonly y: number;
  readonly mark: number;
  readonly textEnd: number;
}

/**
 * The path of an arrow. To the right it goes from a text to a mark, to the left from a mark to a
 * text.
 */
export function arrowPath(a: ArrowEnd, b: ArrowEnd): string {
  if (a.mark === b.mark) {
    // In one column it goes around the texts.
    const right = Math.max(a.textEnd, b.textEnd) + 22;
    return `M${a.textEnd + 4} ${a.y}C${right} ${a.y} ${right} ${b.y} ${b.textEnd + 7} ${b.y}`;
  }
  const [x1, x2, sign] = a.mark < b.mark ? [a.textEnd + 4, b.mark - 13, 1] : [a.mark - 8, b.textEnd + 8, -1];
  const bend = Math.max(24, Math.min(90, Math.abs(x2 - x1) / 2)) * sign;
  return `M${x1} ${a.y}C${x1 + bend} ${a.y} ${x2 - bend} ${b.y} ${x2} ${b.y}`;
}
