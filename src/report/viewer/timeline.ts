import type { InterleavingData, PlaceData } from '../data.ts';

/** Steps between two copies of memory: what looking at any step costs at most. */
const STRIDE = 256;

/** Memory, locks, store buffers and what threads may read, as they are after any step. A moment is a number of steps: 0 is before the first. */
export class Timeline {
  private readonly of: InterleavingData;
  private readonly copies: Uint32Array[] = [];
  private words: Uint32Array;
  private at = 0;

  constructor(of: InterleavingData) {
    this.of = of;
    this.words = new Uint32Array(Math.ceil(of.bytes / 4));
    for (const [word, value] of of.initial) this.words[word] = value;
    of.steps.forEach(({ sets }, s) => {
      if (s % STRIDE === 0) this.copies.push(this.words.slice());
      for (const [word, value] of sets ?? []) this.words[word] = value;
    });
    this.at = of.steps.length;
  }

  /** What a place holds; a lock: its holder's number + 1. */
  valueAt(moment: number, place: PlaceData): bigint {
    this.go(moment);
    const word = place.offset >>> 2;
    if (place.bits === 64) return (BigInt(this.words[word + 1]) << 32n) | BigInt(this.words[word]);
    return BigInt.asUintN(place.bits, BigInt(this.words[word] >>> ((place.offset & 3) * 8)));
  }

  /** By actor: the steps whose stores are in its buffer, oldest first. */
  buffersAt(moment: number): number[][] {
    const buffers: number[][] = this.of.actors.map(() => []);
    for (let s = 0; s < moment; s++) {
      const { actor, buffered, lets } = this.of.steps[s];
      if (buffered) buffers[actor].push(s);
      else if (lets !== undefined) buffers[actor].shift();
    }
    return buffers;
  }

  /** By actor and place: what it may read, newest first, where that is not the newest value alone. */
  viewsAt(moment: number): { actor: number; place: number; values: readonly string[] }[] {
    const views = new Map<string, { actor: number; place: number; values: readonly string[] }>();
    for (let s = 0; s < moment; s++)
      for (const view of this.of.steps[s].sees ?? []) views.set(`${view.actor}:${view.place}`, view);
    return [...views.values()].filter(({ values }) => values.length > 1);
  }

  private go(moment: number): void {
    if (moment === this.at) return;
    const { steps } = this.of;
    if (moment < this.at || moment - this.at > STRIDE) {
      const copy = Math.min(Math.floor(moment / STRIDE), this.copies.length - 1);
      if (copy < 0) return;
      this.words = this.copies[copy].slice();
      this.at = copy * STRIDE;
    }
    for (; this.at < moment; this.at++) for (const [word, value] of steps[this.at].sets ?? []) this.words[word] = value;
  }
}
