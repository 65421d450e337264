import type { Place } from '../../memory/cell.ts';
import type { Row } from '../row.ts';
import type { Atoms } from './atoms.ts';
import type { PastAccesses } from './pastAccesses.ts';
import type { Stores } from './stores.ts';
import type { Known, View, Views } from './views.ts';

/** What is looked at: see `WeakExecution`. */
interface Weak {
  readonly known: readonly Known[];
  readonly shared: View;
  readonly handed: readonly View[];
  readonly places: readonly Place[];
  readonly stores: Stores;
  readonly atoms: Atoms;
  readonly views: Views;
  readonly pending: Int32Array;
  readonly spinningNow: number;
  readonly past: PastAccesses;
  readonly carried: readonly View[];
}

/** Ends a list of what has a number above it. */
const END = 0;

/**
 * HOT where states are compared under `weak`. What a state has beside memory: of each atom the stores that some thread may still read or come before, and all views,
 * as far as they tell those apart.
 */
export class WeakState {
  private readonly execution: Weak;
  /** The atoms with more than one of those stores; and by atom, where in its order they begin. */
  private readonly open: number[] = [];
  private readonly floor: number[] = [];
  /** By number in `open`: how many bits say which of the stores it is. */
  private readonly width: number[] = [];
  /** The atoms with one of them, which is not the initial value. */
  private readonly closed: number[] = [];

  constructor(execution: Weak) {
    this.execution = execution;
  }

  addTo(row: Row): void {
    const { known, pending, spinningNow, shared, past } = this.execution;
    const { open } = this;
    this.look();
    past.look();
    this.addHead(row);
    for (let i = 0; i < open.length; i++) this.addStores(open[i], row);
    this.addClosed(row);
    this.addHanded(row);
    row.add(spinningNow);
    this.add(shared, row);
    for (let t = 0; t < known.length; t++) {
      if (pending[t] < 0) continue;
      const { current, ahead, seen, published, own } = known[t];
      this.add(current, row);
      this.add(ahead, row);
      this.add(seen, row);
      this.add(published, row);
      this.add(own, row);
    }
  }

  private look(): void {
    const { known, pending, stores, atoms } = this.execution;
    const { open, closed, floor, width } = this;
    const { rank, order } = stores;
    open.length = closed.length = 0;
    for (let a = 0; a < atoms.count; a++) {
      const last = order[a].length - 1;
      if (last === 0) {
        floor[a] = 0;
        continue;
      }
      let lowest = last;
      for (let t = 0; t < known.length; t++) if (pending[t] >= 0) lowest = Math.min(lowest, rank[known[t].current[a]]);
      floor[a] = lowest;
      if (lowest === last) closed.push(a);
      else width[open.push(a) - 1] = 32 - Math.clz32(last - lowest);
    }
  }

  /** Adds what all else is read by. */
  private addHead(row: Row): void {
    const { stores, past } = this.execution;
    const { open, floor } = this;
    row.add(open.length);
    row.add(past.count);
    for (let i = 0; i < open.length; i++) {
      row.add(open[i]);
      row.add(stores.order[open[i]].length - floor[open[i]]);
    }
    for (let i = 0; i < past.count; i++) row.add(past.names[i]);
  }

  private addStores(a: number, row: Row): void {
    const { stores, atoms } = this.execution;
    const order = stores.order[a];
    for (let i = this.floor[a]; i < order.length; i++) {
      const store = order[i];
      row.add(stores.low[store]);
      if (atoms.bytes[a] === 8) row.add(stores.high[store]);
      this.addParts(store, row);
      row.add(stores.update[store] ? 1 : 0);
      this.add(this.execution.carried[store], row);
    }
  }

  /** Where the other parts of the same step's store are: who reads one may not read what is older than the others. */
  private addParts(of: number, row: Row): void {
    const { step, atom, rank } = this.execution.stores;
    if (step[of] < 0) return;
    let part = of;
    while (step[part - 1] === step[of]) part--;
    for (; step[part] === step[of]; part++) {
      const above = rank[part] - this.floor[atom[part]];
      if (part === of || above < 0) continue;
      // More than what comes after the last of them.
      row.add(atom[part] + 2);
      row.add(above);
    }
  }

  /** The one store that is left of an atom can still be read again, with acquire. */
  private addClosed(row: Row): void {
    const { stores, carried } = this.execution;
    const { closed } = this;
    for (let i = 0; i < closed.length; i++) {
      const view = carried[stores.last(closed[i])];
      if (this.saysNothing(view)) continue;
      row.add(closed[i] + 1);
      this.add(view, row);
    }
    row.add(END);
  }

  private addHanded(row: Row): void {
    const { handed, places, views } = this.execution;
    for (let id = 0; id < places.length; id++) {
      if (handed[id] === views.initial) continue;
      row.add(id + 1);
      this.add(handed[id], row);
    }
    row.add(END);
  }

  /** Adds what a view says: by open atom, how far above the first of its stores; by access that can still be raced with, whether it is known. */
  private add(view: View, row: Row): void {
    const { open, floor, width } = this;
    const { past, stores } = this.execution;
    const { rank } = stores;
    let word = 0;
    let bits = 0;
    for (let i = 0; i < open.length; i++) {
      if (bits + width[i] > 32) {
        row.add(word);
        word = bits = 0;
      }
      const above = rank[view[open[i]]] - floor[open[i]];
      if (above > 0) word |= above << bits;
      bits += width[i];
    }
    for (let i = 0; i < past.count; i++) {
      if (bits === 32) {
        row.add(word);
        word = bits = 0;
      }
      if (past.isKnownTo(view, i)) word |= 1 << bits;
      bits++;
    }
    row.add(word);
  }

  /** Whether a view says no more than the initial one. */
  private saysNothing(view: View): boolean {
    const { open, floor } = this;
    const { past, stores, views } = this.execution;
    if (view === views.initial) return true;
    for (let i = 0; i < open.length; i++) if (stores.rank[view[open[i]]] > floor[open[i]]) return false;
    for (let i = 0; i < past.count; i++) if (past.isKnownTo(view, i)) return false;
    return true;
  }
}
