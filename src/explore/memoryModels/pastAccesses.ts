import { kindOf, writes } from '../../memory/memory.ts';
import { type DataRaces, isPlain, type Ordered } from './dataRaces.ts';
import type { View } from './views.ts';

/**
 * HOT where states are compared under `weak`. What a state has of the accesses before it: which of them a later one could still race with. Of each thread and atom
 * the last accesses will do, as who knows of those knows of all before; and they are of interest as long as another thread does not know of them.
 */
export class PastAccesses {
  private readonly execution: Ordered;
  private readonly races: DataRaces;
  /** What is of interest: a number for thread, atom and sort; and from where on in a view it is known. */
  private readonly names: number[] = [];
  private readonly indices: number[] = [];
  private readonly numbers: number[] = [];

  constructor(execution: Ordered, races: DataRaces) {
    this.execution = execution;
    this.races = races;
  }

  /** Looks at the state that the execution is in. */
  look(): void {
    this.names.length = this.indices.length = this.numbers.length = 0;
    if (this.races.plainAtoms === 0) return;
    const { footprints, stepsOf, views } = this.execution;
    for (let thread = 0; thread < stepsOf.length; thread++) {
      const steps = stepsOf[thread];
      const written = this.knownToAll(thread, views.writes(thread));
      const read = this.knownToAll(thread, views.reads(thread));
      const from = this.names.length;
      for (let n = steps.length; n > Math.min(written, read); n--) {
        const code = footprints[steps[n - 1]];
        const write = writes(kindOf(code));
        if (n > (write ? written : read) && this.races.matters(thread, code)) this.add(thread, code, n, from);
      }
    }
  }

  /** How many there are. */
  get count(): number {
    return this.names.length;
  }

  /** A number for thread, atom and sort of number `i` of them. */
  nameOf(i: number): number {
    return this.names[i];
  }

  /** Whether who has `view` knows of number `i` of them. */
  isKnownTo(view: View, i: number): boolean {
    return this.numbers[i] <= view[this.indices[i]];
  }

  /** Up to which of its accesses all others know `thread`, of those that go on. */
  private knownToAll(thread: number, index: number): number {
    const { known, pending } = this.execution;
    let least = Infinity;
    for (let t = 0; t < known.length; t++)
      if (t !== thread && pending[t] >= 0) least = Math.min(least, known[t].current[index]);
    return least;
  }

  /** Adds access number `n` of `thread`, where it is the last one of its sort. */
  private add(thread: number, code: number, n: number, from: number): void {
    const { views, stepsOf } = this.execution;
    const write = writes(kindOf(code));
    for (const atom of this.races.atomsOf(code)) {
      if (!this.races.canRace(atom)) continue;
      // Any access races with a plain one, and a plain one with any.
      for (let plain = 0; plain < (isPlain(kindOf(code)) ? 2 : 1); plain++) {
        const name = 4 * (atom * stepsOf.length + thread) + (write ? 2 : 0) + plain;
        if (this.names.indexOf(name, from) >= 0) continue;
        this.names.push(name);
        this.indices.push(write ? views.writes(thread) : views.reads(thread));
        this.numbers.push(n);
      }
    }
  }
}
