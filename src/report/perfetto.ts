import type { InterleavingData, StepData } from './data.ts';

/** How long a step lasts, in microseconds: steps have an order, and no time. */
const STEP_US = 10;
/** Threads of the picture: the actors from 1 on, then a track for each lock, and for each store buffer. */
const PROCESS = 1;

/** An event of the trace event format (Google, "Trace Event Format", 2016), which Perfetto and chrome://tracing open. Times in microseconds. */
interface Event {
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

/** An execution as a trace: a thread an actor, a slice an operation and in it one a step, a flow from each store to the load that reads it, locks and store buffers as tracks of their own. */
export function perfettoOf(of: InterleavingData): string {
  const { actors, places, steps, failed, scenario } = of;
  const locks = places.flatMap(({ kind }, place) => (kind === 'lock' ? [place] : []));
  const lockTrack = (place: number): number => actors.length + 1 + locks.indexOf(place);
  const bufferTrack = (actor: number): number => actors.length + 1 + locks.length + actor;
  const hasBuffers = steps.some(({ buffered }) => buffered);
  const events: Event[] = [
    name('process_name', 0, scenario),
    ...actors.flatMap((actor, a) => track(a + 1, actor.name)),
    ...locks.flatMap((place) => track(lockTrack(place), `lock ${places[place].name}`)),
    ...(hasBuffers ? actors.flatMap((actor, a) => track(bufferTrack(a), `store buffer of ${actor.name}`)) : []),
    ...operationSlices(of),
    ...steps.map((_, s) => stepSlice(of, s)),
    ...flowsOf(steps),
    ...lockSlices(of, lockTrack),
    ...bufferSlices(of, bufferTrack),
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

const name = (what: string, tid: number, value: string): Event => ({
  ph: 'M',
  name: what,
  pid: PROCESS,
  tid,
  args: { name: value },
});

const track = (tid: number, of: string): Event[] => [
  name('thread_name', tid, of),
  { ph: 'M', name: 'thread_sort_index', pid: PROCESS, tid, args: { sort_index: tid } },
];

const slice = (tid: number, from: number, to: number, of: Pick<Event, 'name' | 'cat' | 'args'>): Event => ({
  ph: 'X',
  ...of,
  pid: PROCESS,
  tid,
  ts: from * STEP_US,
  dur: (to - from) * STEP_US,
});

function stepSlice({ texts, sources, places, steps }: InterleavingData, s: number): Event {
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

/** From the first step of each to its last. A store that leaves its buffer is part of none. */
function operationSlices({ actors, steps }: InterleavingData): Event[] {
  const begun = new Map<number, number>();
  const last = new Map<number, number>();
  const slices: Event[] = [];
  const end = (actor: number): void => {
    const from = begun.get(actor);
    if (from === undefined) return;
    begun.delete(actor);
    const label = actors[actor].operations[steps[from].operation];
    slices.push(slice(actor + 1, from, last.get(actor)! + 1, { name: label, cat: 'operation' }));
  };
  steps.forEach(({ actor, lets, begins, ends }, s) => {
    if (lets !== undefined) return;
    if (begins) begun.set(actor, s);
    last.set(actor, s);
    if (ends) end(actor);
  });
  for (const actor of [...begun.keys()]) end(actor);
  return slices;
}

/** Between actors; what an actor reads from itself goes without saying. */
function flowsOf(steps: readonly StepData[]): Event[] {
  let id = 0;
  return steps.flatMap(({ actor, reads = [] }, s) =>
    reads.flatMap(([from]): Event[] => {
      if (from < 0 || steps[from].actor === actor) return [];
      const flow = { name: 'reads', cat: 'reads', pid: PROCESS, id: ++id };
      return [
        { ph: 's', ...flow, tid: steps[from].actor + 1, ts: (from + 0.5) * STEP_US },
        { ph: 'f', ...flow, bp: 'e', tid: actor + 1, ts: (s + 0.5) * STEP_US },
      ];
    }),
  );
}

function lockSlices({ actors, steps }: InterleavingData, tid: (place: number) => number): Event[] {
  const held = new Map<number, number>();
  const slices: Event[] = [];
  const end = (place: number, to: number): void => {
    const from = held.get(place);
    if (from === undefined) return;
    held.delete(place);
    slices.push(slice(tid(place), from, to, { name: actors[steps[from].actor].name, cat: 'lock' }));
  };
  steps.forEach(({ kind, place }, s) => {
    if (kind === 'lock') held.set(place!, s);
    else if (kind === 'unlock') end(place!, s + 1);
  });
  for (const place of [...held.keys()]) end(place, steps.length);
  return slices;
}

/** From the store to where it leaves. A buffer's slices would cross each other, so each begins when the one before it has left. */
function bufferSlices({ texts, steps }: InterleavingData, tid: (actor: number) => number): Event[] {
  const left = new Map<number, number>();
  return steps.flatMap(({ actor, lets }, s) => {
    if (lets === undefined) return [];
    const from = Math.max(lets + 1, left.get(actor) ?? 0);
    left.set(actor, s + 1);
    return [
      slice(tid(actor), from, s + 1, {
        name: texts[steps[lets].text].replace(/ +/g, ' '),
        cat: 'store buffer',
        args: { step: lets + 1 },
      }),
    ];
  });
}
