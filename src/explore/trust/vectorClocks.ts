import type { HappensBeforeOrder } from '../happensBeforeOrder.ts';
import type { PartialOrder } from './partialOrder.ts';

/**
 * The happens-before order of an execution of a graph, as vector clocks.
 *
 * @param taken the steps of the partial order, in the order in which the execution took them.
 * @param threads the number of threads, store buffers included.
 */
export function vectorClocks(
  { steps, next }: PartialOrder,
  taken: readonly number[],
  threads: number,
): HappensBeforeOrder {
  const at = new Int32Array(steps.length);
  const clocks = new Int32Array(taken.length * threads);
  const locals = new Int32Array(taken.length);
  const threadOf = taken.map((step) => steps[step].thread);
  const counts = new Int32Array(threads);
  taken.forEach((step, s) => {
    at[step] = s;
    locals[s] = ++counts[threadOf[s]];
    clocks[s * threads + threadOf[s]] = locals[s];
  });
  taken.forEach((step, s) => {
    for (const later of next[step]) {
      const row = at[later] * threads;
      for (let t = 0; t < threads; t++) clocks[row + t] = Math.max(clocks[row + t], clocks[s * threads + t]);
    }
  });
  return { threads, clocks, locals, before: (a, b) => locals[a] <= clocks[b * threads + threadOf[a]] };
}
