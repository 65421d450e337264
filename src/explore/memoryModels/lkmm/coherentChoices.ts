import { isCmpxchg, isLocking, isStore, isWrite, Kind, kindOf, placeOf, usesValue } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import type { GraphChoices } from '../../trust/graphMemory.ts';
import { isPromise } from '../../trust/partialGraph.ts';
import type { ByteRanges } from '../byteRanges.ts';
import type { CoherenceOrder } from '../coherenceOrder.ts';
import { NO_STEPS } from '../memoryModel.ts';
import type { AccessChoice } from '../relations.ts';
import { promisedValue } from './promises.ts';

const ONLY: readonly AccessChoice[] = [{ from: NO_STEPS, after: NO_STEPS }];

/** What a read may be promised: see `promises.ts`. */
export type PromiseSource = (thread: number) => readonly number[];

/**
 * The choices of a thread's next step that coherence of each location allows. The axioms are asked
 * of the whole graph. An access to several locations has no choice but the newest stores: the
 * search does not go on there.
 */
export class CoherentChoices implements GraphChoices {
  /** What the next read of a thread may be promised, beside what it may read. */
  promises: PromiseSource = () => NO_STEPS;
  private readonly execution: Execution;
  private readonly locations: ByteRanges;
  private readonly stores: CoherenceOrder;
  /** By thread, then by location: the newest store that the thread knows. */
  private readonly known: readonly Int32Array[];

  constructor(execution: Execution, locations: ByteRanges, stores: CoherenceOrder, known: readonly Int32Array[]) {
    this.execution = execution;
    this.locations = locations;
    this.stores = stores;
    this.known = known;
  }

  of(thread: number): readonly AccessChoice[] {
    const code = this.execution.pending[thread];
    const kind = kindOf(code);
    if (!usesValue(kind)) return ONLY;
    if (isLocking(kind)) {
      const last = [this.stores.last(this.locations.of[placeOf(code)][0])];
      return [{ from: kind === Kind.lock ? last : NO_STEPS, after: last }];
    }
    if (isStore(kind)) return this.placements(thread).map((after) => ({ from: NO_STEPS, after }));
    const choices: AccessChoice[] = [];
    for (const from of this.readable(thread)) {
      if (!isWrite(kind) || this.isFailing(thread, from)) choices.push({ from, after: NO_STEPS });
      else if (isPromise(from[0])) for (const after of this.placements(thread)) choices.push({ from, after });
      else if (this.isFree(from)) choices.push({ from, after: from });
    }
    return choices;
  }

  readable(thread: number): readonly (readonly number[])[] {
    const stores = this.notOlder(thread).map((store) => [store]);
    for (const promised of this.promises(thread)) stores.push([promised]);
    return stores;
  }

  placements(thread: number): readonly (readonly number[])[] {
    return this.notOlder(thread)
      .filter((store) => !this.isUpdated(store))
      .map((store) => [store]);
  }

  isFailing(thread: number, [from]: readonly number[]): boolean {
    const { pending, tree, node } = this.execution;
    if (!isCmpxchg(kindOf(pending[thread]))) return false;
    const { low, high } = this.stores;
    return isPromise(from)
      ? !tree.expects(node[thread], promisedValue(from), 0)
      : !tree.expects(node[thread], low[from], high[from]);
  }

  isFree(from: readonly number[]): boolean {
    return !from.some((store) => !isPromise(store) && this.isUpdated(store));
  }

  mayUpdate(): boolean {
    return true;
  }

  /** Whether a read-modify-write has read `store`: nothing comes between it and that one. */
  private isUpdated(store: number): boolean {
    const { order, location, rank, update } = this.stores;
    const next = order[location[store]][rank[store] + 1];
    return next !== undefined && update[next];
  }

  private notOlder(thread: number): number[] {
    const { order, rank } = this.stores;
    const [location] = this.locations.of[placeOf(this.execution.pending[thread])];
    const stores: number[] = [];
    for (let i = order[location].length - 1; i >= rank[this.known[thread][location]]; i--)
      stores.push(order[location][i]);
    return stores;
  }
}
