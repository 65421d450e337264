import type { CandidateEvent, ThreadRun } from './candidate.ts';
import { isLockRead } from './lockOrders.ts';
import { THIN_AIR } from './thinAir.ts';

/** What a run reads and writes, as numbers of pairs of an address and a value. */
interface Exchange {
  readonly reads: readonly number[];
  /** What atomics read that write. */
  readonly replaced: readonly number[];
  /** `needs`: what the written value and address are computed from. */
  readonly writes: readonly { readonly pair: number; readonly needs: readonly number[] }[];
}

/**
 * Leaves out runs that read what nothing writes. A value that is only copied from itself is
 * `THIN_AIR`, as in herd7.
 */
export class FoundedRuns {
  private readonly numbers = new Map<string, number>();
  private readonly exchanges = new WeakMap<ThreadRun, Exchange>();
  private readonly initial: readonly number[];

  /** @param initial the initial values by address. */
  constructor(initial: ReadonlyMap<number, number>) {
    this.initial = [...initial].map(([at, value]) => this.pairOf(at, value));
  }

  /** Of runs of each thread, those that can be part of an execution with some of the others. */
  among(runs: readonly (readonly ThreadRun[])[]): ThreadRun[][] {
    for (let left = runs; ; ) {
      const written = this.writtenBy(left);
      const isFounded = (run: ThreadRun): boolean => this.exchangeOf(run).reads.every((pair) => written[pair] === 1);
      const next = left.map((of) => of.filter(isFounded));
      if (next.every((of, thread) => of.length === left[thread].length)) return next;
      left = next;
    }
  }

  /** By pair of address and value: 1 if some of the runs may write it. */
  /**
   * Whether each atomic that writes may have a write to replace: no two replace the same one.
   * Counts what the chosen runs replace, and what all of them may write.
   */
  areSupplied(runs: readonly (readonly ThreadRun[])[]): boolean {
    const balance = new Int32Array(this.numbers.size);
    for (const pair of this.initial) balance[pair]++;
    for (const of of runs) {
      const most = new Int32Array(this.numbers.size);
      for (const run of of) {
        const count = new Int32Array(this.numbers.size);
        for (const { pair } of this.exchangeOf(run).writes) most[pair] = Math.max(most[pair], ++count[pair]);
      }
      for (const [pair, count] of most.entries()) balance[pair] += count;
      if (of.length === 1) for (const pair of this.exchangeOf(of[0]).replaced) balance[pair]--;
    }
    return balance.every((count) => count >= 0);
  }

  private writtenBy(runs: readonly (readonly ThreadRun[])[]): Uint8Array {
    const all = runs.flatMap((of) => of.map((run) => this.exchangeOf(run)));
    const written = new Uint8Array(this.numbers.size);
    for (const pair of this.initial) written[pair] = 1;
    for (let isNew = true; isNew; ) {
      isNew = false;
      for (const { writes } of all)
        for (const { pair, needs } of writes)
          if (written[pair] === 0 && needs.every((other) => written[other] === 1)) {
            written[pair] = 1;
            isNew = true;
          }
    }
    return written;
  }

  private exchangeOf(run: ThreadRun): Exchange {
    const known = this.exchanges.get(run);
    if (known !== undefined) return known;
    const exchange = this.exchangeIn(run.events);
    this.exchanges.set(run, exchange);
    return exchange;
  }

  private exchangeIn(events: readonly CandidateEvent[]): Exchange {
    const isRead = (event: CandidateEvent): boolean => event.kind === 'read' && !isLockRead(event);
    const pair = ({ at, value }: CandidateEvent): number => this.pairOf(at!, value);
    return {
      reads: [...new Set(events.filter(isRead).map(pair))],
      replaced: events
        .flatMap(({ readOf }) => (readOf === undefined ? [] : [events[readOf]]))
        .filter(isRead)
        .map(pair),
      writes: events
        .filter(({ kind }) => kind === 'write')
        .map((event) => ({
          pair: pair(event),
          needs:
            event.value === THIN_AIR
              ? []
              : [...event.data, ...event.address]
                  .map((i) => events[i])
                  .filter(isRead)
                  .map(pair),
        })),
    };
  }

  private pairOf(at: number, value: number): number {
    const key = `${at} ${value}`;
    const known = this.numbers.get(key) ?? this.numbers.size;
    this.numbers.set(key, known);
    return known;
  }
}
