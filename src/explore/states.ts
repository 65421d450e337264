import { kindOf, placeOf, reads } from '../memory/memory.ts';
import type { Execution, Stop, Violation } from './execution.ts';
import { Deadline, type Limits } from './limits.ts';
import { lowest, PRUNE, type Scheduler, type View } from './scheduler.ts';
import { StateSet } from './stateSet.ts';

/** What is asked of an execution while it goes and when it stops. */
export interface Judge {
  /** What the way an execution stopped says. */
  end(stop: Stop): Violation | undefined;
  /** The state of what watches the execution. */
  key(): string;
  readonly resultsMatter: boolean;
}

export interface SearchResult {
  readonly states: number;
  readonly executions: number;
  readonly steps: number;
  readonly violation: Violation | undefined;
  /** Which limit ended the search; undefined when every state was reached. */
  readonly limit: string | undefined;
}

export interface Bounds {
  /** Only schedules that change the running thread at most so often. */
  readonly switches?: number;
  /** Go on past violations of other properties. */
  readonly property?: string;
}

/**
 * Every state that any schedule can reach, depth first. A state is memory, and for each thread its operation's index and what the operation
 * has read so far: its log, which is its continuation. Exact for safety and deadlocks. It runs on in place where it can and goes back
 * by undoing steps, so no prefix is run again.
 */
export function searchStates(execution: Execution, judge: Judge, limits: Limits, bounds: Bounds = {}): SearchResult {
  const search = new StateSearch(execution, judge, bounds.switches ?? Infinity);
  const deadline = new Deadline(limits.seconds);
  let executions = 0;
  let steps = 0;
  const result = (violation?: Violation, limit?: string): SearchResult => ({
    states: search.seen.size,
    executions,
    steps,
    violation,
    limit,
  });

  search.begin();
  execution.reset();
  let before = 0;
  let stop = execution.run(search);
  for (;;) {
    steps += execution.steps - before;
    if (stop.kind === 'finished') executions++;
    if (stop.kind === 'limit') return result(undefined, `${execution.stepsMax} steps in one execution`);
    const violation = stop.kind === 'pruned' ? undefined : judge.end(stop);
    if (violation !== undefined && (bounds.property ?? violation.property) === violation.property)
      return result(violation);

    const depth = search.unfinished();
    if (depth < 0) return result();
    if (executions >= limits.executions) return result(undefined, `${limits.executions} executions`);
    if (search.seen.bytes > limits.bytes) return result(undefined, `${limits.bytes} bytes of states`);
    if (deadline.over) return result(undefined, `${limits.seconds} seconds`);
    execution.backTo(depth);
    before = depth;
    stop = execution.run(search, search.another(depth));
  }
}

/** HOT. Chooses so that each state is left once by each thread that can leave it. */
class StateSearch implements Scheduler {
  readonly seen = new StateSet();
  private readonly execution: Execution;
  private readonly judge: Judge;
  /** By depth: the threads that have not yet been tried there. */
  private untried = new Int32Array(1024);
  private depth = 0;
  private key = new Uint32Array(1024);
  private readonly interned = new Map<string, number>();
  private readonly wide: Uint8Array;
  private readonly switchesMax: number;
  /** By depth: how often the schedule up to there changed the thread. */
  private readonly switches: number[] = [0];

  constructor(execution: Execution, judge: Judge, switchesMax: number) {
    this.execution = execution;
    this.judge = judge;
    this.switchesMax = switchesMax;
    this.wide = Uint8Array.from(execution.program.layout.places, (place) => (place.bits === 64 ? 1 : 0));
  }

  begin(): void {}

  next(view: View): number {
    const { last, steps } = view;
    const enabled = this.switchesMax === Infinity ? view.enabled : this.withinBound(view);
    if (enabled === 0 || !this.seen.add(this.key, this.write())) return PRUNE;
    const thread = last >= 0 && enabled & (1 << last) ? last : lowest(enabled);
    if (steps >= this.untried.length) {
      const wider = new Int32Array(steps * 2);
      wider.set(this.untried);
      this.untried = wider;
    }
    this.untried[steps] = enabled & ~(1 << thread);
    this.depth = steps + 1;
    return thread;
  }

  /** The threads that may go on: all, or with no switch left only the one that ran last. */
  private withinBound({ last, steps, enabled }: View): number {
    const { schedule } = this.execution;
    const before = steps < 2 ? 0 : this.switches[steps - 1];
    this.switches[steps] = before + (steps >= 2 && schedule[steps - 1] !== schedule[steps - 2] ? 1 : 0);
    return this.switches[steps] < this.switchesMax || last < 0 ? enabled : enabled & (1 << last);
  }

  /** The deepest point where a thread has not been tried, or -1. */
  unfinished(): number {
    while (this.depth > 0 && this.untried[this.depth - 1] === 0) this.depth--;
    return this.depth - 1;
  }

  another(depth: number): number {
    const thread = lowest(this.untried[depth]);
    this.untried[depth] &= ~(1 << thread);
    return thread;
  }

  /** Writes the state into `key` and returns its length in words. */
  private write(): number {
    const { execution } = this;
    const { u32 } = execution.bytes;
    const threads = execution.memories.length;
    let needed = u32.length + 4;
    for (let t = 0; t < threads; t++) needed += 4 + 2 * execution.memories[t].length;
    if (needed > this.key.length) this.key = new Uint32Array(needed * 2);
    const { key } = this;
    key.set(u32);
    let n = u32.length;
    for (let t = 0; t < threads; t++) {
      const { codes, values, highs, olds, length } = execution.memories[t];
      const number = execution.performed[t];
      const start = execution.starts[t][number];
      key[n++] = execution.script[t][number];
      key[n++] = length - start;
      key[n++] = execution.sleepsOn(t);
      for (let p = start; p < length; p++) {
        const code = codes[p];
        if (!reads(kindOf(code))) continue;
        key[n++] = values[p];
        if (this.wide[placeOf(code)] === 1) key[n++] = highs[p];
        else if ((code & 15) > 5 && (code & 15) < 11) key[n++] = olds[p];
      }
    }
    if (this.switchesMax !== Infinity) {
      // Under a bound it matters which thread goes on for free, and how many switches are left.
      key[n++] = execution.last;
      key[n++] = this.switches[execution.steps];
    }
    key[n++] = this.intern(this.judge.key());
    if (this.judge.resultsMatter) key[n++] = this.intern(`results ${JSON.stringify(execution.results, text)}`);
    return n;
  }

  private intern(key: string): number {
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    this.interned.set(key, this.interned.size);
    return this.interned.size - 1;
  }
}

const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
