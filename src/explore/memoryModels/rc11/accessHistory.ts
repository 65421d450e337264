import { isPlain, isWrite, kindOf } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import type { DataRaces, HappensBeforeQuery } from './dataRaces.ts';
import type { MessageView } from './threadView.ts';

/**
 * HOT where states are compared under `rc11`. The accesses before a state that a later one could
 * still race with. Per thread and location, the last accesses are enough: what happens after them
 * happens after all earlier ones. An entry is dropped once every other thread happens after it.
 */
export class AccessHistory {
  private readonly execution: Execution;
  private readonly order: HappensBeforeQuery;
  private readonly races: DataRaces;
  /** How many entries there are. */
  count = 0;
  /**
   * By entry: a number for thread, location and sort; and where in a view, from which number on, it
   * is known.
   */
  readonly names: number[] = [];
  private readonly indices: number[] = [];
  private readonly numbers: number[] = [];

  constructor(execution: Execution, order: HappensBeforeQuery, races: DataRaces) {
    this.execution = execution;
    this.order = order;
    this.races = races;
  }

  /** Finds the entries of the state that the execution is in. */
  update(): void {
    this.count = 0;
    if (this.races.plainLocations === 0) return;
    const { footprints, program } = this.execution;
    const { stepsOf, views } = this.order;
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

  /** Which of the 32 entries from `from` on a view contains, a bit each. */
  knownTo(view: MessageView, from: number): number {
    const end = Math.min(this.count, from + 32);
    let known = 0;
    for (let i = from; i < end; i++) if (this.numbers[i] <= view[this.indices[i]]) known |= 1 << (i - from);
    return known;
  }

  /** Up to which of its accesses all other threads that go on happen after `thread`. */
  private knownToAll(thread: number, index: number): number {
    const { pending } = this.execution;
    const { threadViews } = this.order;
    let least = Infinity;
    for (let t = 0; t < threadViews.length; t++)
      if (t !== thread && pending[t] >= 0) least = Math.min(least, threadViews[t].current[index]);
    return least;
  }

  /**
   * Adds access number `n` of `thread`, where it is the last of its sort. The entries of the thread
   * begin at `from`.
   */
  private add(thread: number, code: number, n: number, from: number): void {
    const { views, stepsOf } = this.order;
    const write = isWrite(kindOf(code));
    const locations = this.races.locationsOf(code);
    for (let i = 0; i < locations.length; i++) {
      if (!this.races.canRace(locations[i])) continue;
      // Any access races with a plain one, and a plain one with any.
      for (let plain = 0; plain < (isPlain(kindOf(code)) ? 2 : 1); plain++) {
        const name = 4 * (locations[i] * stepsOf.length + thread) + (write ? 2 : 0) + plain;
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
