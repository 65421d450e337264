import type { VarintBuffer } from '../states/varintBuffer.ts';
import type { AccessHistory } from './accessHistory.ts';
import type { ByteRanges } from './byteRanges.ts';
import type { CoherenceOrder } from './coherenceOrder.ts';
import type { MessageView, ThreadView, Views } from './threadView.ts';

/** What is looked at: see `WeakExecution`. */
interface Weak {
  readonly known: readonly ThreadView[];
  readonly shared: MessageView;
  readonly handed: readonly MessageView[];
  readonly handing: readonly number[];
  readonly stores: CoherenceOrder;
  readonly atoms: ByteRanges;
  readonly views: Views;
  readonly pending: Int32Array;
  readonly spinningNow: number;
  readonly past: AccessHistory;
  readonly carried: readonly MessageView[];
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
  /** What those know who go on. */
  private readonly going: MessageView[] = [];
  /** A view is written down in words. By word, where in `open` its atoms end; by store of those, the bits that say it. */
  private readonly ends: number[] = [];
  private readonly bits: number[] = [];
  /** The atoms with one of them, which is not the initial value. */
  private readonly closed: number[] = [];

  constructor(execution: Weak) {
    this.execution = execution;
  }

  addTo(row: VarintBuffer): void {
    const { known, pending, spinningNow, shared, past } = this.execution;
    const { open } = this;
    this.look();
    past.look();
    this.layOut(row);
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
    const { open, closed, floor, going } = this;
    const { rank, order } = stores;
    open.length = closed.length = going.length = 0;
    for (let t = 0; t < known.length; t++) if (pending[t] >= 0) going.push(known[t].current);
    for (let a = 0; a < atoms.count; a++) {
      const last = order[a].length - 1;
      let lowest = last;
      if (last > 0) for (let i = 0; i < going.length; i++) lowest = Math.min(lowest, rank[going[i][a]]);
      floor[a] = lowest;
      if (lowest < last) open.push(a);
      else if (last > 0) closed.push(a);
    }
  }

  /** Works out in which bits of which word a view says which store of an open atom it knows of; and adds what that follows from. */
  private layOut(row: VarintBuffer): void {
    const { stores, past } = this.execution;
    const { open, ends, bits, floor } = this;
    while (bits.length < stores.count) bits.push(0);
    ends.length = 0;
    row.add(open.length);
    row.add(past.count);
    let used = 0;
    for (let i = 0; i < open.length; i++) {
      const order = stores.order[open[i]];
      const first = floor[open[i]];
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

  private addStores(a: number, row: VarintBuffer): void {
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
  private addParts(of: number, row: VarintBuffer): void {
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
  private addClosed(row: VarintBuffer): void {
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

  private addHanded(row: VarintBuffer): void {
    const { handed, handing, views } = this.execution;
    for (let i = 0; i < handing.length; i++) {
      const id = handing[i];
      if (handed[id] === views.initial) continue;
      row.add(id + 1);
      this.add(handed[id], row);
    }
    row.add(END);
  }

  /** Adds what a view says of the open atoms, and of the accesses that can still be raced with. */
  private add(view: MessageView, row: VarintBuffer): void {
    const { open, ends, bits } = this;
    const { past } = this.execution;
    for (let w = 0, i = 0; w < ends.length; w++) {
      let word = 0;
      for (; i < ends[w]; i++) word |= bits[view[open[i]]];
      row.add(word);
    }
    for (let from = 0; from < past.count; from += 32) row.add(past.knownTo(view, from));
  }

  /** Whether a view says no more than the initial one. */
  private saysNothing(view: MessageView): boolean {
    const { open, bits } = this;
    const { past, views } = this.execution;
    if (view === views.initial) return true;
    for (let i = 0; i < open.length; i++) if (bits[view[open[i]]] !== 0) return false;
    for (let from = 0; from < past.count; from += 32) if (past.knownTo(view, from) !== 0) return false;
    return true;
  }
}
