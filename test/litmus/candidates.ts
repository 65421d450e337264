import { cellsOf, type Litmus, locksOf, type Registers, registersOf, type Step } from './litmus.ts';

/** Something that happened: a step of a thread, or the write of an initial value. */
export interface Event {
  /** -1 for initial values. */
  readonly thread: number;
  /** Its number among the events of its thread. */
  readonly index: number;
  readonly kind: 'init' | Exclude<Step['kind'], 'if'>;
  /** The cell or lock, '' for a fence. */
  readonly place: string;
  readonly reads: boolean;
  /** Whether it writes; a cmpxchg that fails does not. */
  readonly writes: boolean;
  /** What it writes. Locks hold nothing. */
  readonly value: number;
}

/** A candidate execution: what happened, what each read has read from, and the order of all writes to each place. */
export interface Graph {
  readonly events: readonly Event[];
  readonly rf: ReadonlyMap<Event, Event>;
  /** By place, the initial value first. */
  readonly co: ReadonlyMap<string, readonly Event[]>;
  readonly results: readonly Registers[];
}

/** What a thread has been told: for each of its reads, by order, the write that it reads from. */
type Told = readonly Event[];

/** Where a thread is that has been told so much. */
interface Progress {
  readonly events: readonly Event[];
  readonly rf: ReadonlyMap<Event, Event>;
  readonly registers: ReadonlyMap<string, number>;
  /** The place that it reads next, if it has not ended. */
  readonly waitsFor: string | undefined;
}

/**
 * All candidate executions in which no value comes out of thin air: program order and reads-from together have no cycle. For each read every write that can
 * be there before it, for each place every order of its writes; which of them are possible is for the models to say. What all models ask
 * for is built in: a read-modify-write comes directly after what it has read, and so does a lock, which reads from an unlock, as an unlock does after its lock.
 */
export function* candidates(test: Litmus): Generator<Graph> {
  const inits = [...cellsOf(test), ...locksOf(test)].map((place, index): Event => {
    return { thread: -1, index, kind: 'init', place, reads: false, writes: true, value: 0 };
  });
  for (const { threads, events, rf } of readings(test, inits)) {
    const results = threads.map(({ registers }, t) =>
      registersOf(test.threads[t]).map((name) => registers.get(name) ?? null),
    );
    for (const orders of product(inits.map((init) => coherences(init, events, rf))))
      yield { events, rf, co: new Map(orders.map((order) => [order[0].place, order])), results };
  }
}

/** Every way of telling all reads what they read from. Each is met in many orders of telling; it is given out once. */
function* readings(test: Litmus, inits: readonly Event[]) {
  const known = new Set<string>();
  const work: Told[][] = [test.threads.map(() => [])];
  for (let told = work.pop(); told !== undefined; told = work.pop()) {
    const key = told.map((thread) => thread.map(nameOf).join()).join('|');
    if (known.has(key)) continue;
    known.add(key);
    const threads = told.map((answers, t) => perform(test.threads[t], t, answers));
    const events = [...inits, ...threads.flatMap((thread) => thread.events)];
    // Nothing can come directly after what two read-modify-writes have read.
    const updated = threads.flatMap(({ rf }) =>
      [...rf].filter(([read]) => read.writes).map(([, from]) => nameOf(from)),
    );
    if (new Set(updated).size < updated.length) continue;
    if (threads.every(({ waitsFor }) => waitsFor === undefined)) {
      // What a thread was told of may stem from an earlier run of the other one: the same events, but not the same objects.
      const byName = new Map(events.map((event) => [nameOf(event), event]));
      const rf = threads.flatMap((thread) => [...thread.rf]);
      yield { threads, events, rf: new Map(rf.map(([read, from]) => [read, byName.get(nameOf(from))!])) };
    }
    for (const [t, { waitsFor }] of threads.entries())
      for (const from of events)
        if (from.writes && from.place === waitsFor && from.kind !== 'lock') work.push(told.with(t, [...told[t], from]));
  }
}

const nameOf = (event: Event): string => `${event.thread}.${event.index}`;

/** Runs a thread that has been told so much, until it needs to be told more. */
function perform(steps: readonly Step[], thread: number, told: Told): Progress {
  const events: Event[] = [];
  const rf = new Map<Event, Event>();
  const registers = new Map<string, number>();
  const numberOf = (value: number | string): number =>
    typeof value === 'number' ? value : (registers.get(value) ?? 0);
  for (const step of steps) {
    if (step.kind === 'if') {
      if (registers.get(step.register) !== step.is) break;
      continue;
    }
    const place = 'cell' in step ? step.cell : 'lock' in step ? step.lock : '';
    const made = { thread, index: events.length, kind: step.kind, place };
    const reads = 'into' in step || step.kind === 'lock';
    if (!reads) {
      events.push({ ...made, reads, writes: place !== '', value: 'value' in step ? numberOf(step.value) : 0 });
      continue;
    }
    if (rf.size === told.length) return { events, rf, registers, waitsFor: place };
    const from = told[rf.size];
    const value =
      step.kind === 'fetchAdd' ? from.value + numberOf(step.value) : 'value' in step ? numberOf(step.value) : 0;
    const writes = 'value' in step ? step.kind !== 'cmpxchg' || from.value === step.expected : step.kind === 'lock';
    const event = { ...made, reads, writes, value };
    events.push(event);
    rf.set(event, from);
    if ('into' in step) registers.set(step.into, from.value);
  }
  return { events, rf, registers, waitsFor: undefined };
}

/** Every order of the writes to a place in which those come directly after another that have to. */
function coherences(init: Event, events: readonly Event[], rf: ReadonlyMap<Event, Event>): Event[][] {
  const directly = (event: Event, last: Event): boolean =>
    event.kind === 'unlock'
      ? last.kind === 'lock' && last.thread === event.thread
      : !event.reads || last === rf.get(event);
  function* extend(order: readonly Event[], rest: readonly Event[]): Generator<Event[]> {
    if (rest.length === 0) yield [...order];
    for (const [i, next] of rest.entries())
      if (directly(next, order.at(-1)!)) yield* extend([...order, next], rest.toSpliced(i, 1));
  }
  return [
    ...extend(
      [init],
      events.filter((event) => event.writes && event.place === init.place && event !== init),
    ),
  ];
}

/** One of each list, in every way. */
function* product<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  if (lists.length === 0) yield [];
  else for (const first of lists[0]) for (const rest of product(lists.slice(1))) yield [first, ...rest];
}
