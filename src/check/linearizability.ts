/** A sequential specification of an object. */
export interface SequentialModel<State, Call> {
  readonly init: State;
  /** The state after `call`; undefined if its recorded result is impossible in `state`. */
  step(state: State, call: Call): State | undefined;
  /** Two states with the same key have the same future. */
  key(state: State): string;
}

/** A call, and the stamps of its invocation and its response. */
export interface Interval<Call> {
  readonly call: Call;
  readonly start: number;
  readonly end: number;
}

export type Linearizability = 'ok' | 'illegal' | 'unknown';

/**
 * Whether a history is linearizable: whether the sequential model allows some order of the calls in
 * which each takes effect within its interval. Returns `unknown` if this is not decided within
 * `stepsMax` steps of the model.
 *
 * The algorithm is that of Wing and Gong, "Testing and Verifying Concurrent Objects", JPDC 1993.
 * The cache is that of Lowe, "Testing for Linearizability", 2017: each pair of a set of linearized
 * calls and a state is tried once.
 */
export function linearizability<State, Call>(
  model: SequentialModel<State, Call>,
  history: readonly Interval<Call>[],
  stepsMax: number,
): Linearizability {
  const calls = history.toSorted((a, b) => a.start - b.start);
  const taken = new Uint8Array(calls.length);
  const seen = new Set<string>();
  let steps = 0;

  const search = (state: State, left: number): Linearizability => {
    if (left === 0) return 'ok';
    const key = `${taken.join('')}${model.key(state)}`;
    if (seen.has(key)) return 'illegal';
    seen.add(key);
    // A call can be next if no remaining call ended before it started.
    let horizon = Infinity;
    for (let i = 0; i < calls.length && calls[i].start <= horizon; i++)
      if (taken[i] === 0) horizon = Math.min(horizon, calls[i].end);
    for (let i = 0; i < calls.length && calls[i].start <= horizon; i++) {
      if (taken[i] === 1) continue;
      if (++steps > stepsMax) return 'unknown';
      const next = model.step(state, calls[i].call);
      if (next === undefined) continue;
      taken[i] = 1;
      const verdict = search(next, left - 1);
      if (verdict !== 'illegal') return verdict;
      taken[i] = 0;
    }
    return 'illegal';
  };
  return search(model.init, calls.length);
}
