import type { InterleavingData, StepData } from '../data.ts';
import { findLockSpans, findOperationSpans } from '../spans.ts';
import type { Reporter } from './reporter.ts';

/** Duration of a step in the trace, in microseconds. Real steps have an order and no duration. */
const STEP_US = 10;
/**
 * One process. Its threads are the actors from 1 on, then a track for each lock and for each store
 * buffer.
 */
const PROCESS = 1;

/**
 * An event of the trace event format (Google, "Trace Event Format", 2016), which Perfetto and
 * chrome://tracing open. Times are in microseconds.
 */
interface TraceEvent {
  readonly ph: 'M' | 'X' | 's' | 'f' | 'i';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: 'e';
  readonly s?: 'g';
  readonly args?: Readonly<Record<string, string | number>>;
}

/**
 * An execution as a Perfetto trace. Each actor is a thread with a slice for each operation and,
 * inside it, for each step. Flows go from stores to the loads that read them. Locks and store
 * buffers have their own tracks.
 */
export const perfettoReporter = {
  name: 'perfetto',
  description: "a finding's trace for the viewer at ui.perfetto.dev",
  output: 'file',
  finding: async ({ interleaving }) => formatPerfettoTrace(await interleaving()),
} satisfies Reporter;

export function formatPerfettoTrace(interleaving: InterleavingData): string {
  const { actors, places, steps, failed, scenario } = interleaving;
  const locks = places.flatMap(({ kind }, place) => (kind === 'lock' ? [place] : []));
  const lockTrack = (place: number): number => actors.length + 1 + locks.indexOf(place);
  const bufferTrack = (actor: number): number => actors.length + 1 + locks.length + actor;
  const hasBuffers = steps.some(({ buffered }) => buffered);
  const events: TraceEvent[] = [
    metadata('process_name', 0, scenario),
    ...actors.flatMap((actor, a) => track(a + 1, actor.name)),
    ...locks.flatMap((place) => track(lockTrack(place), `lock ${places[place].name}`)),
    ...(hasBuffers ? actors.flatMap((actor, a) => track(bufferTrack(a), `store buffer of ${actor.name}`)) : []),
    ...findOperationSpans(interleaving).map(({ actor, from, to, label }) =>
      slice(actor + 1, from, to + 1, { name: label, cat: 'operation' }),
    ),
    ...steps.map((_, s) => stepSlice(interleaving, s)),
    ...readsFromFlows(steps),
    ...findLockSpans(interleaving).map(({ actor, from, to }) =>
      slice(lockTrack(steps[from].place!), from, to + 1, { name: actors[actor].name, cat: 'lock' }),
    ),
    ...bufferSlices(interleaving, bufferTrack),
  ];
  if (failed !== null && failed.step >= 0)
    events.push({
      ph: 'i',
      name: failed.property,
      ...{ pid: PROCESS, tid: steps[failed.step].actor + 1, ts: (failed.step + 1) * STEP_US, s: 'g' },
      args: { message: failed.message },
    });
  return `${JSON.stringify({ displayTimeUnit: 'ns', traceEvents: events }, null, 1)}\n`;
}

const metadata = (name: string, tid: number, value: string): TraceEvent => ({
  ph: 'M',
  name,
  pid: PROCESS,
  tid,
  args: { name: value },
});

const track = (tid: number, name: string): TraceEvent[] => [
  metadata('thread_name', tid, name),
  { ph: 'M', name: 'thread_sort_index', pid: PROCESS, tid, args: { sort_index: tid } },
];

const slice = (
  tid: number,
  from: number,
  to: number,
  content: Pick<TraceEvent, 'name' | 'cat' | 'args'>,
): TraceEvent => ({
  ph: 'X',
  ...content,
  pid: PROCESS,
  tid,
  ts: from * STEP_US,
  dur: (to - from) * STEP_US,
});

function stepSlice({ texts, sources, places, steps }: InterleavingData, s: number): TraceEvent {
  const { actor, kind, text, source, place } = steps[s];
  return slice(actor + 1, s, s + 1, {
    name: texts[text].replace(/ +/g, ' '),
    cat: kind,
    args: {
      step: s + 1,
      ...(place !== undefined && { cell: places[place].name }),
      ...(source !== undefined && { at: sources[source].at }),
    },
  });
}

/** Only between actors. */
function readsFromFlows(steps: readonly StepData[]): TraceEvent[] {
  let id = 0;
  return steps.flatMap(({ actor, reads = [] }, s) =>
    reads.flatMap(([from]): TraceEvent[] => {
      if (from < 0 || steps[from].actor === actor) return [];
      const flow = { name: 'reads', cat: 'reads', pid: PROCESS, id: ++id };
      return [
        { ph: 's', ...flow, tid: steps[from].actor + 1, ts: (from + 0.5) * STEP_US },
        { ph: 'f', ...flow, bp: 'e', tid: actor + 1, ts: (s + 0.5) * STEP_US },
      ];
    }),
  );
}

/**
 * From a store to the step in which it leaves the buffer. Slices of one track must not overlap, so
 * a slice begins when the previous store has left.
 */
function bufferSlices({ texts, steps }: InterleavingData, tid: (actor: number) => number): TraceEvent[] {
  const left = new Map<number, number>();
  return steps.flatMap(({ actor, flushes }, s) => {
    if (flushes === undefined) return [];
    const from = Math.max(flushes + 1, left.get(actor) ?? 0);
    left.set(actor, s + 1);
    return [
      slice(tid(actor), from, s + 1, {
        name: texts[steps[flushes].text].replace(/ +/g, ' '),
        cat: 'store buffer',
        args: { step: flushes + 1 },
      }),
    ];
  });
}
