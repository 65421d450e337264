import { Kind, kindOf, placeOf } from '../../memory/memory.ts';
import type { Execution } from '../execution/execution.ts';
import type { HappensBefore } from '../happensBefore.ts';

/**
 * Whether the steps of an execution, in some order of the same class, need no more than `most` preemptions: switches away from a thread that could have gone on.
 * That is exact preemption bounding: a class belongs to the bound of its cheapest order (Musuvathi and Qadeer, "Iterative Context Bounding for
 * Systematic Testing of Multithreaded Programs", PLDI 2007; counted as GenMC counts it).
 *
 * @param upTo by thread: how many of its steps are meant; left out: all.
 */
export function withinPreemptions(
  execution: Execution,
  order: HappensBefore,
  most: number,
  upTo?: Int32Array,
): boolean {
  return new Orders(execution, order, upTo).cheapest(most) <= most;
}

/** All orders of one class, as a search over how many steps each thread has taken and which took the last. */
class Orders {
  private readonly execution: Execution;
  private readonly order: HappensBefore;
  /** By thread: its steps; and how many of them are meant. */
  private readonly steps: number[][];
  private readonly ends: readonly number[];
  /** By lock: each time it was taken: by whom, and the numbers of the thread's steps that took it and gave it back. */
  private readonly takings = new Map<number, { thread: number; from: number; to: number }[]>();

  constructor(execution: Execution, order: HappensBefore, upTo?: Int32Array) {
    this.execution = execution;
    this.order = order;
    this.steps = Array.from({ length: order.threads }, () => []);
    for (let s = 0; s < execution.steps; s++) {
      const thread = execution.schedule[s];
      const code = execution.footprints[s];
      const of = this.steps[thread];
      if (kindOf(code) === Kind.lock) this.takingsOf(code).push({ thread, from: of.length, to: Infinity });
      else if (kindOf(code) === Kind.unlock) this.takingsOf(code).at(-1)!.to = of.length;
      of.push(s);
    }
    this.ends = this.steps.map((of, t) => upTo?.[t] ?? of.length);
  }

  /** The fewest preemptions that are needed, or more than `most`. */
  cheapest(most: number): number {
    const { threads } = this.order;
    const key = (taken: readonly number[], last: number): number =>
      taken.reduce((sum, n, t) => sum * (this.ends[t] + 1) + n, last);
    const seen = new Set<number>();
    let now: { readonly taken: readonly number[]; readonly last: number }[] = [];
    for (let t = 0; t < threads; t++) now.push({ taken: this.ends.map(() => 0), last: t });
    for (let cost = 0; cost <= most && now.length > 0; cost++) {
      const dearer: typeof now = [];
      for (let at = now.pop(); at !== undefined; at = now.pop()) {
        const { taken, last } = at;
        const id = key(taken, last);
        if (seen.has(id)) continue;
        seen.add(id);
        if (taken.every((n, t) => n === this.ends[t])) return cost;
        const free = taken.every((n) => n === 0) || !this.couldGoOn(last, taken);
        for (let t = 0; t < threads; t++) {
          if (!this.isNext(t, taken)) continue;
          const then = { taken: taken.with(t, taken[t] + 1), last: t };
          if (t === last || free) now.push(then);
          else dearer.push(then);
        }
      }
      now = dearer;
    }
    return most + 1;
  }

  /** Whether the next step of `thread` has all behind it that comes before it. */
  private isNext(thread: number, taken: readonly number[]): boolean {
    if (taken[thread] === this.ends[thread]) return false;
    const { clocks, threads } = this.order;
    const row = this.steps[thread][taken[thread]] * threads;
    for (let t = 0; t < threads; t++) if (t !== thread && clocks[row + t] > taken[t]) return false;
    return true;
  }

  /** Whether `thread` could take a step after `taken`, be it one that this class has later or never. */
  private couldGoOn(thread: number, taken: readonly number[]): boolean {
    const { execution, steps } = this;
    const next = steps[thread][taken[thread]];
    const code = next === undefined ? execution.pending[thread] : execution.footprints[next];
    if (code < 0) return false;
    if (kindOf(code) === Kind.lock)
      return !this.takingsOf(code).some(({ thread: t, from, to }) => from < taken[t] && to >= taken[t]);
    if (kindOf(code) === Kind.resume) return next !== undefined && this.isNext(thread, taken);
    return next !== undefined || (execution.enabled & (1 << thread)) !== 0;
  }

  private takingsOf(code: number) {
    const lock = placeOf(code);
    let takings = this.takings.get(lock);
    if (takings === undefined) {
      takings = [];
      this.takings.set(lock, takings);
    }
    return takings;
  }
}
