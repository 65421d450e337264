import type { Execution } from '../execution/execution.ts';
import { type Limits, noLimits } from '../limits.ts';
import { encodeChoice, readFromIndex, threadOf } from '../schedule.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import { SearchProgress } from '../search/searchProgress.ts';
import type { StateCache } from '../states/stateCache.ts';

/** An execution without end: `prefix`, then `cycle` again and again, as schedules. */
export interface Lasso {
  readonly prefix: readonly number[];
  readonly cycle: readonly number[];
}

/**
 * The states of a program and the steps between them. Arrays by edge: its ends and its step. Only what is within reach of the initial state, which is
 * state 0.
 */
class StateGraph {
  readonly enabled: number[] = [];
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly choice: number[] = [];
  /** By state: its first edge, and by edge the next one of that state; -1: none. */
  private readonly first: number[] = [];
  private readonly next: number[] = [];

  addState(enabled: number): number {
    this.first.push(-1);
    return this.enabled.push(enabled) - 1;
  }

  addEdge(from: number, choice: number, to: number): void {
    this.next.push(this.first[from]);
    this.first[from] = this.from.push(from) - 1;
    this.choice.push(choice);
    this.to.push(to);
  }

  *edgesOf(state: number): Generator<number> {
    for (let edge = this.first[state]; edge >= 0; edge = this.next[edge]) yield edge;
  }
}

/** Whether the last `cycle` steps of a schedule lead from a state to the same state. The execution follows the schedule to its end. */
export function repeats(execution: Execution, states: StateCache, schedule: readonly number[], cycle: number): boolean {
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
 * Looks for an execution without end that is strongly fair: every thread that can take a step again and again takes one again and again. Returns the
 * lasso with a shortest prefix; undefined where there is none; null where a limit was reached before that was known.
 *
 * A strongly connected component of the state graph has one if each thread that is enabled in it takes a step in it. If one does not, the states where it
 * is enabled are left out, and the components of the rest are looked at (Emerson and Lei, "Modalities for model checking", 1987). Of a load that may read one
 * of several stores only the newest counts: a store is seen in the end.
 */
export function findFairCycle(execution: Execution, states: StateCache, limits: Limits): Lasso | undefined | null {
  const graph = graphOf(execution, states, limits);
  if (graph === null) return null;
  const open = [graph.enabled.map((_, state) => state)];
  for (let among = open.pop(); among !== undefined; among = open.pop()) {
    for (const component of componentsOf(graph, among)) {
      const inside = new Set(component);
      let [steps, enabled] = [0, 0];
      for (const state of component) {
        enabled |= graph.enabled[state];
        for (const edge of graph.edgesOf(state))
          if (isInside(graph, edge, inside)) steps |= 1 << threadOf(graph.choice[edge]);
      }
      if (steps === 0) continue;
      const starved = enabled & ~steps;
      if (starved === 0) return lassoOf(graph, inside, steps);
      open.push(component.filter((state) => (graph.enabled[state] & starved) === 0));
    }
  }
  return undefined;
}

const isInside = (graph: StateGraph, edge: number, inside: ReadonlySet<number>): boolean =>
  inside.has(graph.to[edge]) && readFromIndex(graph.choice[edge]) === 0;

/** Visits all states, depth first. Null: a limit was reached. */
function graphOf(execution: Execution, states: StateCache, limits: Limits): StateGraph | null {
  const graph = new StateGraph();
  const tally = new SearchProgress({ ...noLimits, seconds: limits.seconds, bytes: limits.bytes });
  const numbers = new Map<number, number>();
  /** By depth: the state, and the steps that were not taken from it yet. */
  const path: { readonly state: number; readonly left: number[] }[] = [];
  /** The number of the state that the execution is in; a new one goes on the path. */
  const arrive = (): number => {
    states.add(0);
    const known = numbers.get(states.number);
    if (known !== undefined) return known;
    const enabled = execution.stopped() === null ? execution.enabled : 0;
    const state = graph.addState(enabled);
    numbers.set(states.number, state);
    path.push({ state, left: choicesOf(execution, enabled) });
    return state;
  };
  states.clear();
  execution.until = tally.until;
  execution.reset();
  arrive();
  while (path.length > 0) {
    if (execution.stopped()?.kind === 'late' || tally.over(states.bytes + 32 * graph.to.length)) return null;
    const { state, left } = path[path.length - 1];
    const choice = left.pop();
    if (choice === undefined) {
      path.pop();
      if (path.length > 0) execution.backTo(path.length - 1);
      continue;
    }
    const depth = execution.steps;
    execution.step(threadOf(choice), readFromIndex(choice));
    graph.addEdge(state, choice, arrive());
    if (execution.steps !== path.length - 1) execution.backTo(depth);
  }
  return states.areTooFew ? null : graph;
}

function choicesOf(execution: Execution, enabled: number): number[] {
  const choices: number[] = [];
  for (let rest = enabled; rest !== 0; rest &= rest - 1) {
    const thread = lowestSetBit(rest);
    for (let way = execution.choiceCount(thread) - 1; way >= 0; way--) choices.push(encodeChoice(thread, way));
  }
  return choices;
}

/** Strongly connected components of the graph of some states (Tarjan, 1972), without recursion. */
function componentsOf(graph: StateGraph, among: readonly number[]): number[][] {
  const inside = new Set(among);
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const components: number[][] = [];
  const open = (state: number): { readonly state: number; readonly edges: Generator<number> } => {
    low.set(state, index.size);
    index.set(state, index.size);
    stack.push(state);
    onStack.add(state);
    return { state, edges: graph.edgesOf(state) };
  };
  for (const root of among) {
    if (index.has(root)) continue;
    const calls = [open(root)];
    while (calls.length > 0) {
      const { state, edges } = calls[calls.length - 1];
      const step = edges.next();
      if (!step.done) {
        const to = graph.to[step.value];
        if (!isInside(graph, step.value, inside)) continue;
        if (!index.has(to)) calls.push(open(to));
        else if (onStack.has(to)) low.set(state, Math.min(low.get(state)!, index.get(to)!));
        continue;
      }
      calls.pop();
      const caller = calls.at(-1)?.state;
      if (caller !== undefined) low.set(caller, Math.min(low.get(caller)!, low.get(state)!));
      if (low.get(state) !== index.get(state)) continue;
      const component = stack.splice(stack.lastIndexOf(state));
      for (const of of component) onStack.delete(of);
      components.push(component);
    }
  }
  return components;
}

/** A shortest way into a component, and a way round in it on which each of `threads` takes a step. */
function lassoOf(graph: StateGraph, inside: ReadonlySet<number>, threads: number): Lasso {
  const anywhere = new Set(graph.enabled.keys());
  const prefix = shortest(graph, 0, anywhere, (edge) => inside.has(graph.to[edge]), true);
  const entry = inside.has(0) ? 0 : graph.to[prefix[prefix.length - 1]];
  const cycle: number[] = [];
  let at = entry;
  const goOn = (such: (edge: number) => boolean): void => {
    const way = shortest(graph, at, inside, such);
    cycle.push(...way);
    at = graph.to[way[way.length - 1]];
  };
  let left = threads;
  while (left !== 0) {
    const missing = left;
    goOn((edge) => (missing & (1 << threadOf(graph.choice[edge]))) !== 0);
    for (const edge of cycle) left &= ~(1 << threadOf(graph.choice[edge]));
  }
  if (at !== entry) goOn((edge) => graph.to[edge] === entry);
  const choices = (edges: readonly number[]): number[] => edges.map((edge) => graph.choice[edge]);
  return { prefix: inside.has(0) ? [] : choices(prefix), cycle: choices(cycle) };
}

/** The edges of a shortest way from a state that ends with such an edge; it stays among `inside`. `anyWay`: loads may read older stores, too. */
function shortest(
  graph: StateGraph,
  from: number,
  inside: ReadonlySet<number>,
  such: (edge: number) => boolean,
  anyWay = false,
): number[] {
  const by = new Map<number, number>([[from, -1]]);
  for (const state of by.keys()) {
    for (const edge of graph.edgesOf(state)) {
      const to = graph.to[edge];
      if (!inside.has(to) || (!anyWay && !isInside(graph, edge, inside))) continue;
      if (such(edge)) {
        const way = [edge];
        for (let at = state; by.get(at)! >= 0; at = graph.from[by.get(at)!]) way.unshift(by.get(at)!);
        return way;
      }
      if (!by.has(to)) by.set(to, edge);
    }
  }
  return [];
}
