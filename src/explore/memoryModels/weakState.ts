import type { Place } from '../../memory/cell.ts';
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

/**
 * HOT where states are compared under `weak`. What a state has beside memory: of each atom the stores that some thread may still read or come before, and all views,
 * as far as they tell those apart.
 */
export class WeakState {
  private readonly execution: Weak;
  private readonly ids = new Map<string, number>();
  /** By atom: where in its order those stores begin. */
  private readonly floor: number[] = [];
  /** The atoms with more than one of them. */
  private readonly open: number[] = [];
  /** Views that were named since the state was asked for. */
  private readonly named = new Map<View, number>();

  constructor(execution: Weak) {
    this.execution = execution;
  }

  numbers(): number[] {
    const { known, shared, handed, places, stores, atoms, spinningNow } = this.execution;
    const { initial } = this.execution.views;
    const numbers: number[] = [];
    this.look();
    this.execution.past.look();
    this.named.clear();
    for (const a of this.open) {
      const order = stores.order[a];
      numbers.push(a, order.length - this.floor[a]);
      for (let i = this.floor[a]; i < order.length; i++) {
        const store = order[i];
        numbers.push(stores.low[store], this.name(this.execution.carriedBy(store)), stores.update[store] ? 1 : 0);
        if (atoms.bytes[a] === 8) numbers.push(stores.high[store]);
        this.addParts(store, numbers);
      }
    }
    numbers.push(-1);
    // The one store that is left of an atom can still be read again, with acquire.
    const nothing = this.name(initial);
    for (let a = 0; a < atoms.count; a++) {
      const store = stores.last(a);
      const carries = this.floor[a] === stores.rank[store] ? this.name(this.execution.carriedBy(store)) : nothing;
      if (carries !== nothing) numbers.push(a, carries);
    }
    numbers.push(-1, spinningNow, this.name(shared));
    for (let t = 0; t < known.length; t++) {
      if (this.execution.pending[t] < 0) continue;
      const { current, ahead, seen, published, own } = known[t];
      for (const view of [current, ahead, seen, published, own]) numbers.push(this.name(view));
    }
    for (let id = 0; id < places.length; id++) if (handed[id] !== initial) numbers.push(id, this.name(handed[id]));
    return numbers;
  }

  /** Where the other parts of the same step's store are: who reads one may not read what is older than the others. */
  private addParts(of: number, numbers: number[]): void {
    const { step, atom, rank } = this.execution.stores;
    if (step[of] < 0) return;
    let first = of;
    while (step[first - 1] === step[of]) first--;
    for (let part = first; step[part] === step[of]; part++) {
      const above = rank[part] - this.floor[atom[part]];
      if (part !== of && above >= 0) numbers.push(-2, atom[part], above);
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

  /** A number for what a view says of the open atoms, and of the accesses that can still be raced with. */
  private name(view: View): number {
    const named = this.named.get(view);
    if (named !== undefined) return named;
    const { rank } = this.execution.stores;
    let text = '';
    for (const a of this.open) text += `${Math.max(0, rank[view[a]] - this.floor[a])},`;
    text += this.execution.past.unknownTo(view);
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.ids.size;
      this.ids.set(text, id);
    }
    this.named.set(view, id);
    return id;
  }
}
