import type { Execution } from './execution.ts';
import type { Judge } from './search.ts';
import { StateSet } from './stateSet.ts';

/**
 * HOT: the states that were visited. A state is memory, and for each thread the log of its operation, which is its continuation, as one number of the
 * `LogTree`; what watches the execution has its own.
 */
export class States {
  withResults: boolean;
  private seen = new StateSet();
  private readonly execution: Execution;
  private readonly judge: Judge;
  /** With a bound it matters which thread goes on for free, and what is left to spend. */
  private readonly bounded: boolean;
  /** Groups of threads that are interchangeable. */
  private readonly groups: readonly (readonly number[])[];
  private readonly key: Uint32Array;
  private readonly interned = new Map<string, number>();

  constructor(execution: Execution, judge: Judge, bounded = false, groups: readonly (readonly number[])[] = []) {
    this.execution = execution;
    this.judge = judge;
    this.bounded = bounded;
    this.groups = groups;
    this.withResults = judge.resultsMatter;
    this.key = new Uint32Array(execution.bytes.u32.length + 2 * execution.node.length + 5);
  }

  get size(): number {
    return this.seen.size;
  }

  get bytes(): number {
    return this.seen.bytes;
  }

  clear(): void {
    this.seen = new StateSet();
    this.withResults = this.judge.resultsMatter;
  }

  /** Adds the state that the execution is in. Returns false when it has been there. */
  add(spent: number): boolean {
    const { execution, key } = this;
    const { node, asleep } = execution;
    key.set(execution.bytes.u32);
    let n = execution.bytes.u32.length;
    let sleeping = 0;
    for (let t = 0; t < node.length; t++) {
      key[n++] = node[t];
      if (asleep[t] >= 0) sleeping |= 1 << t;
    }
    key[n++] = sleeping;
    if (this.bounded) {
      key[n++] = execution.last;
      key[n++] = spent;
    }
    const text = this.judge.key();
    if (text !== '') key[n++] = this.intern(text);
    if (this.withResults) key[n++] = this.intern(`results ${JSON.stringify(execution.results, bigints)}`);
    if (this.groups.length > 0) this.canonical();
    return this.seen.add(key, n);
  }

  /** Of all states that differ only in which of the interchangeable threads is which, one. */
  private canonical(): void {}

  private intern(key: string): number {
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    this.interned.set(key, this.interned.size);
    return this.interned.size - 1;
  }
}

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
