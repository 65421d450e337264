import type { AccessSite, Profile } from '../profile.ts';
import { uniformInt } from '../random.ts';
import { aliasGroupOfAccess, mayWrite } from './conflicts.ts';
import { Pos } from './pos.ts';
import type { SchedulerView } from './scheduler.ts';

/** At most so many constraints in an execution. */
const CONSTRAINTS_MAX = 3;

/**
 * RFF: "Greybox Fuzzing for Concurrency Testing", Wolff, Shi, Duck, Mathur, Roychoudhury, ASPLOS 2024. POS under constraints: this read is to read from that
 * write, or is not to. Threads whose pending access a constraint wants run first, those that it wants to wait run when nobody else can.
 *
 * Departs from the paper: nothing is learnt from one execution for the next, so that each depends on its number alone. Its constraints are drawn from the
 * accesses of the profiling runs. A site is the n-th access of its kind by its thread, as programs are short and repeat themselves; the paper's is a place in the
 * code. The initial value counts as a write.
 */
export class ReadsFromScheduler extends Pos {
  private readonly shared: readonly Drawn[];
  /** The first `size` of them are in force. */
  private readonly constraints = Array.from({ length: CONSTRAINTS_MAX }, () => new Constraint());
  private size = 0;

  constructor(seed: number, profile: Profile) {
    super(seed, profile.threads, profile.groups);
    this.shared = profile.shared
      .filter(({ reads }) => reads.length > 0)
      .map(({ group, reads, writes }) => ({
        group,
        reads,
        writesBeside: Array.from({ length: profile.threads }, (_, t) => writes.filter(({ thread }) => thread !== t)),
      }));
  }

  override begin(index: number): void {
    super.begin(index);
    const { random, shared } = this;
    this.size = shared.length === 0 ? 0 : 1 + uniformInt(random, CONSTRAINTS_MAX);
    for (let i = 0; i < this.size; i++) {
      const { group, reads, writesBeside } = shared[uniformInt(random, shared.length)];
      const read = reads[uniformInt(random, reads.length)];
      const others = writesBeside[read.thread];
      const write = uniformInt(random, others.length + 1);
      this.constraints[i].begin(group, read, others[write], uniformInt(random, 4) !== 0);
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
    const taken = aliasGroupOfAccess(groups, code);
    for (let i = this.size - 1; i >= 0; i--) {
      if (constraints[i].group === taken && constraints[i].onAccess(best, code)) this.drop(i);
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

/** What constraints are drawn from; by thread: the writes of all others. */
interface Drawn {
  readonly group: number;
  readonly reads: readonly AccessSite[];
  readonly writesBeside: readonly (readonly AccessSite[])[];
}

const NONE: AccessSite = { thread: -1, code: -1, nth: 0 };

/** That `read` reads from `write`, or that it does not. */
class Constraint {
  /** Whether these are to be looked up: the threads that should go on now, and those that should not. */
  stale = true;
  wanted = 0;
  waiting = 0;
  group = 0;
  private read = NONE;
  private write = NONE;
  private positive = true;
  /** How many accesses like `read` and `write` there are still before these; and whether `write` is the last that wrote. */
  private readsLeft = 0;
  private writesLeft = 0;
  private written = false;

  /** @param write left out: the initial value. */
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

  /** `thread` takes an access to the group. Returns whether nothing is left to be done. */
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
