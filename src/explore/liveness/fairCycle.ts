import type { Execution } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import { readFromIndex, threadOf } from '../schedule.ts';
import type { StateCache } from '../states/stateCache.ts';
import { buildStateGraph, type StateGraph } from './stateGraph.ts';

/** An infinite execution: the schedule `prefix`, then the schedule `cycle` forever. */
export interface Lasso {
  readonly prefix: readonly number[];
  readonly cycle: readonly number[];
}

/**
 * Whether the last `cycle` steps of a schedule lead from a state back to it. Leaves the execution
 * at the end of the schedule.
 */
export function isCycle(execution: Execution, states: StateCache, schedule: readonly number[], cycle: number): boolean {
  execution.reset();
  states.clear();
  for (const [i, choice] of schedule.entries()) {
    if (i === schedule.length - cycle) states.add(0);
    if (execution.stopped() !== null || (execution.enabled & (1 << threadOf(choice))) === 0) return false;
    if (readFromIndex(choice) >= execution.choiceCount(threadOf(choice))) return false;
    execution.step(threadOf(choice), readFromIndex(choice));
  }
  return !states.add(0);
}

/**
 * Looks for an infinite execution that is strongly fair: each thread that is enabled infinitely
 * often takes infinitely many steps. Returns a lasso whose prefix is the shortest to the component
 * of its cycle. Returns undefined if there is none, and null if a limit was reached first.
 *
 * A strongly connected component of the state graph contains such an execution if each thread that
 * is enabled in it takes a step in it. If some thread does not, the states where it is enabled are
 * removed. Then the components of the rest are examined (Emerson and Lei, "Modalities for Model
 * Checking", 1987). Loads read the newest store here, as a store is seen eventually.
 */
export function findFairCycle(execution: Execution, states: StateCache, limits: Limits): Lasso | undefined | null {
  const graph = buildStateGraph(execution, states, limits);
  if (graph === null) return null;
  const subgraphs = [graph.enabled.map((_, state) => state)];
  for (let subgraph = subgraphs.pop(); subgraph !== undefined; subgraph = subgraphs.pop()) {
    for (const component of stronglyConnectedComponents(graph, subgraph)) {
      const inside = new Set(component);
      let [stepping, enabled] = [0, 0];
      for (const state of component) {
        enabled |= graph.enabled[state];
        for (const edge of graph.edgesOf(state))
          if (isInside(graph, edge, inside)) stepping |= 1 << threadOf(graph.choice[edge]);
      }
      if (stepping === 0) continue;
      const starved = enabled & ~stepping;
      if (starved === 0) return buildLasso(graph, inside, stepping);
      subgraphs.push(component.filter((state) => (graph.enabled[state] & starved) === 0));
    }
  }
  return undefined;
}

const isInside = (graph: StateGraph, edge: number, inside: ReadonlySet<number>): boolean =>
  inside.has(graph.to[edge]) && !graph.isStale[edge];

/** Tarjan's algorithm (1972) without recursion, on the subgraph of the states `among`. */
function stronglyConnectedComponents(graph: StateGraph, among: readonly number[]): number[][] {
  const inside = new Set(among);
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const components: number[][] = [];
  const enter = (state: number): { readonly state: number; readonly edges: Generator<number> } => {
    low.set(state, index.size);
    index.set(state, index.size);
    stack.push(state);
    onStack.add(state);
    return { state, edges: graph.edgesOf(state) };
  };
  for (const root of among) {
    if (index.has(root)) continue;
    const calls = [enter(root)];
    while (calls.length > 0) {
      const { state, edges } = calls[calls.length - 1];
      const step = edges.next();
      if (!step.done) {
        const to = graph.to[step.value];
        if (!isInside(graph, step.value, inside)) continue;
        if (!index.has(to)) calls.push(enter(to));
        else if (onStack.has(to)) low.set(state, Math.min(low.get(state)!, index.get(to)!));
        continue;
      }
      calls.pop();
      const caller = calls.at(-1)?.state;
      if (caller !== undefined) low.set(caller, Math.min(low.get(caller)!, low.get(state)!));
      if (low.get(state) !== index.get(state)) continue;
      const component = stack.splice(stack.lastIndexOf(state));
      for (const member of component) onStack.delete(member);
      components.push(component);
    }
  }
  return components;
}

/**
 * A shortest path into the component `inside`, and a cycle in it with a step of each of `threads`.
 */
function buildLasso(graph: StateGraph, inside: ReadonlySet<number>, threads: number): Lasso {
  const anywhere = new Set(graph.enabled.keys());
  const prefix = shortestPath(graph, 0, anywhere, (edge) => inside.has(graph.to[edge]), true);
  const entry = inside.has(0) ? 0 : graph.to[prefix[prefix.length - 1]];
  const cycle: number[] = [];
  let at = entry;
  const extendTo = (isLast: (edge: number) => boolean): void => {
    const path = shortestPath(graph, at, inside, isLast);
    cycle.push(...path);
    at = graph.to[path[path.length - 1]];
  };
  let left = threads;
  while (left !== 0) {
    const missing = left;
    extendTo((edge) => (missing & (1 << threadOf(graph.choice[edge]))) !== 0);
    for (const edge of cycle) left &= ~(1 << threadOf(graph.choice[edge]));
  }
  if (at !== entry) extendTo((edge) => graph.to[edge] === entry);
  const choicesOf = (edges: readonly number[]): number[] => edges.map((edge) => graph.choice[edge]);
  return { prefix: inside.has(0) ? [] : choicesOf(prefix), cycle: choicesOf(cycle) };
}

/**
 * The edges of a shortest path from a state, within `inside`, whose last edge satisfies `isLast`.
 *
 * @param olderReads whether loads may read older stores, too.
 */
function shortestPath(
  graph: StateGraph,
  from: number,
  inside: ReadonlySet<number>,
  isLast: (edge: number) => boolean,
  olderReads = false,
): number[] {
  /** By reached state: the edge by which it was reached. */
  const reachedBy = new Map<number, number>([[from, -1]]);
  for (const state of reachedBy.keys()) {
    for (const edge of graph.edgesOf(state)) {
      const to = graph.to[edge];
      if (!inside.has(to) || (!olderReads && !isInside(graph, edge, inside))) continue;
      if (isLast(edge)) {
        const path = [edge];
        for (let at = state; reachedBy.get(at)! >= 0; at = graph.from[reachedBy.get(at)!])
          path.unshift(reachedBy.get(at)!);
        return path;
      }
      if (!reachedBy.has(to)) reachedBy.set(to, edge);
    }
  }
  return [];
}
