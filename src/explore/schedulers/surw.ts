import type { Profile, SharedLocations } from '../profile.ts';
import { drawReadFrom, type Random, randomOf, uniformInt } from '../random.ts';
import { aliasGroupOfAccess } from './conflicts.ts';
import type { Scheduler, SchedulerView } from './scheduler.ts';
import { weightedChoice } from './weightedChoice.ts';

/**
 * SURW: "Selectively Uniform Concurrency Testing", Zhao et al., ASPLOS 2025. In each execution, the
 * accesses to one shared location, drawn at random, are the interesting events; all their orders
 * should be equally likely. One thread is intended, drawn in proportion to the interesting events
 * that it has left. The others are held at theirs until it has taken one. In between, threads run
 * by random priorities of their pending accesses.
 *
 * Departures from the paper:
 * - A location is an alias group (see `aliasGroups`).
 * - An execution takes its counts from one of several profiling executions, as in `Urw`.
 * - A thread whose count has run out is drawn only if all threads are held.
 */
export class Surw implements Scheduler {
  private readonly seed: number;
  private readonly profile: Profile;
  private readonly priority: Int32Array;
  /** By thread: the interesting events that it has left. */
  private readonly left: Int32Array;
  private random: Random;
  private group = -1;
  private intended = 0;

  constructor(seed: number, profile: Profile) {
    const { threads } = profile;
    this.seed = seed;
    this.profile = profile;
    this.priority = new Int32Array(threads);
    this.left = new Int32Array(threads);
    this.random = randomOf(seed, 0);
  }

  begin(index: number): void {
    const { shared, threads } = this.profile;
    this.random = randomOf(this.seed, index);
    for (let t = 0; t < threads; t++) this.priority[t] = this.random.next();
    if (shared.length === 0) return;
    const { group, events }: SharedLocations = shared[uniformInt(this.random, shared.length)];
    this.group = group;
    this.left.set(events[uniformInt(this.random, events.length)]);
    this.intend();
  }

  next({ enabled, pending }: SchedulerView): number {
    const { groups } = this.profile;
    let held = 0;
    let best = -1;
    for (let t = 0; t < this.priority.length; t++) {
      if ((enabled & (1 << t)) === 0) continue;
      if (t !== this.intended && aliasGroupOfAccess(groups, pending[t]) === this.group) held |= 1 << t;
      else if (best < 0 || this.priority[t] > this.priority[best]) best = t;
    }
    if (best < 0) best = this.intended = weightedChoice(this.random, held, this.left);
    this.priority[best] = this.random.next();
    if (aliasGroupOfAccess(groups, pending[best]) === this.group) {
      this.left[best]--;
      this.intend();
    }
    return best;
  }

  chooseReadsFrom(count: number): number {
    return drawReadFrom(this.random, count);
  }

  /** Draws the thread whose interesting event is next, among those that should have one left. */
  private intend(): void {
    let some = 0;
    for (let t = 0; t < this.left.length; t++) if (this.left[t] > 0) some |= 1 << t;
    this.intended = some === 0 ? -1 : weightedChoice(this.random, some, this.left);
  }
}
