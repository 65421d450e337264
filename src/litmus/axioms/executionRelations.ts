import { BitRelation } from './bitRelation.ts';
import type { Candidate, CandidateEvent } from './candidate.ts';

/**
 * The relations of a candidate execution that all memory models share, under the names that cat
 * files use. Initial values are no events: nothing is ordered before them.
 */
export class ExecutionRelations {
  private readonly events: Candidate['events'];
  private readonly size: number;
  readonly po: BitRelation;
  readonly rf: BitRelation;
  readonly co: BitRelation;
  readonly fr: BitRelation;
  readonly internal: BitRelation;
  readonly external: BitRelation;
  readonly sameAddress: BitRelation;
  /** Identity relations of sets of events. */
  readonly memory: BitRelation;
  readonly reads: BitRelation;
  readonly writes: BitRelation;
  readonly plain: BitRelation;
  readonly marked: BitRelation;
  /** From the read of an atomic, or of spin_lock, to its write. */
  readonly rmw: BitRelation;
  /** The reads and writes of atomics. */
  readonly atomics: BitRelation;

  constructor({ events, readsFrom, coherence }: Candidate) {
    this.events = events;
    this.size = events.length;
    this.po = this.where((a, b) => a.thread === b.thread && a.inThread < b.inThread);
    this.internal = this.where((a, b) => a.thread === b.thread);
    this.external = this.where((a, b) => a.thread !== b.thread);
    this.sameAddress = this.where((a, b) => a.at !== null && a.at === b.at);
    this.memory = this.set(({ kind }) => kind !== 'fence');
    this.reads = this.set(({ kind }) => kind === 'read');
    this.writes = this.set(({ kind }) => kind === 'write');
    this.plain = this.set(({ label }) => label === 'plain');
    this.marked = this.set(({ label }) => label !== 'plain');
    this.rf = BitRelation.ofPairs(
      this.size,
      readsFrom.flatMap((from, i) => (from < 0 ? [] : [[from, i] as const])),
    );
    const orders = [...coherence.values()];
    this.co = BitRelation.ofPairs(
      this.size,
      orders.flatMap((order) => order.flatMap((a, i) => order.slice(i + 1).map((b) => [a, b] as const))),
    );
    const initialReads = this.set(({ kind }, i) => kind === 'read' && readsFrom[i] === -1);
    const toWrites = this.sameAddress.compose(this.writes);
    this.rmw = this.where((a, b) => a.thread === b.thread && b.readOf === a.inThread);
    const halves = this.rmw.or(this.rmw.inverse());
    this.atomics = this.set(({ label }, i) => label !== 'lock' && events.some((_, j) => halves.has(i, j)));
    this.fr = this.rf.inverse().compose(this.co).or(initialReads.compose(toWrites));
  }

  /** The identity relation of the events for which `isMember`. */
  set(isMember: (event: Candidate['events'][number], i: number) => boolean): BitRelation {
    return BitRelation.identityOf(this.size, (i) => isMember(this.events[i], i));
  }

  labelled(kind: CandidateEvent['kind'], ...labels: readonly string[]): BitRelation {
    return this.set((event) => event.kind === kind && labels.includes(event.label));
  }

  fences(...labels: readonly string[]): BitRelation {
    return this.labelled('fence', ...labels);
  }

  /** Pairs of events of a thread with such a fence between them. */
  fenced(...labels: readonly string[]): BitRelation {
    return this.po.compose(this.fences(...labels), this.po);
  }

  /** Dependencies, as pairs of a read and what depends on it. */
  dependencies(of: 'address' | 'data' | 'control'): BitRelation {
    return this.where((a, b) => a.thread === b.thread && b[of].has(a.inThread));
  }

  where(holds: (a: Candidate['events'][number], b: Candidate['events'][number]) => boolean): BitRelation {
    return BitRelation.where(this.size, (a, b) => holds(this.events[a], this.events[b]));
  }
}
