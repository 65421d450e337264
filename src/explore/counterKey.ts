/**
 * A key of counters, such as the number of steps that each thread has taken. Different counters
 * have different keys, whatever their bounds.
 *
 * @param bounds by counter: its largest value.
 */
export function counterKey(counters: ArrayLike<number>, bounds: ArrayLike<number>): number | string {
  let key = 0;
  for (let i = 0; i < counters.length; i++) key = key * (bounds[i] + 1) + counters[i];
  // A larger number is not exact.
  return key <= Number.MAX_SAFE_INTEGER ? key : Array.from(counters).join();
}
