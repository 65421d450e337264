import type { Execution } from '../../execution/execution.ts';
import type { VarintBuffer } from '../../states/varintBuffer.ts';
import type { ByteRanges } from '../byteRanges.ts';
import type { CoherenceOrder } from '../coherenceOrder.ts';
import type { AccessHistory } from './accessHistory.ts';
import { ScHistory } from './scHistory.ts';
import type { MessageView, Views } from './threadView.ts';
import type { ViewTransitions } from './viewTransitions.ts';

/** The memory whose state is written down: see `Rc11Memory`. */
interface Rc11Parts {
  readonly stores: CoherenceOrder;
  readonly locations: ByteRanges;
  readonly views: Views;
  readonly transitions: ViewTransitions;
  readonly stepsOf: readonly (readonly number[])[];
  readonly nth: readonly number[];
  storesRead(s: number): readonly number[];
}

/** Ends a list of numbers above it. */
const END = 0;

/**
 * HOT where states are compared under `rc11`. What a state has beside memory. It has the stores of
 * each location that some thread may still read or come before. It also has all views, as far as
 * they tell those stores apart. A location with several of those stores is open, one with a single
 * one closed.
 */
export class Rc11State {
  private readonly execution: Execution;
  private readonly memory: Rc11Parts;
  private readonly past: AccessHistory;
  private readonly scHistory: ScHistory;
  private readonly open: number[] = [];
  /** The closed locations that have been written. */
  private readonly closed: number[] = [];
  /** By location: the rank of the oldest of those stores. */
  private readonly oldest: number[] = [];
  /** The current views of the threads that have not ended. */
  private readonly currents: MessageView[] = [];
  /**
   * Views are packed into words. By word: where in `open` its locations end. By store: the bits
   * that stand for it.
   */
  private readonly ends: number[] = [];
  private readonly bits: number[] = [];

  /** @param past the accesses that can still be raced with. */
  constructor(execution: Execution, memory: Rc11Parts, past: AccessHistory) {
    this.execution = execution;
    this.memory = memory;
    this.past = past;
    this.scHistory = new ScHistory(memory.transitions.scOrder, memory.views, memory.stores);
  }

  addTo(row: VarintBuffer): void {
    const { pending, spinning } = this.execution;
    const { threadViews } = this.memory.transitions;
    const { open } = this;
    this.findOpen();
    this.past.update();
    this.scHistory.update(open, this.oldest);
    this.layOut(row);
    this.scHistory.addTo(row, this);
    if (this.scHistory.needsPast) this.addPast(row);
    for (let i = 0; i < open.length; i++) this.addStores(open[i], row);
    this.addClosed(row);
    this.addLocks(row);
    row.add(spinning);
    for (let t = 0; t < threadViews.length; t++) {
      if (pending[t] < 0) continue;
      const { current, loads, acquire, release, stores } = threadViews[t];
      this.add(current, row);
      this.add(loads, row);
      this.add(acquire, row);
      this.add(release, row);
      this.add(stores, row);
    }
  }

  private findOpen(): void {
    const { pending } = this.execution;
    const { transitions, locations, stores } = this.memory;
    const { threadViews } = transitions;
    const { open, closed, oldest, currents } = this;
    const { rank, order } = stores;
    open.length = closed.length = currents.length = 0;
    for (let t = 0; t < threadViews.length; t++) if (pending[t] >= 0) currents.push(threadViews[t].current);
    for (let a = 0; a < locations.count; a++) {
      const last = order[a].length - 1;
      let lowest = last;
      if (last > 0) for (let i = 0; i < currents.length; i++) lowest = Math.min(lowest, rank[currents[i][a]]);
      oldest[a] = lowest;
      if (lowest < last) open.push(a);
      else if (last > 0) closed.push(a);
    }
  }

  /**
   * Finds in which bits of which word a view says which store of an open location it contains. Adds
   * the layout.
   */
  private layOut(row: VarintBuffer): void {
    const { stores } = this.memory;
    const { open, ends, bits, oldest, past } = this;
    while (bits.length < stores.count) bits.push(0);
    ends.length = 0;
    row.add(open.length);
    row.add(past.count);
    let used = 0;
    for (let i = 0; i < open.length; i++) {
      const order = stores.order[open[i]];
      const first = oldest[open[i]];
      const width = 32 - Math.clz32(order.length - 1 - first);
      if (used + width > 32) {
        ends.push(i);
        used = 0;
      }
      for (let r = 0; r < order.length; r++) bits[order[r]] = r <= first ? 0 : (r - first) << used;
      used += width;
      row.add(open[i]);
      row.add(order.length - first);
    }
    if (open.length > 0) ends.push(open.length);
    for (let i = 0; i < past.count; i++) row.add(past.names[i]);
  }

  /** The whole execution graph: what each step of each thread is, what it read, and all orders. */
  private addPast(row: VarintBuffer): void {
    const { schedule, footprints } = this.execution;
    const { stores, stepsOf, nth } = this.memory;
    const addStep = (s: number): void => row.add(s < 0 ? 0 : 32 * nth[s] + schedule[s] + 1);
    for (const own of stepsOf) {
      row.add(own.length);
      for (const s of own) {
        row.add(footprints[s]);
        for (const store of this.memory.storesRead(s)) addStep(stores.step[store]);
      }
    }
    for (const order of stores.order) for (const store of order) addStep(stores.step[store]);
  }

  private addStores(a: number, row: VarintBuffer): void {
    const { stores, locations, transitions } = this.memory;
    const { low, high, update, step } = stores;
    const { messageViews } = transitions;
    const order = stores.order[a];
    const isWide = locations.bytes[a] === 8;
    for (let i = this.oldest[a]; i < order.length; i++) {
      const store = order[i];
      row.add(low[store]);
      if (isWide) row.add(high[store]);
      if (step[store - 1] === step[store] || step[store + 1] === step[store]) this.addParts(store, row);
      row.add(update[store] ? 1 : 0);
      this.add(messageViews[store], row);
    }
  }

  /**
   * Where the other parts of a store are: a thread that reads one may not read what is older than
   * the others.
   */
  private addParts(of: number, row: VarintBuffer): void {
    const { step, location, rank } = this.memory.stores;
    if (step[of] < 0) return;
    let part = of;
    while (step[part - 1] === step[of]) part--;
    for (; step[part] === step[of]; part++) {
      const above = rank[part] - this.oldest[location[part]];
      if (part === of || above < 0) continue;
      // More than what comes after the last of them.
      row.add(location[part] + 2);
      row.add(above);
    }
  }

  /** The one store that is left of a closed location can still be read again, with acquire. */
  private addClosed(row: VarintBuffer): void {
    const { stores, transitions } = this.memory;
    const { closed } = this;
    for (let i = 0; i < closed.length; i++) {
      const view = transitions.messageViews[stores.last(closed[i])];
      if (this.saysNothing(view)) continue;
      row.add(closed[i] + 1);
      this.add(view, row);
    }
    row.add(END);
  }

  private addLocks(row: VarintBuffer): void {
    const { transitions, views } = this.memory;
    const { lockViews, usedLocks } = transitions;
    for (let i = 0; i < usedLocks.length; i++) {
      const id = usedLocks[i];
      if (lockViews[id] === views.initial) continue;
      row.add(id + 1);
      this.add(lockViews[id], row);
    }
    row.add(END);
  }

  /**
   * Adds what a view says of the open locations, of the accesses that can still be raced with, and
   * of the fences that can still be part of a cycle.
   */
  add(view: MessageView, row: VarintBuffer): void {
    const { open, ends, bits, past, scHistory } = this;
    if (ends.length === 1 && past.count === 0 && scHistory.count === 0) {
      // The usual case.
      let word = 0;
      for (let i = 0; i < open.length; i++) word |= bits[view[open[i]]];
      row.add(word);
      return;
    }
    for (let w = 0, i = 0; w < ends.length; w++) {
      let word = 0;
      for (; i < ends[w]; i++) word |= bits[view[open[i]]];
      row.add(word);
    }
    for (let from = 0; from < past.count; from += 32) row.add(past.knownTo(view, from));
    scHistory.addKnown(view, row);
  }

  /** Whether a view says no more than the initial one. */
  private saysNothing(view: MessageView): boolean {
    const { open, bits, past } = this;
    if (view === this.memory.views.initial) return true;
    for (let i = 0; i < open.length; i++) if (bits[view[open[i]]] !== 0) return false;
    for (let from = 0; from < past.count; from += 32) if (past.knownTo(view, from) !== 0) return false;
    return !this.scHistory.isAnyKnown(view);
  }
}
