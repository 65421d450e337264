import type { InterleavingData } from '../data.ts';
import type { Span } from '../spans.ts';
import { describeCommunication } from './describe.ts';

/** Height of a row in pixels, as in the style sheet. */
export const ROW = 24;
/** Width in pixels of the column of step numbers. */
export const GUTTER = 60;
/** Height in pixels of the names of the actors, as in the style sheet. */
export const HEADING = 30;
/** Width in pixels of the bar of a held lock. */
export const LOCK = 16;
/** From the middle of a mark to its text, in pixels. */
const TEXT = 14;

/** Between the right edge of the texts and that of the column: room for arrows. */
const MARGIN = 26;
/** A column is made no narrower than this, in pixels. */
const WIDTH_MIN = 240;

/** What a column has to hold, in pixels. */
export interface ColumnSize {
  readonly name: string;
  /** Middle of the marks, from the left edge. */
  readonly mark: number;
  /** Width that shows all texts. */
  readonly width: number;
}

/** The column of one actor. Positions are in pixels. */
export interface ActorColumn {
  readonly name: string;
  /** Left edge. */
  readonly x: number;
  /** Middle of the marks. */
  readonly mark: number;
  /** Left edge of the texts. */
  readonly text: number;
  /** Where texts are cut off. */
  readonly textEnd: number;
  readonly width: number;
}

/**
 * Sizes by actor; undefined for an actor that takes no step.
 *
 * @param characterWidth in pixels.
 */
export function measureColumns(
  data: InterleavingData,
  locks: readonly Span[],
  characterWidth: number,
): (ColumnSize | undefined)[] {
  const widest = data.actors.map(({ name }) => name.length);
  const depth = data.actors.map(() => 0);
  for (const step of data.steps) {
    const { operations } = data.actors[step.actor];
    widest[step.actor] = Math.max(widest[step.actor], textLength(data, step), operations[step.operation].length);
  }
  for (const lock of locks) depth[lock.actor] = Math.max(depth[lock.actor], lock.depth + 1);
  const busy = new Set(data.steps.map(({ actor }) => actor));
  return data.actors.map(({ name }, actor) => {
    if (!busy.has(actor)) return undefined;
    const mark = 8 + depth[actor] * LOCK + 10;
    return { name, mark, width: mark + TEXT + Math.ceil(widest[actor] * characterWidth) + MARGIN };
  });
}

/**
 * Columns by actor. They share the width that there is. Texts are cut off before columns are wider
 * than that; but a column is not made narrower than `WIDTH_MIN`.
 *
 * @param available width in pixels, with the column of step numbers.
 */
export function layOutColumns(
  sizes: readonly (ColumnSize | undefined)[],
  available: number,
): (ActorColumn | undefined)[] {
  const widths = shareWidth(
    sizes.flatMap((size) => (size === undefined ? [] : [size.width])),
    available - GUTTER,
  );
  let x = GUTTER;
  return sizes.map((size) => {
    if (size === undefined) return undefined;
    const width = widths.shift()!;
    const [left, text] = [x, x + size.mark + TEXT];
    x += width;
    return { name: size.name, x: left, mark: left + size.mark, text, textEnd: x - MARGIN, width };
  });
}

/** Widths for columns that need `wanted`, so that their sum is `available` if that is possible. */
function shareWidth(wanted: readonly number[], available: number): number[] {
  const sum = wanted.reduce((a, b) => a + b, 0);
  if (sum <= available) return wanted.map((width) => width + Math.floor((available - sum) / wanted.length));
  // Columns that need less than an equal share leave the rest of it to the others.
  let left = available;
  const widths: number[] = [];
  for (const [i, column] of [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]).entries()) {
    const share = Math.floor(left / (wanted.length - i));
    widths[column] = Math.min(wanted[column], Math.max(WIDTH_MIN, share));
    left -= widths[column];
  }
  return widths;
}

/** Characters in the text and the note of a step. */
export function textLength(data: InterleavingData, step: InterleavingData['steps'][number]): number {
  const note = describeCommunication(data, step);
  return data.texts[step.text].length + (note === '' ? 0 : note.length + 2);
}
