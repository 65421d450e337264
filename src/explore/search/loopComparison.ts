import type { ComparedLoop } from '../../memory/executionTrie.ts';
import type { AccessResult } from '../../memory/reexecutionMemory.ts';
import type { Execution } from '../execution/execution.ts';

/** The loops of an execution that were taken for stateless by comparison, as places in code. */
export const comparedLoops = ({ tree }: Execution): string[] => [...new Set(tree.compared.map(({ place }) => place))];

const repeat = <T>(items: readonly T[], times: number): T[] => Array.from({ length: times }, () => items).flat();

/** Extra iterations to test: from 1 to this many. */
const EXTRA_MAX = 8;
/** Accesses of a loop whose condition never changes: a loop that gives up earlier has a state. */
const ACCESSES_MIN = 20_000;
/** The most operations that one comparison may run. */
const RUNS_MAX = 50_000;

/**
 * Checks the loops that were taken for stateless because two iterations look alike. An operation
 * that passes through such a loop is run again with 1 to 8 extra iterations. This follows each path
 * of the execution trie from there. Its later accesses and its result must not change. This is
 * evidence, not a proof: a loop that counts to a thousand passes.
 */
export class LoopComparison {
  private readonly execution: Execution;
  /** The nodes below this one were checked, for the first `loops` loops. */
  private done = 1;
  private loops = 0;
  private runs = 0;

  constructor(execution: Execution) {
    this.execution = execution;
  }

  /**
   * Checks what is new since the last call. Returns false if a loop has a state, or if there is too
   * much to check.
   */
  holds(): boolean {
    const { tree } = this.execution;
    const { compared } = tree;
    if (tree.hasForgotten) return false;
    if (compared.length === 0) return true;
    if (!compared.slice(this.loops).every((loop) => this.isEndless(loop))) return false;
    if (compared.length > this.loops) this.done = 1;
    const parents = new Set<number>();
    for (let node = 1; node < tree.size; node++) if (tree.parent[node] !== 0) parents.add(tree.parent[node]);
    for (; this.done < tree.size; this.done++) if (!parents.has(this.done) && !this.holdsAt(this.done)) return false;
    this.loops = compared.length;
    return true;
  }

  /** Whether the loop goes on for many iterations as long as it reads the same values. */
  private isEndless({ closed, tail }: ComparedLoop): boolean {
    const { tree } = this.execution;
    const head = tree.headOf(closed);
    const path = tree.path(tail);
    const at = path.indexOf(head);
    const before = path.slice(0, at);
    const iteration = path.slice(at);
    const times = Math.ceil(ACCESSES_MIN / iteration.length);
    const nodes = [...before, ...repeat(iteration, times), head];
    const results = [...this.resultsOf(before, head), ...repeat(this.resultsOf(iteration, closed), times)];
    return this.execution.threads.code.doesTheSame(path[0], nodes, results, 0);
  }

  /** Whether the path to `last` stays the same with extra iterations of each loop on it. */
  private holdsAt(last: number): boolean {
    const { tree } = this.execution;
    const path = tree.path(last);
    for (const { closed, tail } of tree.compared) {
      const head = tree.headOf(closed);
      const at = path.indexOf(head);
      if (at < 0 || last === closed) continue;
      const iteration = tree.path(tail).slice(tree.path(tail).indexOf(head));
      const before = path.slice(0, at);
      const after = path.slice(at);
      const isLeaf = tree.code[last] < 0;
      for (let extra = 1; extra <= EXTRA_MAX; extra++) {
        if (++this.runs > RUNS_MAX) return false;
        const nodes = [...before, ...repeat(iteration, extra), ...after];
        const results = [
          ...this.resultsOf(before, head),
          ...repeat(this.resultsOf(iteration, closed), extra),
          ...this.resultsOf(after, 0),
        ];
        if (isLeaf) nodes.pop();
        if (!this.execution.threads.code.doesTheSame(path[0], nodes, results, isLeaf ? last : 0)) return false;
      }
    }
    return true;
  }

  /** The results of the accesses at `nodes`, a path that goes on to `next`. */
  private resultsOf(nodes: readonly number[], next: number): AccessResult[] {
    const { low, high } = this.execution.tree;
    return nodes.map((_, i) => {
      const child = nodes[i + 1] ?? next;
      return { low: low[child], high: high[child] };
    });
  }
}
