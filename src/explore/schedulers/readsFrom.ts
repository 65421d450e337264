import type { AccessSite, Profile } from '../profile.ts';
import { uniformInt } from '../random.ts';
import { aliasGroupOfAccess, mayWrite } from './conflicts.ts';
import { Pos } from './pos.ts';
import type { SchedulerView } from './scheduler.ts';

/** The most constraints of one execution. */
const CONSTRAINTS_MAX = 3;

/**
 * RFF: "Greybox Fuzzing for Concurrency Testing", Wolff, Shi, Duck, Mathur, Roychoudhury, ASPLOS
 * 2024. POS under constraints: a given read is to read from a given write, or is not to. Threads
 * whose pending access a constraint wants run first. Threads that it makes wait run when no other
 * can.
 *
 * Departures from the paper:
 * - There is no feedback from one execution to the next, so that each depends on its number alone.
 *   Constraints are drawn from the accesses of the profiling runs.
 * - A site is the n-th access of its kind by its thread, as programs are short and repeat
 *   themselves. The paper's is a place in the code.
 * - The initial value counts as a write.
 */
export class ReadsFromScheduler extends Pos {
  private readonly sources: readonly ConstraintSource[];
  /** The first `size` constraints are in force. */
  private readonly constraints = Array.from({ length: CONSTRAINTS_MAX }, () => new Constraint());
  private size = 0;

  constructor(seed: number, profile: Profile) {
    super(seed, profile.threads, profile.groups);
    this.sources = profile.shared
      .filter(({ reads }) => reads.length > 0)
      .map(({ group, reads, writes }) => ({
        group,
        reads,
        writesOfOthers: Array.from({ length: profile.threads }, (_, t) => writes.filter(({ thread }) => thread !== t)),
      }));
  }

  override begin(index: number): void {
    super.begin(index);
    const { random, sources } = this;
    this.size = sources.length === 0 ? 0 : 1 + uniformInt(random, CONSTRAINTS_MAX);
    for (let i = 0; i < this.size; i++) {
      const { group, reads, writesOfOthers } = sources[uniformInt(random, sources.length)];
      const read = reads[uniformInt(random, reads.length)];
      const writes = writesOfOthers[read.thread];
      const write = uniformInt(random, writes.length + 1);
      this.constraints[i].begin(group, read, writes[write], uniformInt(random, 4) !== 0);
    }
  }

  override next(view: SchedulerView): number {
    if (this.size === 0) return super.next(view);
    const { enabled, pending, last } = view;
    const { priority, groups, constraints } = this;
    const arrived = last < 0 || pending[last] < 0 ? -1 : aliasGroupOfAccess(groups, pending[last]);
    let wanted = 0;
    let waiting = 0;
    for (let i = 0; i < this.size; i++) {
      const constraint = constraints[i];
      if (constraint.stale || constraint.group === arrived) constraint.update(pending, groups);
      wanted |= constraint.wanted;
      waiting |= constraint.waiting;
    }
    const band = enabled & wanted & ~waiting || enabled & ~waiting || enabled;
    let best = -1;
    for (let t = 0; t < priority.length; t++) {
      if (band & (1 << t) && (best < 0 || priority[t] > priority[best])) best = t;
    }
    const code = pending[best];
    const accessed = aliasGroupOfAccess(groups, code);
    for (let i = this.size - 1; i >= 0; i--) {
      if (constraints[i].group === accessed && constraints[i].onAccess(best, code)) this.drop(i);
    }
    this.redraw(best, pending);
    return best;
  }

  private drop(i: number): void {
    const last = --this.size;
    const { constraints } = this;
    [constraints[i], constraints[last]] = [constraints[last], constraints[i]];
  }
}

/** The accesses to one alias group that constraints are drawn from. */
interface ConstraintSource {
  readonly group: number;
  readonly reads: readonly AccessSite[];
  /** By thread: the writes of all other threads. */
  readonly writesOfOthers: readonly (readonly AccessSite[])[];
}

const NONE: AccessSite = { thread: -1, code: -1, nth: 0 };

/** A constraint that `read` reads from `write` (positive), or that it does not (negative). */
class Constraint {
  /** Whether `wanted` and `waiting` must be updated. */
  stale = true;
  /** Sets of threads: those that should run now, and those that should not. */
  wanted = 0;
  waiting = 0;
  group = 0;
  private read = NONE;
  private write = NONE;
  private positive = true;
  /** How many accesses like `read` its thread takes before `read` itself. */
  private readsLeft = 0;
  /** The same for `write`. */
  private writesLeft = 0;
  /** Whether `write` is the last write to the group. */
  private written = false;

  /** @param write undefined: the initial value. */
  begin(group: number, read: AccessSite, write: AccessSite | undefined, positive: boolean): void {
    this.stale = true;
    this.group = group;
    this.read = read;
    this.write = write ?? NONE;
    this.positive = positive;
    this.readsLeft = read.nth;
    this.writesLeft = this.write.nth;
    this.written = write === undefined;
  }

  /** Computes `wanted` and `waiting`. */
  update(pending: Int32Array, groups: Int32Array): void {
    const { read, write, positive, written } = this;
    const atRead = this.readsLeft === 0 && pending[read.thread] === read.code ? 1 << read.thread : 0;
    this.stale = false;
    this.wanted = 0;
    this.waiting = 0;
    if (positive !== written) this.waiting = atRead;
    if (!positive) return;
    if (written) {
      this.wanted = atRead;
      this.waiting = this.writers(pending, groups) & ~(1 << read.thread);
    } else if (this.writesLeft === 0 && pending[write.thread] === write.code) this.wanted = 1 << write.thread;
  }

  /**
   * Records an access to the group. Returns whether the constraint is settled, one way or the
   * other.
   */
  onAccess(thread: number, code: number): boolean {
    const { read, write } = this;
    this.stale = true;
    if (thread === read.thread && code === read.code) return this.readsLeft-- === 0;
    if (thread === write.thread && code === write.code && this.writesLeft-- === 0) this.written = true;
    else if (this.written && mayWrite(code)) return true;
    return false;
  }

  private writers(pending: Int32Array, groups: Int32Array): number {
    let writers = 0;
    for (let t = 0; t < pending.length; t++) {
      const code = pending[t];
      if (code >= 0 && aliasGroupOfAccess(groups, code) === this.group && mayWrite(code)) writers |= 1 << t;
    }
    return writers;
  }
}
