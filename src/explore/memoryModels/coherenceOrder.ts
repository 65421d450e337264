import type { Place } from '../../memory/cell.ts';
import type { MemoryImage } from '../../memory/memoryImage.ts';
import type { ByteRanges } from './byteRanges.ts';

/**
 * HOT under `tso` and `rc11`. The stores of an execution, by location in coherence order, and
 * memory as the last of each leaves it. A location is one of `ByteRanges`. The initial value of
 * location a is store a. A step that writes adds one store per location; stores leave in the
 * opposite order.
 */
export class CoherenceOrder {
  /**
   * By store: its location; the step that made it (-1: initial); its value, lower and upper 32
   * bits.
   */
  readonly location: number[] = [];
  readonly step: number[] = [];
  readonly low: number[] = [];
  readonly high: number[] = [];
  /** By store: its position in the coherence order. */
  readonly rank: number[] = [];
  /**
   * By store: whether a read-modify-write made it. Then nothing may come between it and the store
   * before.
   */
  readonly update: boolean[] = [];
  /** By location: its stores in coherence order. */
  readonly order: number[][] = [];
  /** By location: the store that was added last. By store: the one that was it before. */
  readonly newest: number[] = [];
  private readonly newestBefore: number[] = [];
  /** By location: the store that memory shows, for `show`. */
  private readonly shown: number[] = [];
  private readonly locations: ByteRanges;
  private readonly bytes: MemoryImage;

  constructor(locations: ByteRanges, bytes: MemoryImage) {
    this.locations = locations;
    this.bytes = bytes;
    for (let a = 0; a < locations.count; a++) {
      this.add(a, -1, this.word(a), locations.bytes[a] === 8 ? bytes.u32[(locations.offset[a] >>> 2) + 1] : 0, false);
      this.order.push([a]);
    }
  }

  get count(): number {
    return this.location.length;
  }

  /** Adds a store that is in no order yet. */
  add(location: number, step: number, low: number, high: number, update: boolean): number {
    this.step.push(step);
    this.low.push(low);
    this.high.push(high);
    this.rank.push(0);
    this.update.push(update);
    const store = this.location.push(location) - 1;
    this.newestBefore.push(this.newest[location] ?? store);
    this.newest[location] = store;
    return store;
  }

  /**
   * Puts a store right after `after` in the coherence order. Returns whether memory has another
   * value now.
   */
  place(store: number, after: number): boolean {
    const { rank } = this;
    const order = this.order[this.location[store]];
    const at = rank[after] + 1;
    order.push(store);
    for (let i = order.length - 1; i > at; i--) {
      order[i] = order[i - 1];
      rank[order[i]] = i;
    }
    order[at] = store;
    rank[store] = at;
    if (at !== order.length - 1) return false;
    this.write(store);
    return this.low[store] !== this.low[after] || this.high[store] !== this.high[after];
  }

  /** Takes a store out of the coherence order. */
  unplace(store: number): void {
    const { rank } = this;
    const order = this.order[this.location[store]];
    const at = rank[store];
    for (let i = at; i + 1 < order.length; i++) {
      order[i] = order[i + 1];
      rank[order[i]] = i;
    }
    order.pop();
    if (at === order.length) this.write(order[at - 1]);
  }

  /** Forgets the store that was added last, which is in no order any more. */
  drop(): void {
    this.step.pop();
    this.low.pop();
    this.high.pop();
    this.rank.pop();
    this.update.pop();
    this.newest[this.location.pop()!] = this.newestBefore.pop()!;
  }

  /** Makes memory show `store`, for other orders of the same steps: see `StateAtCut`. */
  show(store: number): void {
    this.shown[this.location[store]] = store;
    this.write(store);
  }

  showInitial(): void {
    for (let a = 0; a < this.order.length; a++) this.shown[a] = a;
  }

  /** The store of a location that memory shows. */
  top(location: number): number {
    return this.shown[location];
  }

  /** The last store of a location. */
  last(location: number): number {
    return this.order[location][this.order[location].length - 1];
  }

  /** The value of a place whose locations have the stores of `from`: lower and upper 32 bits. */
  value(place: Place, from: readonly number[]): readonly [number, number] {
    let low = 0;
    let high = 0;
    for (let i = 0; i < from.length; i++) {
      const store = from[i];
      const shift = (this.locations.offset[this.location[store]] - place.offset) * 8;
      if (shift >= 32) high |= this.low[store] << (shift - 32);
      else low |= this.low[store] << shift;
      if (this.locations.bytes[this.location[store]] === 8) high = this.high[store];
    }
    return [low >>> 0, high >>> 0];
  }

  /**
   * Whether another value than (low, high) was stored to a place after step `began`. Of a place in
   * parts: whether any was.
   */
  hasOtherSince(began: number, place: Place, { low, high }: { low: number; high: number }): boolean {
    const locations = this.locations.of[place.id];
    return locations.some((location) =>
      this.order[location].some((store) => {
        if (this.step[store] <= began) return false;
        if (locations.length > 1) return true;
        const [l, h] = this.value(place, [store]);
        return l !== low || h !== high;
      }),
    );
  }

  /** The part of a value stored to `place` that goes into `location`: lower and upper 32 bits. */
  part(place: Place, location: number, low: number, high: number): readonly [number, number] {
    const bytes = this.locations.bytes[location];
    if (bytes === 8) return [low, high];
    const shift = (this.locations.offset[location] - place.offset) * 8;
    const word = shift >= 32 ? high >>> (shift - 32) : low >>> shift;
    return [bytes === 4 ? word : word & ((1 << (8 * bytes)) - 1), 0];
  }

  /** The value of a location in memory; of one of 8 bytes, the lower 32 bits. */
  private word(location: number): number {
    const { offset, bytes } = this.locations;
    const word = this.bytes.u32[offset[location] >>> 2] >>> ((offset[location] & 3) * 8);
    return bytes[location] >= 4 ? word : word & ((1 << (8 * bytes[location])) - 1);
  }

  private write(store: number): void {
    const { u32 } = this.bytes;
    const location = this.location[store];
    const at = this.locations.offset[location];
    const bytes = this.locations.bytes[location];
    const word = at >>> 2;
    if (bytes >= 4) u32[word] = this.low[store];
    if (bytes === 8) u32[word + 1] = this.high[store];
    if (bytes >= 4) return;
    const shift = (at & 3) * 8;
    const mask = ((1 << (8 * bytes)) - 1) << shift;
    u32[word] = (u32[word] & ~mask) | (this.low[store] << shift);
  }
}
