import type { ComparedLoop } from '../../memory/executionTrie.ts';
import type { AccessResult } from '../../memory/reexecutionMemory.ts';
import type { Execution } from '../execution/execution.ts';

/** The loops of an execution that were taken for loops without a state, as places in code. */
export const comparedIn = ({ tree }: Execution): string[] => [...new Set(tree.compared.map(({ place }) => place))];

const repeat = <T>(items: readonly T[], times: number): T[] => Array.from({ length: times }, () => items).flat();

/** More iterations of a loop that are tried: 1 to so many. */
const MORE_MAX = 8;
/** Accesses of a loop that is seen to go on: one that gives up sooner is found out. */
const LONG = 20_000;
/** Runs of operations that one comparison may take. */
const RUNS_MAX = 50_000;

/**
 * Checks the loops that were taken for loops without a state because two iterations look alike. An operation that comes through such a loop is run again with
 * 1 to 8 more iterations, over each log that goes on from there: all its accesses and its result must be the same. That is evidence, not a proof: a loop that
 * counts to a thousand passes.
 */
export class LoopComparison {
  private readonly execution: Execution;
  /** Logs below this one have been looked at, for the loops that were known then. */
  private done = 1;
  private loops = 0;
  private runs = 0;

  constructor(execution: Execution) {
    this.execution = execution;
  }

  /** Looks at what is new since the last call. False: a loop has a state, or there are too many logs to say. */
  holds(): boolean {
    const { tree } = this.execution;
    const { compared } = tree;
    if (tree.hasForgotten) return false;
    if (compared.length === 0) return true;
    if (!compared.slice(this.loops).every((loop) => this.goesOn(loop))) return false;
    if (compared.length > this.loops) this.done = 1;
    const parents = new Set<number>();
    for (let node = 1; node < tree.size; node++) if (tree.parent[node] !== 0) parents.add(tree.parent[node]);
    for (; this.done < tree.size; this.done++) if (!parents.has(this.done) && !this.holdsAt(this.done)) return false;
    this.loops = compared.length;
    return true;
  }

  /** Whether the loop goes on for long, as nothing changes. */
  private goesOn({ closed, tail }: ComparedLoop): boolean {
    const { tree } = this.execution;
    const head = tree.headOf(closed);
    const path = tree.path(tail);
    const at = path.indexOf(head);
    const before = path.slice(0, at);
    const round = path.slice(at);
    const most = Math.ceil(LONG / round.length);
    const nodes = [...before, ...repeat(round, most), head];
    const answers = [...this.answersOf(before, head), ...repeat(this.answersOf(round, closed), most)];
    return this.execution.doesTheSame(path[0], nodes, answers, 0);
  }

  private holdsAt(last: number): boolean {
    const { tree } = this.execution;
    const path = tree.path(last);
    for (const { closed, tail } of tree.compared) {
      const head = tree.headOf(closed);
      const at = path.indexOf(head);
      if (at < 0 || last === closed) continue;
      const round = tree.path(tail).slice(tree.path(tail).indexOf(head));
      const before = path.slice(0, at);
      const after = path.slice(at);
      const isLeaf = tree.code[last] < 0;
      for (let more = 1; more <= MORE_MAX; more++) {
        if (++this.runs > RUNS_MAX) return false;
        const nodes = [...before, ...repeat(round, more), ...after];
        const answers = [
          ...this.answersOf(before, head),
          ...repeat(this.answersOf(round, closed), more),
          ...this.answersOf(after, 0),
        ];
        if (isLeaf) nodes.pop();
        if (!this.execution.doesTheSame(path[0], nodes, answers, isLeaf ? last : 0)) return false;
      }
    }
    return true;
  }

  /** The results of accesses; `next` is the log after the last. */
  private answersOf(nodes: readonly number[], next: number): AccessResult[] {
    const { low, high } = this.execution.tree;
    return nodes.map((_, i) => {
      const then = nodes[i + 1] ?? next;
      return { low: low[then], high: high[then] };
    });
  }
}
