import type { Program } from '../explore/program.ts';
import { describeStep, type Trace } from '../memory/trace.ts';
import { communications } from '../report/relations.ts';

const STEPS_MAX = 200;

/**
 * A trace in columns, one an actor, with a line where an operation begins. What communicates is marked: see `communications`. Long ones lose their middle,
 * and say so.
 *
 * @param sources by step: the line in the code that it came from, for a last column.
 */
export function formatTrace(
  trace: Trace,
  { actors, layout }: Program,
  sources: readonly (string | undefined)[] = [],
): string[] {
  const marks = communications(trace, layout);
  const cells = trace.map((step, i) => `${describeStep(step, layout)}  ${marks[i]}`.trimEnd());
  const widths = actors.map((actor, thread) =>
    Math.max(
      actor.name.length,
      ...trace.map((step, i) => (step.thread === thread ? Math.max(cells[i].length, labelOf(actors, step).length) : 0)),
    ),
  );
  const shown = actors.map((_, thread) => trace.some((step) => step.thread === thread));
  const width = widths.reduce((sum, of, t) => sum + (shown[t] ? of + 2 : 0), 0);
  const columns = (thread: number, text: string): string =>
    actors
      .map((_, t) => (shown[t] ? (t === thread ? text : '').padEnd(widths[t] + 2) : ''))
      .join('')
      .trimEnd();
  const lines = [
    `  step  ${actors.map((actor, t) => (shown[t] ? actor.name.padEnd(widths[t] + 2) : '')).join('')}`.trimEnd(),
  ];
  const begun = actors.map(() => -1);
  const cut = trace.length > STEPS_MAX;
  trace.forEach((step, i) => {
    if (cut && i === STEPS_MAX / 2) lines.push(`        … ${trace.length - STEPS_MAX} steps left out …`);
    const begins = begun[step.thread] !== step.operation;
    begun[step.thread] = step.operation;
    if (cut && i >= STEPS_MAX / 2 && i < trace.length - STEPS_MAX / 2) return;
    if (begins) lines.push(`        ${columns(step.thread, labelOf(actors, step))}`);
    const row = columns(step.thread, cells[i]);
    const source = sources[i] === undefined ? '' : `${row.padEnd(width)}${sources[i]}`;
    lines.push(`${`${i + 1}`.padStart(6)}  ${source || row}`);
  });
  return lines;
}

const labelOf = (actors: Program['actors'], step: Trace[number]): string =>
  `[${actors[step.thread].operations[step.operation].label}]`;
