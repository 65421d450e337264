import type { InterleavingData } from '../data.ts';
import type { Span } from '../spans.ts';
import { describeCommunication } from './describe.ts';

/** Height of a row in pixels, as in the style sheet. */
export const ROW = 24;
/** Width in pixels of the column of step numbers. */
export const GUTTER = 60;
/** Width in pixels of the bar of a held lock. */
export const LOCK = 16;

/** The column of one actor. Positions are in pixels. */
export interface ActorColumn {
  readonly name: string;
  /** Left edge. */
  readonly x: number;
  /** Middle of the marks. */
  readonly mark: number;
  /** Left edge of the texts. */
  readonly text: number;
  readonly width: number;
}

/**
 * Columns by actor; undefined for an actor that takes no step.
 *
 * @param characterWidth in pixels.
 */
export function layOutColumns(
  data: InterleavingData,
  locks: readonly Span[],
  characterWidth: number,
): (ActorColumn | undefined)[] {
  const widest = data.actors.map(({ name }) => name.length);
  const depth = data.actors.map(() => 0);
  for (const step of data.steps) {
    const { operations } = data.actors[step.actor];
    widest[step.actor] = Math.max(widest[step.actor], textLength(data, step), operations[step.operation].length);
  }
  for (const lock of locks) depth[lock.actor] = Math.max(depth[lock.actor], lock.depth + 1);
  const busy = new Set(data.steps.map(({ actor }) => actor));
  let x = GUTTER;
  return data.actors.map(({ name }, actor) => {
    if (!busy.has(actor)) return undefined;
    const mark = x + 8 + depth[actor] * LOCK + 10;
    const width = mark + 14 + Math.ceil(widest[actor] * characterWidth) + 34 - x;
    const column = { name, x, mark, text: mark + 14, width };
    x += width;
    return column;
  });
}

/** Characters in the text and the note of a step. */
export function textLength(data: InterleavingData, step: InterleavingData['steps'][number]): number {
  const note = describeCommunication(data, step);
  return data.texts[step.text].length + (note === '' ? 0 : note.length + 2);
}
