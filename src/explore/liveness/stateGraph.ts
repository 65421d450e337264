import { isChoice, kindOf } from '../../memory/kinds.ts';
import type { Execution } from '../execution/execution.ts';
import { type Limits, noLimits } from '../limits.ts';
import { encodeChoice, readFromIndex, threadOf } from '../schedule.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import { SearchProgress } from '../search/searchProgress.ts';
import type { StateCache } from '../states/stateCache.ts';

/** The reachable states of a program, and the steps between them. State 0 is the initial one. */
export class StateGraph {
  /** By state: the enabled threads. */
  readonly enabled: number[] = [];
  /** By edge: the states that it leads from and to, and the choice that takes the step. */
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly choice: number[] = [];
  /** By edge: whether its step read an older store than the newest. */
  readonly isStale: boolean[] = [];
  /** By state: its first edge; by edge: the next one of the same state; -1: none. */
  private readonly first: number[] = [];
  private readonly next: number[] = [];

  addState(enabled: number): number {
    this.first.push(-1);
    return this.enabled.push(enabled) - 1;
  }

  addEdge(from: number, choice: number, isStale: boolean, to: number): void {
    this.next.push(this.first[from]);
    this.first[from] = this.from.push(from) - 1;
    this.choice.push(choice);
    this.isStale.push(isStale);
    this.to.push(to);
  }

  *edgesOf(state: number): Generator<number> {
    for (let edge = this.first[state]; edge >= 0; edge = this.next[edge]) yield edge;
  }
}

/** Builds the state graph by depth-first search. Returns null if a limit is reached. */
export function buildStateGraph(execution: Execution, states: StateCache, limits: Limits): StateGraph | null {
  const graph = new StateGraph();
  const progress = new SearchProgress({ ...noLimits, seconds: limits.seconds, bytes: limits.bytes });
  const numbers = new Map<number, number>();
  /** By depth: the state, and the choices that were not taken there yet. */
  const path: { readonly state: number; readonly left: number[] }[] = [];
  /** Returns the number of the current state. Pushes it to the path if it is new. */
  const enter = (): number => {
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
  execution.until = progress.until;
  execution.reset();
  enter();
  while (path.length > 0) {
    if (execution.stopped()?.kind === 'late' || progress.limitReached(states.bytes + 32 * graph.to.length)) return null;
    const { state, left } = path[path.length - 1];
    const choice = left.pop();
    if (choice === undefined) {
      path.pop();
      if (path.length > 0) execution.backTo(path.length - 1);
      continue;
    }
    const depth = execution.steps;
    const isStale = readFromIndex(choice) > 0 && !isChoice(kindOf(execution.pending[threadOf(choice)]));
    execution.step(threadOf(choice), readFromIndex(choice));
    graph.addEdge(state, choice, isStale, enter());
    if (execution.steps !== path.length - 1) execution.backTo(depth);
  }
  return states.mustRestart ? null : graph;
}

function choicesOf(execution: Execution, enabled: number): number[] {
  const choices: number[] = [];
  for (let rest = enabled; rest !== 0; rest &= rest - 1) {
    const thread = lowestSetBit(rest);
    for (let i = execution.choiceCount(thread) - 1; i >= 0; i--) choices.push(encodeChoice(thread, i));
  }
  return choices;
}
