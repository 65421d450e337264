import { Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import { counterKey } from '../counterKey.ts';
import type { Execution } from '../execution/execution.ts';
import type { HappensBefore } from '../happensBefore.ts';

/**
 * Whether some schedule of the execution's class needs at most `max` preemptions. A preemption is a
 * switch away from a thread that is still enabled. This makes preemption bounding exact: a class is
 * within the bound if its cheapest schedule is. Source: Musuvathi and Qadeer, "Iterative Context
 * Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007; counted as GenMC does.
 *
 * @param upTo by thread: how many of its steps are considered; left out: all.
 */
export function withinPreemptions(execution: Execution, order: HappensBefore, max: number, upTo?: Int32Array): boolean {
  return new Linearizations(execution, order, upTo).fewestPreemptions(max) <= max;
}

/** From which step to which step a thread held a lock, by number among the steps of the thread. */
interface HeldSpan {
  readonly thread: number;
  readonly from: number;
  /** Infinity while the lock is held. */
  to: number;
}

/** A node of the search: how many steps each thread has taken, and which thread took the last. */
interface Node {
  readonly taken: readonly number[];
  readonly last: number;
}

/** All schedules of one class: the linearizations of its happens-before order. */
class Linearizations {
  private readonly execution: Execution;
  private readonly order: HappensBefore;
  /** By thread: its steps, and how many of them are considered. */
  private readonly steps: number[][];
  private readonly ends: readonly number[];
  /** By lock: when it was held. */
  private readonly spans = new Map<number, HeldSpan[]>();

  constructor(execution: Execution, order: HappensBefore, upTo?: Int32Array) {
    this.execution = execution;
    this.order = order;
    this.steps = Array.from({ length: order.threads }, () => []);
    for (let s = 0; s < execution.steps; s++) {
      const thread = execution.schedule[s];
      const code = execution.footprints[s];
      const own = this.steps[thread];
      if (kindOf(code) === Kind.lock) this.spansOf(code).push({ thread, from: own.length, to: Infinity });
      else if (kindOf(code) === Kind.unlock) this.spansOf(code).at(-1)!.to = own.length;
      own.push(s);
    }
    this.ends = this.steps.map((own, t) => upTo?.[t] ?? own.length);
  }

  /**
   * The fewest preemptions of a schedule, or `max` + 1 if all need more. A breadth-first search by
   * cost: all nodes that are reached with `cost` preemptions before those with one more.
   */
  fewestPreemptions(max: number): number {
    const { threads } = this.order;
    /** By the thread that took the last step: the nodes that were visited. */
    const seen = Array.from({ length: threads }, () => new Set<number | string>());
    let nodes: Node[] = [];
    for (let t = 0; t < threads; t++) nodes.push({ taken: this.ends.map(() => 0), last: t });
    for (let cost = 0; cost <= max && nodes.length > 0; cost++) {
      const dearer: Node[] = [];
      for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
        const { taken, last } = node;
        const key = counterKey(taken, this.ends);
        if (seen[last].has(key)) continue;
        seen[last].add(key);
        if (taken.every((n, t) => n === this.ends[t])) return cost;
        const isFree = taken.every((n) => n === 0) || !this.isEnabled(last, taken);
        for (let t = 0; t < threads; t++) {
          if (!this.canBeNext(t, taken)) continue;
          const next = { taken: taken.with(t, taken[t] + 1), last: t };
          if (t === last || isFree) nodes.push(next);
          else dearer.push(next);
        }
      }
      nodes = dearer;
    }
    return max + 1;
  }

  /** Whether all steps that happen before the next step of `thread` are taken. */
  private canBeNext(thread: number, taken: readonly number[]): boolean {
    if (taken[thread] === this.ends[thread]) return false;
    const { clocks, threads } = this.order;
    const row = this.steps[thread][taken[thread]] * threads;
    for (let t = 0; t < threads; t++) if (t !== thread && clocks[row + t] > taken[t]) return false;
    return true;
  }

  /**
   * Whether `thread` can take a step in this state, be it the one it takes in this class or not.
   */
  private isEnabled(thread: number, taken: readonly number[]): boolean {
    const { execution, steps } = this;
    const next = steps[thread][taken[thread]];
    const code = next === undefined ? execution.pending[thread] : execution.footprints[next];
    if (code < 0) return false;
    if (kindOf(code) === Kind.lock)
      return !this.spansOf(code).some(({ thread: t, from, to }) => from < taken[t] && to >= taken[t]);
    if (kindOf(code) === Kind.resume) return next !== undefined && this.canBeNext(thread, taken);
    return next !== undefined || (execution.enabled & (1 << thread)) !== 0;
  }

  private spansOf(code: number): HeldSpan[] {
    const lock = placeOf(code);
    let spans = this.spans.get(lock);
    if (spans === undefined) {
      spans = [];
      this.spans.set(lock, spans);
    }
    return spans;
  }
}
