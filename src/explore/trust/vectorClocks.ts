import type { HappensBeforeOrder } from '../happensBeforeOrder.ts';
import type { PartialOrder } from './partialOrder.ts';

/** The order of the steps of an execution, which took those of `order` in the order `taken`. */
export function vectorClocks(
  { steps, next }: PartialOrder,
  taken: readonly number[],
  threads: number,
): HappensBeforeOrder {
  const at = new Int32Array(steps.length);
  const clocks = new Int32Array(taken.length * threads);
  const locals = new Int32Array(taken.length);
  const lanes = taken.map((step) => steps[step].lane);
  const counts = new Int32Array(threads);
  taken.forEach((step, s) => {
    at[step] = s;
    locals[s] = ++counts[lanes[s]];
    clocks[s * threads + lanes[s]] = locals[s];
  });
  taken.forEach((step, s) => {
    for (const later of next[step]) {
      const row = at[later] * threads;
      for (let t = 0; t < threads; t++) clocks[row + t] = Math.max(clocks[row + t], clocks[s * threads + t]);
    }
  });
  return { threads, clocks, locals, before: (a, b) => locals[a] <= clocks[b * threads + lanes[a]] };
}
