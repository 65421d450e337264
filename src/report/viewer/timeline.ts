import type { InterleavingData, PlaceData } from '../data.ts';

/** Steps between two copies of memory. It bounds the cost of a jump to any step. */
const STRIDE = 256;

/**
 * Memory, store buffers and readable values after any number of steps. `time` is that number: 0 is
 * before the first step.
 */
export class Timeline {
  private readonly data: InterleavingData;
  private readonly copies: Uint32Array[] = [];
  private words: Uint32Array;
  private time = 0;

  constructor(data: InterleavingData) {
    this.data = data;
    this.words = new Uint32Array(Math.ceil(data.bytes / 4));
    for (const [word, value] of data.initial) this.words[word] = value;
    data.steps.forEach(({ sets }, s) => {
      if (s % STRIDE === 0) this.copies.push(this.words.slice());
      for (const [word, value] of sets ?? []) this.words[word] = value;
    });
    this.time = data.steps.length;
  }

  /** The value of a place. A lock contains the number of its holder + 1, or 0. */
  valueAt(time: number, place: PlaceData): bigint {
    this.goTo(time);
    const word = place.offset >>> 2;
    if (place.bits === 64) return (BigInt(this.words[word + 1]) << 32n) | BigInt(this.words[word]);
    return BigInt.asUintN(place.bits, BigInt(this.words[word] >>> ((place.offset & 3) * 8)));
  }

  /** By actor: the steps whose stores are in its buffer, oldest first. */
  buffersAt(time: number): number[][] {
    const buffers: number[][] = this.data.actors.map(() => []);
    for (let s = 0; s < time; s++) {
      const { actor, buffered, flushes } = this.data.steps[s];
      if (buffered) buffers[actor].push(s);
      else if (flushes !== undefined) buffers[actor].shift();
    }
    return buffers;
  }

  /**
   * Where an actor may read an older value than the newest: all values that it may read, newest
   * first.
   */
  readableAt(time: number): { actor: number; place: number; values: readonly string[] }[] {
    const readable = new Map<string, { actor: number; place: number; values: readonly string[] }>();
    for (let s = 0; s < time; s++)
      for (const change of this.data.steps[s].mayRead ?? []) readable.set(`${change.actor}:${change.place}`, change);
    return [...readable.values()].filter(({ values }) => values.length > 1);
  }

  private goTo(time: number): void {
    if (time === this.time) return;
    const { steps } = this.data;
    if (time < this.time || time - this.time > STRIDE) {
      const copy = Math.min(Math.floor(time / STRIDE), this.copies.length - 1);
      if (copy < 0) return;
      this.words = this.copies[copy].slice();
      this.time = copy * STRIDE;
    }
    for (; this.time < time; this.time++)
      for (const [word, value] of steps[this.time].sets ?? []) this.words[word] = value;
  }
}
