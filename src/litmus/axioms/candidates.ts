import { type Candidate, type Connection, NOT_CONNECTED, type ThreadRun } from './candidate.ts';
import { FoundedRuns } from './foundedRuns.ts';
import { isLockRead, lockOrders } from './lockOrders.ts';
import { THIN_AIR } from './thinAir.ts';

/** How a search goes on. */
export interface CandidateSearch {
  /** Whether runs of the first threads can be part of what is searched for. */
  readonly isPromising: (runs: readonly ThreadRun[]) => boolean;
  /** Whether a candidate may be consistent of which some addresses are not connected yet. */
  readonly isConsistent: (partial: Candidate) => boolean;
  /** Called for each candidate that is coherent at each address. Returns whether to stop. */
  readonly visit: (candidate: Candidate, runs: readonly ThreadRun[]) => boolean;
}

/** Enumerates the candidate executions of a test. Returns whether `visit` ended the search. */
export function searchCandidates(
  runs: readonly (readonly ThreadRun[])[],
  initial: ReadonlyMap<number, number>,
  search: CandidateSearch,
): boolean {
  const founded = new FoundedRuns(initial);
  /** `left`: by thread, the runs to choose from; for the first `count` threads only one. */
  const chooseRuns = (left: readonly (readonly ThreadRun[])[], count: number): boolean => {
    if (left.some((of) => of.length === 0) || !founded.areSupplied(left)) return false;
    const chosen = left.slice(0, count).map(([run]) => run);
    if (count === left.length) return connect(chosen, initial, search);
    return left[count].some(
      (run) => search.isPromising([...chosen, run]) && chooseRuns(founded.among(left.with(count, [run])), count + 1),
    );
  };
  return search.isPromising([]) && chooseRuns(runs, 0);
}

type Events = Candidate['events'];

/** Enumerates reads-from and coherence for runs of all threads, address by address. */
function connect(
  runs: readonly ThreadRun[],
  initial: ReadonlyMap<number, number>,
  { isConsistent, visit }: CandidateSearch,
): boolean {
  const events = runs.flatMap(({ events }, thread) =>
    events.map((event, inThread) => ({ ...event, thread, inThread })),
  );
  const accessed = [...new Set(events.flatMap(({ kind, at }) => (kind === 'fence' ? [] : [at!])))];
  const places = accessed
    .map((at) => ({ at, connections: connectionsAt(events, at, initial.get(at) ?? 0) }))
    .toSorted((a, b) => a.connections.length - b.connections.length);
  if (places.some(({ connections }) => connections.length === 0)) return false;
  const choose = (i: number, candidate: Candidate): boolean => {
    if (i === places.length) return isFounded(candidate) && visit(candidate, runs);
    const left = places.slice(i).reduce((product, { connections }) => product * connections.length, 1);
    if (i > 0 && left >= WORTH_A_CHECK && !isConsistent(candidate)) return false;
    return places[i].connections.some(({ order, sources }) => {
      const readsFrom = [...candidate.readsFrom];
      for (const [read, from] of sources) readsFrom[read] = from;
      const coherence = new Map(candidate.coherence).set(places[i].at, order);
      return choose(i + 1, { events, readsFrom, coherence });
    });
  };
  return choose(0, { events, readsFrom: events.map(() => NOT_CONNECTED), coherence: new Map() });
}

/** A partial candidate is checked if so many candidates at least continue it. */
const WORTH_A_CHECK = 4;

/** Whether exactly the values out of thin air come from themselves. */
function isFounded({ events, readsFrom }: Candidate): boolean {
  const sources = events.map(({ kind, data, address, inThread }, i) => {
    const needed = [...data, ...address].map((read) => i - inThread + read);
    return kind === 'read' && readsFrom[i] >= 0 ? [...needed, readsFrom[i]] : needed;
  });
  const isKnown = events.map(() => false);
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const [i, from] of sources.entries())
      if (!isKnown[i] && from.every((j) => isKnown[j])) {
        isKnown[i] = true;
        isNew = true;
      }
  }
  return isKnown.every((known, i) => known !== (events[i].value === THIN_AIR));
}

/** All coherence orders and reads-from at an address that are coherent with the program order. */
function connectionsAt(events: Events, at: number, initial: number): Connection[] {
  const here = events.flatMap((event, i) => (event.at === at && event.kind !== 'fence' ? [i] : []));
  if (here.some((i) => isLockRead(events[i]))) return lockOrders(events, here);
  const writes = here.filter((i) => events[i].kind === 'write');
  const reads = here.filter((i) => events[i].kind === 'read');
  return ordersOf(events, writes, initial).flatMap((order) =>
    sourcesOf(events, reads, order, initial).map((sources) => ({ order, sources })),
  );
}

/**
 * The orders of writes in which those of a thread are in program order, and an atomic has read the
 * write before its own.
 *
 * @param before the value that the first of them overwrites.
 */
function ordersOf(events: Events, writes: readonly number[], before: number): number[][] {
  if (writes.length === 0) return [[]];
  return writes.flatMap((first) => {
    const { value, inThread, readOf } = events[first];
    if (readOf !== undefined && events[first - inThread + readOf].value !== before) return [];
    if (writes.some((other) => isBefore(events, other, first))) return [];
    const others = writes.filter((other) => other !== first);
    return ordersOf(events, others, value).map((rest) => [first, ...rest]);
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
