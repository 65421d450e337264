import { isChoice, isLoad, Kind, kindOf, placeOf } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import { NONE } from '../../execution/stepLog.ts';
import type { VarintBuffer } from '../../states/varintBuffer.ts';
import type { ByteRanges } from '../byteRanges.ts';
import type { CoherenceOrder } from '../coherenceOrder.ts';
import { isBuffered } from './tsoOrder.ts';

const isEndOfWait = (kind: number): boolean => kind === Kind.resume || kind === Kind.resumeFor;

/** HOT under `tso`. The store buffers: first in, first out. */
export class StoreBuffers {
  /** By thread: the steps whose stores are in its buffer, oldest first. */
  readonly of: number[][];
  /** By step: the first store that it made. */
  readonly firstStore: number[] = [];
  private readonly execution: Execution;
  private readonly locations: ByteRanges;
  private readonly stores: CoherenceOrder;

  constructor(execution: Execution, locations: ByteRanges, stores: CoherenceOrder) {
    this.of = execution.program.actors.map(() => []);
    this.execution = execution;
    this.locations = locations;
    this.stores = stores;
  }

  /** By location of a place: the store that `thread` reads it from. */
  read(thread: number, id: number): readonly number[] {
    const locations = this.locations.of[id];
    if (locations.length === 1) return [this.newest(thread, locations[0])];
    return locations.map((location) => this.newest(thread, location));
  }

  /**
   * The store that `thread` reads a location from: its own newest one, as long as that is in its
   * buffer.
   */
  private newest(thread: number, location: number): number {
    const { stores, firstStore } = this;
    const buffer = this.of[thread];
    for (let i = buffer.length - 1; i >= 0; i--)
      for (let store = firstStore[buffer[i]]; stores.step[store] === buffer[i]; store++)
        if (stores.location[store] === location) return store;
    return stores.last(location);
  }

  /** Makes the oldest store in the buffer of `thread` the next step of the buffer. */
  showHead(thread: number): void {
    const { pending, footprints, threads } = this.execution;
    const flusher = this.of.length + thread;
    const buffer = this.of[thread];
    pending[flusher] = buffer.length > 0 ? footprints[buffer[0]] : NONE;
    if (buffer.length > 0) threads.live |= 1 << flusher;
    else threads.live &= ~(1 << flusher);
  }

  /** Threads whose next access waits until their buffer is empty, as bits. */
  waiting(): number {
    const { pending, places } = this.execution;
    let waiting = 0;
    for (let t = 0; t < this.of.length; t++) {
      if (this.of[t].length === 0) continue;
      const code = pending[t];
      if (code < 0 || isLoad(kindOf(code)) || isChoice(kindOf(code))) continue;
      if (!isEndOfWait(kindOf(code)) && !isBuffered(kindOf(code), places[placeOf(code)]?.kind)) waiting |= 1 << t;
    }
    return waiting;
  }

  /** Calls `take` for each store that can still be read: those of memory, then those of buffers. */
  forEachReadable(take: (store: number) => void): void {
    const { locations, stores, firstStore } = this;
    for (let a = 0; a < locations.count; a++) take(stores.last(a));
    for (const buffer of this.of)
      for (const s of buffer) for (let store = firstStore[s]; stores.step[store] === s; store++) take(store);
  }

  addState(row: VarintBuffer): void {
    const { footprints, values, highs, places } = this.execution;
    for (let t = 0; t < this.of.length; t++) {
      const buffer = this.of[t];
      row.add(buffer.length);
      for (let i = 0; i < buffer.length; i++) {
        const s = buffer[i];
        row.add(footprints[s]);
        row.add(values[s]);
        if (places[placeOf(footprints[s])].bits === 64) row.add(highs[s]);
      }
    }
  }
}
