import type { Place } from '../../memory/cell.ts';
import { wider } from '../../memory/wider.ts';
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
  carriedBy(store: number): View;
}

/** Ends a list of what has a number above it. */
const END = 0;

/**
 * HOT where states are compared under `weak`. What a state has beside memory: of each atom the stores that some thread may still read or come before, and all views,
 * as far as they tell those apart.
 */
export class WeakState {
  private readonly execution: Weak;
  /** By atom: where in its order those stores begin. */
  private readonly floor: number[] = [];
  /** The atoms with more than one of them. */
  private readonly open: number[] = [];
  /**
   * A view is packed into words: by open atom, how far above its floor the view is, and then by past access, whether it is known. Here is in which word of them, and
   * from which bit on.
   */
  private readonly word: number[] = [];
  private readonly shift: number[] = [];
  /** The view that was packed last; how many words it takes. */
  private view: View | undefined;
  private packed = new Uint32Array(8);
  private length = 0;

  constructor(execution: Weak) {
    this.execution = execution;
  }

  addTo(row: Row): void {
    const { known, pending, spinningNow, shared } = this.execution;
    this.look();
    this.execution.past.look();
    this.lay(row);
    for (let i = 0; i < this.open.length; i++) this.addStores(this.open[i], row);
    this.addCarried(row);
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
    this.open.length = 0;
    for (let a = 0; a < atoms.count; a++) {
      const last = stores.order[a].length - 1;
      let floor = last;
      if (last > 0)
        for (let t = 0; t < known.length; t++)
          if (pending[t] >= 0) floor = Math.min(floor, stores.rank[known[t].current[a]]);
      this.floor[a] = floor;
      if (floor < last) this.open.push(a);
    }
  }

  /** Works out where the parts of a view go, and adds what that follows from. */
  private lay(row: Row): void {
    const { stores, past } = this.execution;
    const { open, floor } = this;
    row.add(open.length);
    row.add(past.count);
    let bits = 0;
    for (let i = 0; i < open.length; i++) {
      const above = stores.order[open[i]].length - 1 - floor[open[i]];
      row.add(open[i]);
      row.add(above);
      bits = this.layPart(i, 32 - Math.clz32(above), bits);
    }
    for (let i = 0; i < past.count; i++) {
      row.add(past.nameOf(i));
      bits = this.layPart(open.length + i, 1, bits);
    }
    this.length = (bits + 31) >>> 5;
    if (this.length > this.packed.length) this.packed = wider(this.packed, 2 * this.length);
    this.view = undefined;
  }

  /** Gives `width` bits to part `i`, where `bits` have been given already. Returns how many have been given then. No part is cut in two. */
  private layPart(i: number, width: number, bits: number): number {
    const from = (bits & 31) + width > 32 ? (bits | 31) + 1 : bits;
    this.word[i] = from >>> 5;
    this.shift[i] = from & 31;
    return from + width;
  }

  private addStores(a: number, row: Row): void {
    const { stores, atoms } = this.execution;
    const order = stores.order[a];
    for (let i = this.floor[a]; i < order.length; i++) {
      const store = order[i];
      row.add(stores.low[store]);
      if (atoms.bytes[a] === 8) row.add(stores.high[store]);
      row.add(stores.update[store] ? 1 : 0);
      this.add(this.execution.carriedBy(store), row);
      this.addParts(store, row);
    }
  }

  /** Where the other parts of the same step's store are: who reads one may not read what is older than the others. */
  private addParts(of: number, row: Row): void {
    const { step, atom, rank } = this.execution.stores;
    let first = of;
    if (step[of] >= 0) {
      while (step[first - 1] === step[of]) first--;
      for (let part = first; step[part] === step[of]; part++) {
        const above = rank[part] - this.floor[atom[part]];
        if (part === of || above < 0) continue;
        row.add(atom[part] + 1);
        row.add(above);
      }
    }
    row.add(END);
  }

  /** The one store that is left of an atom can still be read again, with acquire. */
  private addCarried(row: Row): void {
    const { stores, atoms, views } = this.execution;
    for (let a = 0; a < atoms.count; a++) {
      const store = stores.last(a);
      const carried = this.execution.carriedBy(store);
      if (carried === views.initial || this.floor[a] !== stores.rank[store] || this.saysNothing(carried)) continue;
      row.add(a + 1);
      this.add(carried, row);
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

  /** Adds what a view says of the open atoms, and of the accesses that can still be raced with. */
  private add(view: View, row: Row): void {
    this.pack(view);
    for (let i = 0; i < this.length; i++) row.add(this.packed[i]);
  }

  /** Whether a view says no more than the initial one. */
  private saysNothing(view: View): boolean {
    this.pack(view);
    for (let i = 0; i < this.length; i++) if (this.packed[i] !== 0) return false;
    return true;
  }

  private pack(view: View): void {
    if (view === this.view) return;
    const { open, floor, packed, word, shift } = this;
    const { past, stores } = this.execution;
    const { rank } = stores;
    this.view = view;
    for (let i = 0; i < this.length; i++) packed[i] = 0;
    for (let i = 0; i < open.length; i++) {
      const above = rank[view[open[i]]] - floor[open[i]];
      if (above > 0) packed[word[i]] |= above << shift[i];
    }
    for (let i = 0, part = open.length; i < past.count; i++, part++)
      if (past.isKnownTo(view, i)) packed[word[part]] |= 1 << shift[part];
  }
}
