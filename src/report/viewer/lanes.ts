import type { InterleavingData } from '../data.ts';
import { noteOf } from './describe.ts';
import type { Span } from './rows.ts';

/** The height of a line, as in the style sheet, in pixels. */
export const ROW = 24;
/** Width of the column of step numbers, and of what a lock that is held takes. */
export const GUTTER = 60;
export const LOCK = 16;

/** Where one actor's lane is, in pixels: its left edge, the middle of its marks, the beginning of its texts, its width. */
export interface Lane {
  readonly name: string;
  readonly x: number;
  readonly mark: number;
  readonly text: number;
  readonly width: number;
}

/** Lanes by actor; undefined: the actor takes no step. */
export function lanesOf(of: InterleavingData, locks: readonly Span[], letter: number): (Lane | undefined)[] {
  const widest = of.actors.map(({ name }) => name.length);
  const depth = of.actors.map(() => 0);
  for (const step of of.steps)
    widest[step.actor] = Math.max(
      widest[step.actor],
      lengthOf(of, step),
      of.actors[step.actor].operations[step.operation].length,
    );
  for (const lock of locks) depth[lock.actor] = Math.max(depth[lock.actor], lock.depth + 1);
  const busy = new Set(of.steps.map(({ actor }) => actor));
  let x = GUTTER;
  return of.actors.map(({ name }, actor) => {
    if (!busy.has(actor)) return undefined;
    const mark = x + 8 + depth[actor] * LOCK + 10;
    const width = mark + 14 + Math.ceil(widest[actor] * letter) + 34 - x;
    const lane = { name, x, mark, text: mark + 14, width };
    x += width;
    return lane;
  });
}

/** Letters that a step takes. */
export function lengthOf(of: InterleavingData, step: InterleavingData['steps'][number]): number {
  const note = noteOf(of, step);
  return of.texts[step.text].length + (note === '' ? 0 : note.length + 2);
}
