import type { Execution } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { isPast } from '../explore/limits.ts';
import { encodeChoice } from '../explore/schedule.ts';
import { lowestSetBit } from '../explore/schedulers/scheduler.ts';
import { VarintBuffer } from '../explore/states/varintBuffer.ts';
import { grownCopy } from '../memory/grownCopy.ts';
import { StateStore } from './stateStore.ts';

/** What the search asks of each new state, which the execution is in. */
export interface StateChecks {
  /** Replaces the state by its representative. */
  rebase(): void;
  /** What the state violates. */
  violation(): Violation | undefined;
  /** The properties of the state that liveness needs to know, as at most 16 bits. */
  labels(): number;
}

export interface SearchLimits {
  /** The deadline, by `performance.now`. */
  readonly until: number;
  readonly bytes: number;
}

/** Why a search ended before it had visited all states. */
export type SearchEnd =
  | { readonly kind: 'violated'; readonly violation: Violation; readonly schedule: readonly number[] }
  | { readonly kind: 'limit'; readonly limit: string };

/** States between two looks at the clock. */
const STRIDE = 1024;

/**
 * HOT. All states that an endless program can reach under `sc`, by breadth-first search: the paths
 * are shortest, and indices stay small. A state is memory, and the trie node of each thread. It is
 * kept as its text alone, and restored where its steps are taken. So no state is left out for a
 * hash.
 *
 * The graph is kept for liveness: the steps of state s are the edges `firstEdge[s]` to
 * `firstEdge[s + 1] - 1`.
 */
export class ReachableStates {
  size = 0;
  edges = 0;
  firstEdge = new Uint32Array(1024);
  /** By edge: the state it leads to, and the choice that was taken: see `encodeChoice`. */
  to = new Uint32Array(4096);
  choice = new Uint32Array(4096);
  /** By state: see `StateChecks.labels`; the threads that can take a step. */
  labels = new Uint16Array(1024);
  enabled = new Uint16Array(1024);
  private readonly execution: Execution;
  private readonly checks: StateChecks;
  private readonly set = new StateStore();
  private readonly key = new VarintBuffer();
  private readonly nodes: Int32Array;
  private readonly memory: Uint32Array;
  /** The last state whose steps were taken. */
  private expanded = 0;
  /** By state: the edge by which it was found first. */
  private foundBy = new Uint32Array(1024);

  constructor(execution: Execution, checks: StateChecks) {
    this.execution = execution;
    this.checks = checks;
    this.nodes = new Int32Array(execution.node.length);
    this.memory = new Uint32Array(execution.bytes.u32.length);
  }

  get bytes(): number {
    const arrays = [this.firstEdge, this.to, this.choice, this.labels, this.enabled, this.foundBy];
    return this.set.bytes + this.execution.tree.bytes + arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Visits all states. Returns why it ended early; undefined: it has visited all. */
  search({ until, bytes }: SearchLimits): SearchEnd | undefined {
    const { execution } = this;
    execution.until = until;
    execution.reset();
    const atStart = execution.stopped();
    if (atStart !== null && 'violation' in atStart)
      return { kind: 'violated', violation: atStart.violation, schedule: [] };
    this.add();
    for (let state = 0; state < this.size; state++) {
      if (state % STRIDE === 0) {
        if (isPast(until)) return { kind: 'limit', limit: 'the time' };
        if (this.bytes > bytes) return { kind: 'limit', limit: `${Math.round(bytes / 2 ** 20)} MB of memory` };
      }
      const violation = this.expand(state);
      if (violation === undefined) continue;
      if (violation === LATE) return { kind: 'limit', limit: 'the time, or the length of an operation' };
      return { kind: 'violated', violation, schedule: [...this.pathTo(state), this.choice[this.edges - 1]] };
    }
    this.firstEdge[this.size] = this.edges;
    return undefined;
  }

  /** Takes all steps of a state. Returns what the last one violates. */
  private expand(state: number): Violation | typeof LATE | undefined {
    const { execution, checks } = this;
    if (state + 1 >= this.firstEdge.length) this.firstEdge = grownCopy(this.firstEdge, 2 * state + 2);
    this.firstEdge[state] = this.edges;
    this.expanded = state;
    this.restore(state);
    const { enabled } = execution;
    this.enabled[state] = enabled;
    if (enabled === 0) return { property: 'no deadlock', message: 'no thread can take a step' };
    for (let rest = enabled; rest !== 0; rest &= rest - 1) {
      const thread = lowestSetBit(rest);
      const choices = execution.choiceCount(thread);
      for (let choice = 0; choice < choices; choice++) {
        if (execution.steps > 0) this.restore(state);
        execution.step(thread, choice);
        this.addEdge(encodeChoice(thread, choice));
        const stop = execution.stopped();
        if (stop !== null && 'violation' in stop) return stop.violation;
        if (stop !== null && (stop.kind === 'late' || stop.kind === 'limit')) return LATE;
        checks.rebase();
        const known = this.set.size;
        this.to[this.edges - 1] = this.add();
        if (this.set.size === known) continue;
        const violation = checks.violation();
        if (violation !== undefined) return violation;
      }
    }
    return undefined;
  }

  /** Adds the current state, if it is new. Returns its number. */
  private add(): number {
    const { execution, key, set } = this;
    key.clear();
    key.addAll(execution.bytes.u32);
    for (let t = 0; t < execution.node.length; t++) key.add(execution.node[t]);
    if (set.add(key.words, key.end())) {
      if (set.number >= this.foundBy.length) this.growStates(2 * set.number);
      this.size = set.size;
      this.foundBy[set.number] = this.edges - 1;
      this.labels[set.number] = this.checks.labels();
    }
    return set.number;
  }

  /** Puts the execution into a state, as its first. */
  private restore(state: number): void {
    const { execution, memory, nodes } = this;
    const { tree, threads } = execution;
    this.set.read(state, memory, nodes);
    execution.bytes.u32.set(memory);
    threads.live = 0;
    for (let t = 0; t < nodes.length; t++) {
      const node = nodes[t];
      execution.node[t] = node;
      execution.pending[t] = node === 0 ? -1 : tree.code[node];
      execution.operation[t] = tree.operation[node];
      execution.performed[t] = 0;
      if (node !== 0) threads.live |= 1 << t;
    }
    execution.steps = 0;
    execution.backTo(0);
  }

  private addEdge(choice: number): void {
    if (this.edges === this.to.length) {
      this.to = grownCopy(this.to, 2 * this.edges);
      this.choice = grownCopy(this.choice, 2 * this.edges);
    }
    this.choice[this.edges++] = choice;
  }

  private growStates(length: number): void {
    this.foundBy = grownCopy(this.foundBy, length);
    this.labels = grownCopy(this.labels, length);
    this.enabled = grownCopy(this.enabled, length);
  }

  /** The choices on a shortest path to a state. */
  pathTo(state: number): number[] {
    const path: number[] = [];
    for (let at = state; at !== 0; ) {
      const edge = this.foundBy[at];
      path.push(this.choice[edge]);
      at = this.sourceOf(edge);
    }
    return path.reverse();
  }

  /** The state that an edge leaves. */
  private sourceOf(edge: number): number {
    let [low, high] = [0, this.expanded];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.firstEdge[middle] <= edge) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const LATE = Symbol('late');
