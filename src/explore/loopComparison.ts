import type { Answer } from '../memory/replay.ts';
import type { Execution } from './execution.ts';

/** The loops of an execution that were taken for loops without a state, as places in code. */
export const comparedIn = ({ tree }: Execution): string[] => [...new Set(tree.compared.map(({ place }) => place))];

/** More iterations of a loop that are tried: 1 to so many. */
const MORE_MAX = 8;
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
    if (compared.length > this.loops) this.done = 1;
    const parents = new Set<number>();
    for (let node = 1; node < tree.size; node++) if (tree.parent[node] !== 0) parents.add(tree.parent[node]);
    for (; this.done < tree.size; this.done++) if (!parents.has(this.done) && !this.holdsAt(this.done)) return false;
    this.loops = compared.length;
    return true;
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
        const nodes = [...before, ...Array.from({ length: more }, () => round).flat(), ...after];
        const answers = [
          ...this.answersOf(before, head),
          ...Array.from({ length: more }, () => this.answersOf(round, closed)).flat(),
          ...this.answersOf(after, 0),
        ];
        if (isLeaf) nodes.pop();
        if (!this.execution.doesTheSame(path[0], nodes, answers, isLeaf ? last : 0)) return false;
      }
    }
    return true;
  }

  /** The results of accesses; `next` is the log after the last. */
  private answersOf(nodes: readonly number[], next: number): Answer[] {
    const { low, high } = this.execution.tree;
    return nodes.map((_, i) => {
      const then = nodes[i + 1] ?? next;
      return { low: low[then], high: high[then] };
    });
  }
}
