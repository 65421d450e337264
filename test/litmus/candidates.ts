import { cellsOf, type Litmus, locksOf, type Registers, registersOf, type Step } from './litmus.ts';

/** An event: a step of a thread, or the write of an initial value. */
export interface Event {
  /** -1 for initial values. */
  readonly thread: number;
  /** Its number among the events of its thread. */
  readonly index: number;
  readonly kind: 'init' | Exclude<Step['kind'], 'if'>;
  /** Of a read-modify-write or a `fence`. */
  readonly order?: string;
  /** The cell or lock, '' for a fence. */
  readonly place: string;
  readonly reads: boolean;
  /** Whether it writes; a cmpxchg that fails does not. */
  readonly writes: boolean;
  /** The value that it writes. Locks have none. */
  readonly value: number;
}

/** A candidate execution: events, reads-from, and coherence order. */
export interface Graph {
  readonly events: readonly Event[];
  readonly rf: ReadonlyMap<Event, Event>;
  /** By place: its writes in coherence order, the initial one first. */
  readonly co: ReadonlyMap<string, readonly Event[]>;
  readonly results: readonly Registers[];
}

/** For each read of a thread so far, in program order: the write that it reads from. */
type Told = readonly Event[];

/** The state of a thread after these reads. */
interface Progress {
  readonly events: readonly Event[];
  readonly rf: ReadonlyMap<Event, Event>;
  readonly registers: ReadonlyMap<string, number>;
  /** The place that it reads next; undefined if it has ended. */
  readonly waitsFor: string | undefined;
}

/**
 * All candidate executions without out-of-thin-air values: program order and reads-from together
 * are acyclic. They have each write for each read, and each coherence order for each place; the
 * models decide which of them are allowed. Atomicity is built in, as all models require it: a
 * read-modify-write comes right after the write that it reads. So does a lock, which reads from an
 * unlock, and an unlock, which comes after its lock.
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

/** All reads-from relations. Each is reached in many orders, but returned once. */
function* readings(test: Litmus, inits: readonly Event[]) {
  const known = new Set<string>();
  const work: Told[][] = [test.threads.map(() => [])];
  for (let told = work.pop(); told !== undefined; told = work.pop()) {
    const key = told.map((thread) => thread.map(nameOf).join()).join('|');
    if (known.has(key)) continue;
    known.add(key);
    const threads = told.map((answers, t) => perform(test.threads[t], t, answers));
    const events = [...inits, ...threads.flatMap((thread) => thread.events)];
    // Two read-modify-writes cannot both come right after the write that they read.
    const updated = threads.flatMap(({ rf }) =>
      [...rf].filter(([read]) => read.writes).map(([, from]) => nameOf(from)),
    );
    if (new Set(updated).size < updated.length) continue;
    if (threads.every(({ waitsFor }) => waitsFor === undefined)) {
      // A write may be from an earlier run of its thread: an equal event, but another object.
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

/** Runs a thread with the given reads, until it reads once more or ends. */
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
    const order = 'order' in step ? { order: step.order } : {};
    const made = { thread, index: events.length, kind: step.kind, place, ...order };
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

/** All orders of the writes to a place that respect atomicity. */
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

/** The Cartesian product of lists. */
function* product<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  if (lists.length === 0) yield [];
  else for (const first of lists[0]) for (const rest of product(lists.slice(1))) yield [first, ...rest];
}
