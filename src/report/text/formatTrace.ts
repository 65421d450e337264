import type { Program } from '../../explore/program.ts';
import { describeStep, type Trace } from '../../memory/trace.ts';
import { communicationMarks } from '../stepRelations.ts';

/** Of a longer trace, the first and the last half of so many steps are printed. */
const STEPS_MAX = 200;

/**
 * A trace in columns, one for each actor, with a line where an operation begins. Steps through
 * which threads communicate are marked: see `communicationMarks`.
 *
 * @param sources by step: the source line of the access, for a last column.
 */
export function formatTrace(
  trace: Trace,
  { actors, layout }: Program,
  sources: readonly (string | undefined)[] = [],
): string[] {
  const marks = communicationMarks(trace, layout);
  const cells = trace.map((step, i) => `${describeStep(step, layout)}  ${marks[i]}`.trimEnd());
  const label = (step: Trace[number]): string => `[${actors[step.thread].operations[step.operation].label}]`;
  const columns = actors.flatMap(({ name }, thread) => {
    const texts = trace.flatMap((step, i) => (step.thread === thread ? [cells[i], label(step)] : []));
    return texts.length === 0
      ? []
      : [{ thread, name, width: texts.reduce((most, { length }) => Math.max(most, length), name.length) }];
  });
  const row = (text: (column: { thread: number; name: string }) => string): string =>
    columns.map((column) => text(column).padEnd(column.width + 2)).join('');
  const cell = (thread: number, text: string): string => row((column) => (column.thread === thread ? text : ''));
  const lines = [`  step  ${row(({ name }) => name)}`.trimEnd()];
  const begun = actors.map(() => -1);
  const omitted = trace.length - STEPS_MAX;
  trace.forEach((step, i) => {
    if (omitted > 0 && i === STEPS_MAX / 2) lines.push(`        … ${omitted} steps left out …`);
    const begins = begun[step.thread] !== step.operation;
    begun[step.thread] = step.operation;
    if (omitted > 0 && i >= STEPS_MAX / 2 && i < trace.length - STEPS_MAX / 2) return;
    if (begins) lines.push(`        ${cell(step.thread, label(step)).trimEnd()}`);
    lines.push(`${`${i + 1}`.padStart(6)}  ${cell(step.thread, cells[i])}${sources[i] ?? ''}`.trimEnd());
  });
  return lines;
}
