import {
  isAcquire,
  isCmpxchg,
  isFullFence,
  isLocking,
  isSeqCst,
  isStore,
  isWait,
  isWrite,
  Kind,
  kindOf,
  placeOf,
  usesValue,
} from '../../../memory/kinds.ts';
import { type QueueTable, queueTable } from '../../../memory/layout.ts';
import type { Execution } from '../../execution/execution.ts';
import type { ByteRanges } from '../byteRanges.ts';
import type { CoherenceOrder } from '../coherenceOrder.ts';
import type { AccessChoice } from '../relations.ts';
import type { MessageView } from './threadView.ts';
import type { ViewTransitions } from './viewTransitions.ts';

const NOTHING: readonly number[] = [];
const ONLY: readonly AccessChoice[] = [{ from: NOTHING, after: NOTHING }];

/**
 * HOT under `rc11`. The choices of a thread's next step: what it reads from, and where in coherence
 * order it stores.
 */
export class ChoiceEnumerator {
  private readonly execution: Execution;
  private readonly queueOf: QueueTable;
  private readonly locations: ByteRanges;
  private readonly stores: CoherenceOrder;
  private readonly views: ViewTransitions;
  /** By step: its first store. */
  private readonly firstStore: readonly number[];
  private readonly stepsOf: readonly (readonly number[])[];
  /** By thread: the choices of its next step, as of which version of the execution. */
  private readonly lists: (readonly AccessChoice[])[] = [];
  private readonly versions: number[] = [];
  private version = 0;

  constructor(
    execution: Execution,
    locations: ByteRanges,
    stores: CoherenceOrder,
    views: ViewTransitions,
    firstStore: readonly number[],
    stepsOf: readonly (readonly number[])[],
  ) {
    this.execution = execution;
    this.queueOf = queueTable(execution.places);
    this.locations = locations;
    this.stores = stores;
    this.views = views;
    this.firstStore = firstStore;
    this.stepsOf = stepsOf;
  }

  /** The execution is another one now. */
  invalidate(): void {
    this.version++;
  }

  /** The choices of the next step of `thread`, the newest store first. */
  of(thread: number): readonly AccessChoice[] {
    if (this.versions[thread] !== this.version) {
      this.lists[thread] = this.enumerate(thread);
      this.versions[thread] = this.version;
    }
    return this.lists[thread];
  }

  private enumerate(thread: number): readonly AccessChoice[] {
    const code = this.execution.pending[thread];
    const kind = kindOf(code);
    if (!usesValue(kind)) return ONLY;
    if (isLocking(kind)) {
      const last = [this.stores.last(this.locations.of[placeOf(code)][0])];
      return [{ from: kind === Kind.lock ? last : NOTHING, after: last }];
    }
    const choices: AccessChoice[] = [];
    if (isStore(kind)) {
      for (const after of this.placements(thread)) choices.push({ from: NOTHING, after });
      return choices;
    }
    for (const from of this.readable(thread)) {
      if (!isWrite(kind) || this.isFailing(thread, from)) choices.push({ from, after: NOTHING });
      else if (this.isFree(from) && this.mayUpdate(thread, from)) choices.push({ from, after: from });
    }
    return choices;
  }

  /** Whether the pending access of `thread` is a cmpxchg that fails if it reads `from`. */
  isFailing(thread: number, from: readonly number[]): boolean {
    const { pending, places, tree, node } = this.execution;
    const code = pending[thread];
    if (!isCmpxchg(kindOf(code))) return false;
    const [low, high] = this.stores.value(places[placeOf(code)], from);
    return !tree.expects(node[thread], low, high);
  }

  /** Whether no read-modify-write has read one of `from`. */
  isFree(from: readonly number[]): boolean {
    for (let i = 0; i < from.length; i++) if (this.isUpdated(from[i])) return false;
    return true;
  }

  /**
   * Whether a read-modify-write has read `store`: then its own store is the next one, and nothing
   * comes between.
   */
  private isUpdated(store: number): boolean {
    const { order, location, rank, update } = this.stores;
    const others = order[location[store]];
    const next = rank[store] + 1;
    return next < others.length && update[others[next]];
  }

  /**
   * What the next access of `thread` may read, newest first. A read-modify-write with full order,
   * and a wait, come after a seq_cst fence; `isFailing` tells where a compare-and-exchange does
   * not.
   */
  readable(thread: number): readonly (readonly number[])[] {
    const code = this.execution.pending[thread];
    const { rank, order } = this.stores;
    const { current, loads } = this.views.threadViews[thread];
    const locations = this.locations.of[placeOf(code)];
    const waits = isWait(kindOf(code));
    const bound = waits ? this.boundOfWait(thread, placeOf(code)) : this.views.scOrder.bound(current, loads);
    const candidates = locations.map((a) =>
      newestFirst(order[a], Math.max(rank[current[a]], rank[loads[a]], rank[bound[a]])),
    );
    let lists =
      locations.length === 1 ? single(candidates[0]) : product(candidates).filter((from) => this.isWhole(from));
    if ((isAcquire(kindOf(code)) || waits) && this.views.scOrder.count > 0)
      lists = lists.filter((from) => this.mayAcquire(thread, from));
    if (!isSeqCst(kindOf(code))) return lists;
    return lists.filter((from) => {
      if (!isWrite(kindOf(code)) || this.isFailing(thread, from)) return this.allowsSc(thread, from, NOTHING);
      // Where another read-modify-write has updated `from`, TruSt may delete that one.
      return !this.isFree(from) || this.allowsSc(thread, from, from);
    });
  }

  /** What `thread` must not overlook after a new seq_cst fence. It takes in `other` before it. */
  private boundAfterFence(thread: number, other: MessageView): MessageView {
    const { scOrder, threadViews, views } = this.views;
    const { current, loads, acquire } = threadViews[thread];
    const known = views.join(views.join(views.join(current, loads), acquire), other);
    return views.joinLocations(known, scOrder.boundAfterFence(thread, known));
  }

  /** The same for a wait on a place: it takes the lock of the queue first. */
  private boundOfWait(thread: number, place: number): MessageView {
    return this.boundAfterFence(thread, this.views.lockViews[this.queueOf[place]]);
  }

  /**
   * Whether a read-modify-write of `thread` may read `from`, which is readable. One with full order
   * reads it after a seq_cst fence.
   */
  mayUpdate(thread: number, from: readonly number[]): boolean {
    if (!isFullFence(kindOf(this.execution.pending[thread]))) return true;
    return this.isAtLeast(from, this.boundAfterFence(thread, this.views.views.initial));
  }

  /** Whether `thread` may read `from` with acquire: then more fences happen before the load. */
  private mayAcquire(thread: number, from: readonly number[]): boolean {
    const { scOrder, threadViews, views, messageViews } = this.views;
    const { current, loads } = threadViews[thread];
    let known = current;
    for (let i = 0; i < from.length; i++) known = views.join(known, messageViews[from[i]]);
    return known === current || this.isAtLeast(from, scOrder.bound(known, loads));
  }

  /**
   * Whether psc stays acyclic if the next access of `thread`, a seq_cst one, is taken like this.
   */
  private allowsSc(thread: number, reads: readonly number[], after: readonly number[]): boolean {
    const { scOrder, threadViews, views, messageViews } = this.views;
    // What is last in coherence order comes before nothing of the past.
    const { rank, location, order } = this.stores;
    if ((reads.length > 0 ? reads : after).every((store) => rank[store] === order[location[store]].length - 1))
      return true;
    const before = threadViews[thread].current;
    let view = before;
    for (let i = 0; i < reads.length; i++) view = views.join(view, messageViews[reads[i]]);
    const locations = this.locations.of[placeOf(this.execution.pending[thread])];
    const nth = this.stepsOf[thread].length + 1;
    return scOrder.allows(thread, { thread, nth, locations, reads, after, made: NOTHING, before, view });
  }

  private isAtLeast(from: readonly number[], bound: MessageView): boolean {
    const { rank, location } = this.stores;
    return from.every((store) => rank[store] >= rank[bound[location[store]]]);
  }

  /**
   * The values that `thread` may read from a place of one location, newest first; undefined for one
   * of several.
   */
  readableValues(thread: number, place: number): readonly bigint[] | undefined {
    const { stores } = this;
    const locations = this.locations.of[place];
    if (locations.length !== 1) return undefined;
    const [location] = locations;
    const { scOrder, threadViews } = this.views;
    const { current, loads } = threadViews[thread];
    const { rank } = stores;
    const bound = scOrder.bound(current, loads);
    const oldest = Math.max(rank[current[location]], rank[loads[location]], rank[bound[location]]);
    return newestFirst(stores.order[location], oldest).map((store) => {
      const [low, high] = stores.value(this.execution.places[place], [store]);
      return (BigInt(high) << 32n) | BigInt(low);
    });
  }

  /** After which stores the next store of `thread` may come, newest first. */
  placements(thread: number): readonly (readonly number[])[] {
    const { stores } = this;
    const { scOrder, threadViews } = this.views;
    const { current } = threadViews[thread];
    const bound = scOrder.bound(current, current);
    const locations = this.locations.of[placeOf(this.execution.pending[thread])];
    const candidates = locations.map((a) =>
      newestFirst(stores.order[a], Math.max(stores.rank[current[a]], stores.rank[bound[a]])).filter(
        (store) => !this.isUpdated(store),
      ),
    );
    const lists =
      locations.length === 1 ? single(candidates[0]) : product(candidates).filter((after) => this.isInOrder(after));
    if (!isSeqCst(kindOf(this.execution.pending[thread]))) return lists;
    return lists.filter((after) => this.allowsSc(thread, NOTHING, after));
  }

  /** Whether each part is not older than the step that another part is from: a store is whole. */
  private isWhole(from: readonly number[]): boolean {
    const { rank, location } = this.stores;
    return from.every((store) =>
      from.every((other) => {
        const part = this.partOf(store, location[other]);
        return part < 0 || rank[other] >= rank[part];
      }),
    );
  }

  /**
   * Whether a store that comes after these is on the same side of each other store in all
   * locations.
   */
  private isInOrder(after: readonly number[]): boolean {
    const { rank, location, order } = this.stores;
    return after.every((store, i) =>
      order[location[store]].every((other, r) =>
        after.every((beside, j) => {
          const part = i === j ? -1 : this.partOf(other, location[beside]);
          return part < 0 || r <= rank[store] === rank[part] <= rank[beside];
        }),
      ),
    );
  }

  /** What the step of `store` stored to another location, or -1. */
  private partOf(store: number, of: number): number {
    const { step, location } = this.stores;
    if (step[store] < 0) return -1;
    for (let i = this.firstStore[step[store]]; step[i] === step[store]; i++) if (location[i] === of) return i;
    return -1;
  }
}

/** The stores of an order from rank `oldest` on. */
function newestFirst(order: readonly number[], oldest: number): number[] {
  const stores: number[] = [];
  for (let i = order.length - 1; i >= oldest; i--) stores.push(order[i]);
  return stores;
}

function single(stores: readonly number[]): (readonly number[])[] {
  const lists: (readonly number[])[] = [];
  for (let i = 0; i < stores.length; i++) lists.push([stores[i]]);
  return lists;
}

/** All lists that have one of each of `lists`, the last of them changing first. */
function product(lists: readonly (readonly number[])[]): number[][] {
  const all: number[][] = [];
  const count = lists.reduce((of, list) => of * list.length, 1);
  for (let n = 0; n < count; n++) {
    const one: number[] = [];
    let stride = count;
    for (const list of lists) {
      stride /= list.length;
      one.push(list[Math.floor(n / stride) % list.length]);
    }
    all.push(one);
  }
  return all;
}
