import { isWrite, kindOf } from '../../memory/memory.ts';
import { type DataRaces, type HappensBeforeQuery, isPlain } from './dataRaces.ts';
import type { MessageView } from './threadView.ts';

/**
 * HOT where states are compared under `weak`. What a state has of the accesses before it: which of them a later one could still race with. Of each thread and atom
 * the last accesses will do, as who knows of those knows of all before; and they are of interest as long as another thread does not know of them.
 */
export class AccessHistory {
  private readonly execution: HappensBeforeQuery;
  private readonly races: DataRaces;
  /** What is of interest, `count` of them: a number for thread, atom and sort; and from where on in a view it is known. */
  count = 0;
  readonly names: number[] = [];
  private readonly indices: number[] = [];
  private readonly numbers: number[] = [];

  constructor(execution: HappensBeforeQuery, races: DataRaces) {
    this.execution = execution;
    this.races = races;
  }

  /** Looks at the state that the execution is in. */
  look(): void {
    this.count = 0;
    if (this.races.plainAtoms === 0) return;
    const { footprints, program, stepsOf, views } = this.execution;
    for (let thread = 0; thread < stepsOf.length; thread++) {
      if (program.actors[thread].racy) continue;
      const steps = stepsOf[thread];
      const written = this.knownToAll(thread, views.writes(thread));
      const read = this.knownToAll(thread, views.reads(thread));
      const from = this.count;
      const least = Math.min(written, read);
      for (let n = steps.length; n > least; n--) {
        const code = footprints[steps[n - 1]];
        const write = isWrite(kindOf(code));
        if (n > (write ? written : read) && this.races.matters(thread, code)) this.add(thread, code, n, from);
      }
    }
  }

  /** Which of them who has `view` knows of: of number `from` on 32, a bit each. */
  knownTo(view: MessageView, from: number): number {
    const end = Math.min(this.count, from + 32);
    let known = 0;
    for (let i = from; i < end; i++) if (this.numbers[i] <= view[this.indices[i]]) known |= 1 << (i - from);
    return known;
  }

  /** Up to which of its accesses all others know `thread`, of those that go on. */
  private knownToAll(thread: number, index: number): number {
    const { known, pending } = this.execution;
    let least = Infinity;
    for (let t = 0; t < known.length; t++)
      if (t !== thread && pending[t] >= 0) least = Math.min(least, known[t].current[index]);
    return least;
  }

  /** Adds access number `n` of `thread`, where it is the last one of its sort. Those of the thread are from `from` on. */
  private add(thread: number, code: number, n: number, from: number): void {
    const { views, stepsOf } = this.execution;
    const write = isWrite(kindOf(code));
    const atoms = this.races.atomsOf(code);
    for (let i = 0; i < atoms.length; i++) {
      if (!this.races.canRace(atoms[i])) continue;
      // Any access races with a plain one, and a plain one with any.
      for (let plain = 0; plain < (isPlain(kindOf(code)) ? 2 : 1); plain++) {
        const name = 4 * (atoms[i] * stepsOf.length + thread) + (write ? 2 : 0) + plain;
        if (this.has(name, from)) continue;
        this.names[this.count] = name;
        this.indices[this.count] = write ? views.writes(thread) : views.reads(thread);
        this.numbers[this.count] = n;
        this.count++;
      }
    }
  }

  private has(name: number, from: number): boolean {
    for (let i = from; i < this.count; i++) if (this.names[i] === name) return true;
    return false;
  }
}
