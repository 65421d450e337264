import { threadOf } from '../explore/schedule.ts';
import type { Fairness } from './endlessProgram.ts';
import type { ReachableStates } from './reachableStates.ts';

/** Infinitely many steps: from the initial state to a state, and from that back to it. */
export interface EndlessSchedule {
  readonly prefix: readonly number[];
  readonly cycle: readonly number[];
}

/**
 * Looks for a fair execution that, from some state on, has the label `label` forever.
 *
 * Such an execution stays in a strongly connected component of the states with the label. Tarjan's
 * algorithm finds the components ("Depth-first search and linear graph algorithms", 1972). A
 * component is fair under weak fairness if each thread takes a step in it, or is not due in one of
 * its states. Under strong fairness, the states where a thread is due that takes no step are
 * removed, and the components of the rest are examined (Emerson and Lei, "Modalities for model
 * checking", 1987).
 *
 */
export function findUnmetObligation(
  graph: ReachableStates,
  label: number,
  fairness: Fairness,
): EndlessSchedule | undefined {
  const subgraphs: Uint32Array[] = [graph.labels.subarray(0, graph.size)].map((labels) =>
    Uint32Array.from(labels.keys()).filter((state) => (labels[state] & label) !== 0),
  );
  /** By state: the number of the component that is examined, if it is inside. */
  const mark = new Uint32Array(graph.size);
  /** See `componentsOf`. */
  const position = new Uint32Array(graph.size);
  let number = 0;
  for (let among = subgraphs.pop(); among !== undefined; among = subgraphs.pop()) {
    for (const component of componentsOf(graph, among, position)) {
      number++;
      for (const state of component) mark[state] = number;
      const isInside = (state: number): boolean => mark[state] === number;
      let [stepping, ever, always] = [0, 0, -1];
      for (const state of component) {
        ever |= graph.due[state];
        always &= graph.due[state];
        for (let edge = graph.firstEdge[state]; edge < graph.firstEdge[state + 1]; edge++)
          if (isInside(graph.to[edge])) stepping |= 1 << threadOf(graph.choice[edge]);
      }
      if (stepping === 0) continue;
      const starved = (fairness === 'strong' ? ever : always) & ~stepping;
      if (starved === 0) return endlessSchedule(graph, component, isInside, stepping, fairness === 'weak' ? ever : 0);
      if (fairness === 'strong')
        subgraphs.push(Uint32Array.from(component.filter((state) => (graph.due[state] & starved) === 0)));
    }
  }
  return undefined;
}

/**
 * Tarjan's algorithm without recursion, on the subgraph of the states `among`.
 *
 * @param position by state: its position in `among`, plus 1; 0: it is outside. Here and after: 0.
 */
function componentsOf(graph: ReachableStates, among: Uint32Array, position: Uint32Array): number[][] {
  const UNSEEN = 0xffff_ffff;
  among.forEach((state, i) => {
    position[state] = i + 1;
  });
  const index = new Uint32Array(among.length).fill(UNSEEN);
  const low = new Uint32Array(among.length);
  const onStack = new Uint8Array(among.length);
  const nextEdge = new Uint32Array(among.length);
  const stack: number[] = [];
  const calls: number[] = [];
  const components: number[][] = [];
  let seen = 0;
  const enter = (i: number): void => {
    index[i] = low[i] = seen++;
    onStack[i] = 1;
    nextEdge[i] = graph.firstEdge[among[i]];
    stack.push(i);
    calls.push(i);
  };
  for (let root = 0; root < among.length; root++) {
    if (index[root] !== UNSEEN) continue;
    enter(root);
    while (calls.length > 0) {
      const i = calls[calls.length - 1];
      if (nextEdge[i] < graph.firstEdge[among[i] + 1]) {
        const to = position[graph.to[nextEdge[i]++]] - 1;
        if (to < 0) continue;
        if (index[to] === UNSEEN) enter(to);
        else if (onStack[to] !== 0) low[i] = Math.min(low[i], index[to]);
        continue;
      }
      calls.pop();
      if (calls.length > 0) low[calls[calls.length - 1]] = Math.min(low[calls[calls.length - 1]], low[i]);
      if (low[i] !== index[i]) continue;
      const component: number[] = [];
      for (let member = -1; member !== i; ) {
        member = stack.pop()!;
        onStack[member] = 0;
        component.push(among[member]);
      }
      components.push(component);
    }
  }
  for (const state of among) position[state] = 0;
  return components;
}

/**
 * A shortest path into a component, and a cycle in it with a step of each of the threads
 * `stepping`, through a state in which each other thread of `fair` is not due.
 */
function endlessSchedule(
  graph: ReachableStates,
  component: readonly number[],
  isInside: (state: number) => boolean,
  stepping: number,
  fair: number,
): EndlessSchedule {
  // States are numbered in the order of their distance.
  const entry = component.reduce((least, state) => Math.min(least, state));
  const cycle: number[] = [];
  let at = entry;
  const walk = (isGoal: (edge: number) => boolean): void => {
    const path = shortestPath(graph, at, isInside, isGoal);
    cycle.push(...path);
    if (path.length > 0) at = graph.to[path[path.length - 1]];
  };
  for (let rest = stepping; rest !== 0; rest &= rest - 1) {
    const thread = rest & -rest;
    walk((edge) => 1 << threadOf(graph.choice[edge]) === thread);
  }
  for (let rest = fair & ~stepping; rest !== 0; rest &= rest - 1) {
    const thread = rest & -rest;
    if ((graph.due[at] & thread) !== 0) walk((edge) => (graph.due[graph.to[edge]] & thread) === 0);
  }
  if (at !== entry) walk((edge) => graph.to[edge] === entry);
  return { prefix: graph.choicesOf(graph.pathTo(entry)), cycle: graph.choicesOf(cycle) };
}

/** The edges of a shortest path inside a component that ends with a goal. */
function shortestPath(
  graph: ReachableStates,
  from: number,
  isInside: (state: number) => boolean,
  isGoal: (edge: number) => boolean,
): number[] {
  const by = new Map<number, { readonly edge: number; readonly source: number }>();
  const queue = [from];
  for (const state of queue) {
    for (let edge = graph.firstEdge[state]; edge < graph.firstEdge[state + 1]; edge++) {
      const to = graph.to[edge];
      if (!isInside(to)) continue;
      if (isGoal(edge)) {
        const path = [edge];
        for (let at = state; at !== from; at = by.get(at)!.source) path.push(by.get(at)!.edge);
        return path.reverse();
      }
      if (to === from || by.has(to)) continue;
      by.set(to, { edge, source: state });
      queue.push(to);
    }
  }
  throw new Error('a strongly connected component has no path');
}
