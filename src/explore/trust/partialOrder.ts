/**
 * The steps that an execution of a graph takes. Each of their topological orders is such an
 * execution.
 */
export interface PartialOrder {
  /** By step: its event, and the thread that takes it; under `tso`, this may be a store buffer. */
  readonly steps: readonly { readonly event: number; readonly thread: number }[];
  /** By step: steps that must come after it. */
  readonly next: readonly (readonly number[])[];
}

/**
 * A topological order of the steps, with the earliest event first; undefined if there is a cycle.
 */
export function topologicalOrder({ steps, next }: PartialOrder): number[] | undefined {
  const incoming = steps.map(() => 0);
  for (const to of next) for (const s of to) incoming[s]++;
  const ready = incoming.flatMap((n, s) => (n === 0 ? [s] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    let first = 0;
    for (let i = 1; i < ready.length; i++) if (steps[ready[i]].event < steps[ready[first]].event) first = i;
    const [s] = ready.splice(first, 1);
    order.push(s);
    for (const to of next[s]) if (--incoming[to] === 0) ready.push(to);
  }
  return order.length === steps.length ? order : undefined;
}

/** Orders each of these steps before the next one. */
export function chain(steps: readonly number[], next: number[][]): void {
  for (let i = 1; i < steps.length; i++) next[steps[i - 1]].push(steps[i]);
}
