import { placeOf } from '../../memory/memory.ts';
import type { Profile, Shared, Site } from '../profile.ts';
import { mayWrite } from '../races.ts';
import { below } from '../random.ts';
import type { View } from '../scheduler.ts';
import { Pos } from './pos.ts';

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
export class ReadsFrom extends Pos {
  private readonly shared: readonly Shared[];
  private readonly constraints = Array.from({ length: CONSTRAINTS_MAX }, () => new Constraint());
  private size = 0;

  constructor(seed: number, profile: Profile) {
    super(seed, profile.threads, profile.groups);
    this.shared = profile.shared.filter(({ reads }) => reads.length > 0);
  }

  override begin(index: number): void {
    super.begin(index);
    const { random, shared } = this;
    this.size = shared.length === 0 ? 0 : 1 + below(random, CONSTRAINTS_MAX);
    for (let i = 0; i < this.size; i++) {
      const { group, reads, writes } = shared[below(random, shared.length)];
      const read = reads[below(random, reads.length)];
      const others = writes.filter(({ thread }) => thread !== read.thread);
      const write = below(random, others.length + 1);
      this.constraints[i].begin(group, read, others[write], below(random, 4) !== 0);
    }
  }

  override next(view: View): number {
    const { enabled, pending } = view;
    const { priority, groups, constraints, size } = this;
    let wanted = 0;
    let waiting = 0;
    for (let i = 0; i < size; i++) {
      const constraint = constraints[i];
      if (constraint.over) continue;
      wanted |= constraint.wanted(pending);
      waiting |= constraint.waiting(pending, groups);
    }
    wanted &= ~waiting;
    const band = enabled & wanted || enabled & ~waiting || enabled;
    let best = -1;
    for (let t = 0; t < priority.length; t++) {
      if (band & (1 << t) && (best < 0 || priority[t] > priority[best])) best = t;
    }
    for (let i = 0; i < size; i++) if (!constraints[i].over) constraints[i].took(best, pending[best], groups);
    this.redraw(best, pending);
    return best;
  }
}

const NONE: Site = { thread: -1, code: -1, nth: 0 };

/** That `read` reads from `write`, or that it does not. */
class Constraint {
  over = false;
  private group = 0;
  private read = NONE;
  private write = NONE;
  private positive = true;
  /** How many accesses like `read` and `write` there are still before these; and whether `write` is the last that wrote. */
  private readsLeft = 0;
  private writesLeft = 0;
  private written = false;

  /** @param write left out: the initial value. */
  begin(group: number, read: Site, write: Site | undefined, positive: boolean): void {
    this.over = false;
    this.group = group;
    this.read = read;
    this.write = write ?? NONE;
    this.positive = positive;
    this.readsLeft = read.nth;
    this.writesLeft = this.write.nth;
    this.written = write === undefined;
  }

  /** The threads that should go on now. */
  wanted(pending: Int32Array): number {
    if (!this.positive) return 0;
    if (this.written) return this.atRead(pending) ? 1 << this.read.thread : 0;
    return this.writesLeft === 0 && pending[this.write.thread] === this.write.code ? 1 << this.write.thread : 0;
  }

  /** The threads that should not. */
  waiting(pending: Int32Array, groups: Int32Array): number {
    if (this.written !== this.positive) return this.atRead(pending) ? 1 << this.read.thread : 0;
    if (!this.positive) return 0;
    let waiting = 0;
    for (let t = 0; t < pending.length; t++) {
      if (
        t !== this.read.thread &&
        pending[t] >= 0 &&
        groups[placeOf(pending[t])] === this.group &&
        mayWrite(pending[t])
      )
        waiting |= 1 << t;
    }
    return waiting;
  }

  /** `thread` takes an access. */
  took(thread: number, code: number, groups: Int32Array): void {
    if (thread === this.read.thread && code === this.read.code && this.readsLeft-- === 0) this.over = true;
    else if (thread === this.write.thread && code === this.write.code && this.writesLeft-- === 0) this.written = true;
    else if (this.written && mayWrite(code) && groups[placeOf(code)] === this.group) this.over = true;
  }

  private atRead(pending: Int32Array): boolean {
    return this.readsLeft === 0 && pending[this.read.thread] === this.read.code;
  }
}
