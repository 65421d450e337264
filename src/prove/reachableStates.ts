import type { Execution } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { isPast } from '../explore/limits.ts';
import { encodeChoice, readFromIndex, threadOf } from '../explore/schedule.ts';
import { lowestSetBit } from '../explore/schedulers/scheduler.ts';
import { VarintBuffer } from '../explore/states/varintBuffer.ts';
import { grownCopy } from '../memory/grownCopy.ts';
import type { AmpleSets } from './ampleSets.ts';
import { StateStore } from './stateStore.ts';

/** What the search asks of each new state, which the execution is in. */
export interface StateChecks {
  /** Replaces the state by its representative. Returns whether that is another state. */
  rebase(): boolean;
  /** What the state violates. */
  violation(): Violation | undefined;
  /** The properties of the state that liveness needs to know, as at most 16 bits. */
  labels(): number;
  /** The threads that are in an operation, as bits: they have made an access that is no choice. */
  inside(): number;
  /** The threads that get their turn between operations too, as bits. */
  readonly fair: number;
}

export interface SearchLimits {
  /** The deadline, for `isPast`. */
  readonly until: number;
  readonly bytes: number;
  /** How many states to visit; Infinity: all. */
  readonly states: number;
}

/** Why a search ended before it had visited all states. */
export type SearchEnd =
  | { readonly kind: 'violated'; readonly violation: Violation; readonly schedule: readonly number[] }
  | { readonly kind: 'limit'; readonly limit: string }
  /** The reduction was based on too little: see `AmpleSets`. */
  | { readonly kind: 'again' };

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
  /**
   * By edge: the state it leads to, and the choice of its first step: see `encodeChoice`. A thread
   * that takes infinitely many steps takes the first of infinitely many edges: those that begin an
   * operation are never taken alone.
   */
  to = new Uint32Array(4096);
  choice = new Uint32Array(4096);
  /** By state: see `StateChecks.labels`. */
  labels = new Uint16Array(1024);
  /**
   * By state: the threads that can take a step, as bits; without those that may stop there for
   * good.
   */
  due = new Uint16Array(1024);
  /** By trie node: whether a thread was there, so that its log was met. */
  logs = new Uint8Array(1024);
  private readonly execution: Execution;
  private readonly checks: StateChecks;
  private readonly ample: AmpleSets;
  private readonly reduces: boolean;
  private readonly live: Uint32Array;
  private readonly set = new StateStore();
  private readonly key = new VarintBuffer();
  private readonly nodes: Int32Array;
  private readonly memory: Uint32Array;
  /** The last state whose steps were taken. */
  private expanded = 0;
  /** By state: the edge by which it was found first. */
  private foundBy = new Uint32Array(1024);

  /**
   * @param reduces whether independent steps are taken alone; else `ample` only learns
   * @param live by word of memory: the bits that are part of a state
   */
  constructor(execution: Execution, checks: StateChecks, ample: AmpleSets, reduces: boolean, live: Uint32Array) {
    this.live = live;
    this.ample = ample;
    this.reduces = reduces;
    this.execution = execution;
    this.checks = checks;
    this.nodes = new Int32Array(execution.node.length);
    this.memory = new Uint32Array(execution.bytes.u32.length);
  }

  get bytes(): number {
    const arrays = [this.firstEdge, this.to, this.choice, this.labels, this.due, this.foundBy];
    return this.set.bytes + this.execution.tree.bytes + arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Visits all states. Returns why it ended early; undefined: it has visited all. */
  search({ until, bytes, states }: SearchLimits): SearchEnd | undefined {
    const { execution, ample } = this;
    execution.until = until;
    execution.reset();
    const atStart = execution.stopped();
    if (atStart !== null && 'violation' in atStart)
      return { kind: 'violated', violation: atStart.violation, schedule: [] };
    this.add();
    const atFirst = this.checks.violation();
    if (atFirst !== undefined) return { kind: 'violated', violation: atFirst, schedule: [] };
    for (let state = 0; state < Math.min(this.size, states); state++) {
      if (state % STRIDE === 0) {
        if (isPast(until)) return { kind: 'limit', limit: 'the time' };
        if (this.reduces && ample.hasLearnt) return { kind: 'again' };
        if (this.bytes > bytes) return { kind: 'limit', limit: `${Math.round(bytes / 2 ** 20)} MB of memory` };
      }
      const violation = this.expand(state);
      if (violation === undefined) continue;
      // With cells left out that matter, memory may be none of the program's.
      if (this.reduces && ample.hasLearnt) return { kind: 'again' };
      if (violation === LATE) return { kind: 'limit', limit: isPast(until) ? 'the time' : execution.limit };
      return { kind: 'violated', violation, schedule: this.choicesOf([...this.pathTo(state), this.edges - 1]) };
    }
    this.firstEdge[this.size] = this.edges;
    return this.reduces && ample.hasLearnt ? { kind: 'again' } : undefined;
  }

  /** Takes all steps of a state. Returns what the last one violates. */
  private expand(state: number): Violation | typeof LATE | undefined {
    const { execution, checks, ample } = this;
    if (state + 1 >= this.firstEdge.length) this.firstEdge = grownCopy(this.firstEdge, 2 * state + 2);
    this.firstEdge[state] = this.edges;
    this.expanded = state;
    this.restore(state);
    const { enabled } = execution;
    const inside = checks.inside();
    this.due[state] = enabled & (inside | checks.fair);
    if (enabled === 0) return { property: 'no deadlock', message: 'no thread can take a step' };
    ample.learn();
    const alone = this.reduces ? ample.independentThread(enabled) : -1;
    return this.take(state, alone >= 0 && this.isInvisible(alone) ? 1 << alone : enabled);
  }

  /**
   * Whether the next step of a thread neither begins nor ends an operation, whatever it chooses.
   */
  private isInvisible(thread: number): boolean {
    const { execution, checks } = this;
    const { steps } = execution;
    const inside = checks.inside();
    const choices = execution.choiceCount(thread);
    for (let choice = 0; choice < choices; choice++) {
      execution.step(thread, choice);
      const isSame = execution.stopped() === null && !execution.ended && checks.inside() === inside;
      execution.backTo(steps);
      if (!isSame) return false;
    }
    return true;
  }

  /** Takes the next steps of `threads`. */
  private take(state: number, threads: number): Violation | typeof LATE | undefined {
    const { execution, checks } = this;
    for (let rest = threads; rest !== 0; rest &= rest - 1) {
      const thread = lowestSetBit(rest);
      const choices = execution.choiceCount(thread);
      for (let choice = 0; choice < choices; choice++) {
        execution.step(thread, choice);
        if (execution.ended) this.markLog(execution.threads.leafOf(thread, execution.performed[thread] - 1));
        if (this.reduces) this.runAlone();
        this.addEdge(encodeChoice(thread, choice));
        const stop = execution.stopped();
        if (stop !== null && 'violation' in stop) return stop.violation;
        if (stop !== null && (stop.kind === 'late' || stop.kind === 'limit')) return LATE;
        const isRebased = checks.rebase();
        const known = this.set.size;
        this.to[this.edges - 1] = this.add();
        const violation = this.set.size === known ? undefined : checks.violation();
        if (violation !== undefined) return violation;
        if (isRebased) this.restore(state);
        else execution.backTo(0);
      }
    }
    return undefined;
  }

  /**
   * Takes the steps that are taken alone anyway, where they leave no choice. The states between
   * them are not kept.
   */
  private runAlone(): void {
    const { execution, ample } = this;
    // This ends, as no operation ends with such a step.
    while (execution.stopped() === null) {
      ample.learn();
      const alone = ample.independentThread(execution.enabled);
      if (alone < 0 || execution.choiceCount(alone) > 1 || !this.isInvisible(alone)) break;
      execution.step(alone, 0);
    }
  }

  /** Adds the current state, if it is new. Returns its number. */
  private add(): number {
    const { execution, key, set } = this;
    key.clear();
    const { u32 } = execution.bytes;
    for (let i = 0; i < u32.length; i++) key.add(u32[i] & this.live[i]);
    for (let t = 0; t < execution.node.length; t++) {
      key.add(execution.node[t]);
      this.markLog(execution.node[t]);
    }
    if (set.add(key.words, key.end())) {
      if (set.number >= this.foundBy.length) this.growStates(2 * set.number);
      this.size = set.size;
      this.foundBy[set.number] = this.edges - 1;
      this.labels[set.number] = this.checks.labels();
    }
    return set.number;
  }

  private markLog(node: number): void {
    if (node >= this.logs.length) this.logs = grownCopy(this.logs, 2 * node);
    this.logs[node] = 1;
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
    this.due = grownCopy(this.due, length);
  }

  /** The edges of a shortest path to a state. */
  pathTo(state: number): number[] {
    const path: number[] = [];
    for (let at = state; at !== 0; at = this.sourceOf(path[path.length - 1])) path.push(this.foundBy[at]);
    return path.reverse();
  }

  /** All choices on a path of edges. */
  choicesOf(path: readonly number[]): number[] {
    return path.flatMap((edge) => {
      this.restore(this.sourceOf(edge));
      this.execution.step(threadOf(this.choice[edge]), readFromIndex(this.choice[edge]));
      if (this.reduces) this.runAlone();
      return this.execution.choices();
    });
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
