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
export function topologicalOrder(of: PartialOrder): number[] | undefined {
  const { steps, next } = of;
  if (isInOrder(of)) return next.map((_, s) => s);
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

/** Whether the steps are in a topological order already, with the earliest event first. */
function isInOrder({ steps, next }: PartialOrder): boolean {
  for (let s = 0; s < steps.length; s++) {
    if (s > 0 && steps[s].event <= steps[s - 1].event) return false;
    for (let i = 0; i < next[s].length; i++) if (next[s][i] <= s) return false;
  }
  return true;
}

/** Steps of these threads, each its own event, without any order. */
export function unordered(
  threads: ArrayLike<number>,
  count: number,
): { steps: PartialOrder['steps']; next: number[][] } {
  const steps: { event: number; thread: number }[] = [];
  const next: number[][] = [];
  for (let event = 0; event < count; event++) {
    steps.push({ event, thread: threads[event] });
    next.push([]);
  }
  return { steps, next };
}

/** Orders each of these steps before the next one. */
export function chain(steps: readonly number[], next: number[][]): void {
  for (let i = 1; i < steps.length; i++) next[steps[i - 1]].push(steps[i]);
}
