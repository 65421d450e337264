import type { Candidate, Connection, ThreadRun } from './candidate.ts';
import { isLockRead, lockOrders } from './lockOrders.ts';

/** How a search goes on. */
export interface CandidateSearch {
  /** Whether runs of the first threads can be part of what is searched for. */
  readonly isPromising: (runs: readonly ThreadRun[]) => boolean;
  /** Called for each candidate that is coherent at each address. Returns whether to stop. */
  readonly visit: (candidate: Candidate, runs: readonly ThreadRun[]) => boolean;
}

/** Enumerates the candidate executions of a test. Returns whether `visit` ended the search. */
export function searchCandidates(
  runs: readonly (readonly ThreadRun[])[],
  initial: ReadonlyMap<number, number>,
  { isPromising, visit }: CandidateSearch,
): boolean {
  const chosen: ThreadRun[] = [];
  const chooseRuns = (): boolean => {
    if (!isPromising(chosen)) return false;
    if (chosen.length === runs.length) return connect(chosen, initial, (candidate) => visit(candidate, chosen));
    for (const run of runs[chosen.length]) {
      chosen.push(run);
      if (chooseRuns()) return true;
      chosen.pop();
    }
    return false;
  };
  return chooseRuns();
}

type Events = Candidate['events'];

/** Enumerates reads-from and coherence for runs of all threads, address by address. */
function connect(
  runs: readonly ThreadRun[],
  initial: ReadonlyMap<number, number>,
  visit: (candidate: Candidate) => boolean,
): boolean {
  const events = runs.flatMap(({ events }, thread) =>
    events.map((event, inThread) => ({ ...event, thread, inThread })),
  );
  const accessed = [...new Set(events.flatMap(({ kind, at }) => (kind === 'fence' ? [] : [at!])))];
  const choices = accessed.map((at) => connectionsAt(events, at, initial.get(at) ?? 0));
  if (choices.some((of) => of.length === 0)) return false;
  const readsFrom = events.map(() => -1);
  const coherence = new Map<number, readonly number[]>();
  const choose = (i: number): boolean => {
    if (i === accessed.length) return visit({ events, readsFrom: [...readsFrom], coherence: new Map(coherence) });
    for (const { order, sources } of choices[i]) {
      coherence.set(accessed[i], order);
      for (const [read, from] of sources) readsFrom[read] = from;
      if (choose(i + 1)) return true;
    }
    return false;
  };
  return choose(0);
}

/** All coherence orders and reads-from at an address that are coherent with the program order. */
function connectionsAt(events: Events, at: number, initial: number): Connection[] {
  const here = events.flatMap((event, i) => (event.at === at && event.kind !== 'fence' ? [i] : []));
  if (here.some((i) => isLockRead(events[i]))) return lockOrders(events, here);
  const writes = here.filter((i) => events[i].kind === 'write');
  const reads = here.filter((i) => events[i].kind === 'read');
  return ordersOf(events, writes).flatMap((order) =>
    sourcesOf(events, reads, order, initial).map((sources) => ({ order, sources })),
  );
}

/** The orders of writes in which those of a thread are in program order. */
function ordersOf(events: Events, writes: readonly number[]): number[][] {
  if (writes.length === 0) return [[]];
  return writes.flatMap((first) => {
    if (writes.some((other) => isBefore(events, other, first))) return [];
    return ordersOf(
      events,
      writes.filter((other) => other !== first),
    ).map((rest) => [first, ...rest]);
  });
}

const isBefore = (events: Events, a: number, b: number): boolean =>
  events[a].thread === events[b].thread && events[a].inThread < events[b].inThread;

/** What reads may read from if the writes have this order, by the coherence of their thread. */
function sourcesOf(
  events: Events,
  reads: readonly number[],
  order: readonly number[],
  initial: number,
): Map<number, number>[] {
  let all: Map<number, number>[] = [new Map()];
  // Reads are in program order within their thread.
  for (const read of reads) {
    const least = Math.max(-1, ...order.flatMap((write, i) => (isBefore(events, write, read) ? [i] : [])));
    const most = order.findIndex((write) => isBefore(events, read, write));
    const places = [-1, ...order.keys()].filter(
      (i) => i >= least && (most < 0 || i < most) && (i < 0 ? initial : events[order[i]].value) === events[read].value,
    );
    // Nothing comes between the two halves of an atomic.
    const half = order.findIndex(
      (write) => events[write].thread === events[read].thread && events[write].readOf === events[read].inThread,
    );
    const allowed = half < 0 ? places : places.filter((i) => i === half - 1);
    all = all.flatMap((sources) =>
      allowed
        .filter((i) => reads.every((other) => !isBefore(events, other, read) || placeOf(sources, other, order) <= i))
        .map((i) => new Map(sources).set(read, i < 0 ? -1 : order[i])),
    );
  }
  return all;
}

const placeOf = (sources: ReadonlyMap<number, number>, read: number, order: readonly number[]): number =>
  order.indexOf(sources.get(read)!);
