import type { InterleavingData } from '../data.ts';

/** From the step that stores to the one that reads, or that writes over it without having read it. */
export interface Arrow {
  readonly from: number;
  readonly to: number;
  /** Within one actor; not from the newest store; written over. */
  readonly isOwn: boolean;
  readonly isStale: boolean;
  readonly isOver: boolean;
}

export const arrowsOf = ({ steps }: InterleavingData): Arrow[] =>
  steps.flatMap(({ reads = [], over = [], actor }, to) => [
    ...reads
      .filter(([from]) => from >= 0)
      .map(([from, newest]) => ({
        ...{ from, to, isOver: false },
        isOwn: steps[from].actor === actor,
        isStale: from !== newest,
      })),
    ...over.map((from) => ({ from, to, isOver: true, isOwn: false, isStale: false })),
  ]);

/** One end of an arrow, in pixels: its line, where the mark is, and where the text ends. */
export interface End {
  readonly y: number;
  readonly mark: number;
  readonly end: number;
}

/** An arrow's path: to the right from a text to a mark, to the left from a mark to a text, and around the texts within a lane. */
export function pathOf(a: End, b: End): string {
  if (a.mark === b.mark) {
    const out = Math.max(a.end, b.end) + 22;
    return `M${a.end + 4} ${a.y}C${out} ${a.y} ${out} ${b.y} ${b.end + 7} ${b.y}`;
  }
  const [x1, x2, sign] = a.mark < b.mark ? [a.end + 4, b.mark - 13, 1] : [a.mark - 8, b.end + 8, -1];
  const bend = Math.max(24, Math.min(90, Math.abs(x2 - x1) / 2)) * sign;
  return `M${x1} ${a.y}C${x1 + bend} ${a.y} ${x2 - bend} ${b.y} ${x2} ${b.y}`;
}
