import type { VarintBuffer } from '../../states/varintBuffer.ts';
import type { CoherenceOrder } from '../coherenceOrder.ts';
import type { ScEvent } from './scEvent.ts';
import type { ScOrder } from './scOrder.ts';
import type { MessageView, Views } from './threadView.ts';

/** Writes a view as a state has it. */
export interface ViewWriter {
  add(view: MessageView, row: VarintBuffer): void;
}

/**
 * HOT where states are compared under `rc11`. The seq_cst events of the past that can still be part
 * of a cycle of psc. Such a cycle needs a future access that reads an older store than an event
 * knows, or is placed before it. So it goes through an event that knows a store which some thread
 * may still overlook, and on to events that come after that one. In each thread these are the last
 * ones.
 */
export class ScHistory {
  /** How many there are. */
  count = 0;
  private readonly order: ScOrder;
  private readonly views: Views;
  private readonly stores: CoherenceOrder;
  /** By thread: the number of the first of them, from 1; one more than there are: none. */
  private readonly first: number[] = [];
  private oldest: readonly number[] = [];

  constructor(order: ScOrder, views: Views, stores: CoherenceOrder) {
    this.order = order;
    this.views = views;
    this.stores = stores;
  }

  /**
   * Finds them.
   *
   * @param open the locations of which some thread may overlook a store.
   * @param oldest by location: the rank of the oldest store that a thread may still read.
   */
  update(open: readonly number[], oldest: readonly number[]): void {
    const { events } = this.order;
    const { first } = this;
    this.oldest = oldest;
    this.count = 0;
    if (this.order.count === 0) return;
    for (let t = 0; t < events.length; t++) {
      first[t] = events[t].length + 1;
      for (let n = events[t].length; n > 0; n--) {
        if (this.knowsLater(events[t][n - 1], open)) first[t] = n;
        // A fence knows what those before it know.
        else if (events[t][n - 1].access === undefined) break;
      }
    }
    const live = first.slice(0, events.length);
    for (let t = 0; t < events.length; t++) {
      let n = events[t].length;
      while (n > 0 && (n >= live[t] || this.isAfter(events[t][n - 1], live))) n--;
      first[t] = n + 1;
      this.count += events[t].length - n;
    }
  }

  /**
   * Whether a state must have all of its past: with seq_cst accesses, it is not known what of the
   * past matters to them.
   */
  get needsPast(): boolean {
    return this.count > 0 && this.order.accessCount > 0;
  }

  /** Adds them to a state, which does not have all of its past. */
  addTo(row: VarintBuffer, writer: ViewWriter): void {
    const { events } = this.order;
    row.add(this.count);
    if (this.count === 0 || this.needsPast) return;
    for (let t = 0; t < events.length; t++) {
      row.add(events[t].length - this.first[t] + 1);
      for (let n = this.first[t]; n <= events[t].length; n++) {
        const fence = events[t][n - 1];
        writer.add(fence.view, row);
        for (let u = 0; u < events.length; u++) row.add(Math.max(0, fence.before[u] - this.first[u] + 1));
        this.addAccesses(fence, row);
      }
    }
  }

  /** Adds how many of them happen before what has this view. */
  addKnown(view: MessageView, row: VarintBuffer): void {
    if (this.count === 0) return;
    for (let t = 0; t < this.order.events.length; t++)
      row.add(Math.max(0, view[this.views.fences(t)] - this.first[t] + 1));
  }

  /** Whether any of them happens before what has this view. */
  isAnyKnown(view: MessageView): boolean {
    if (this.count === 0) return false;
    return this.order.events.some((_, t) => view[this.views.fences(t)] >= this.first[t]);
  }

  /** By location: from which rank on what a later fence knows makes it come after `fence`. */
  private addAccesses({ reads, writes }: ScEvent, row: VarintBuffer): void {
    const { rank } = this.stores;
    for (let a = 0; a < reads.length; a++) {
      const read = reads[a] < 0 ? Infinity : rank[reads[a]];
      const written = writes[a] < 0 ? Infinity : rank[writes[a]] - 1;
      const least = Math.min(read, written);
      // Every later fence of a thread that goes on knows `oldest`.
      row.add(least === Infinity ? 0 : Math.max(0, least - this.oldest[a] + 1) + 1);
    }
  }

  private knowsLater({ view, access }: ScEvent, open: readonly number[]): boolean {
    const { rank, location } = this.stores;
    if (access !== undefined) return access.made.some((store) => rank[store] > this.oldest[location[store]]);
    for (let i = 0; i < open.length; i++) if (rank[view[open[i]]] > this.oldest[open[i]]) return true;
    return false;
  }

  private isAfter({ before }: ScEvent, live: readonly number[]): boolean {
    for (let t = 0; t < live.length; t++) if (before[t] >= live[t]) return true;
    return false;
  }
}
