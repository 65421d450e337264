import type { Place } from './cell.ts';
import type { ExecutionTrie, SpinLoop } from './executionTrie.ts';
import { isData, isFence, isRmw, isWait, isWrite, Kind, kindOf, placeOf, rmwResult } from './kinds.ts';
import type { Fences } from './reexecutionMemory.ts';
import { joinWords, wideRmwResult } from './wideRmw.ts';

/** Finds the iterations of a loop that change nothing. */
export class IdleIterations {
  private readonly tree: ExecutionTrie;
  private readonly places: readonly Place[];
  /**
   * Whether a store is seen by all threads at once: then one that stores what is there changes
   * nothing.
   */
  private readonly storesAtOnce: boolean;

  constructor(tree: ExecutionTrie, places: readonly Place[], fences: Fences) {
    this.tree = tree;
    this.places = places;
    this.storesAtOnce = fences === 'none';
  }

  /**
   * What memory must hold for an iteration to change nothing. Returns undefined where the iteration
   * changes something whatever memory holds.
   *
   * @param iteration the nodes of its accesses; the last one had the result (low, high).
   */
  reads(iteration: readonly number[], low: number, high: number): SpinLoop['reads'] | undefined {
    const { tree } = this;
    const reads: { code: number; low: number; high: number }[] = [];
    for (const [i, node] of iteration.entries()) {
      const code = tree.code[node];
      const kind = kindOf(code);
      // The next iteration may choose otherwise.
      if (kind === Kind.choose) return undefined;
      if (isFence(kind)) continue;
      if (!isData(kind) && !isWait(kind)) return undefined;
      const next = iteration[i + 1];
      const seen = next === undefined ? { low, high } : { low: tree.low[next], high: tree.high[next] };
      if (isRmw(kind)) {
        const { bits } = this.places[placeOf(code)];
        if (bits === 64) {
          if (wideRmwResult(kind, seen.low, seen.high, tree, node) !== joinWords(seen.low, seen.high)) return undefined;
        } else if (rmwResult(kind, seen.low, tree.expected[node], tree.operand[node], bits) !== seen.low)
          return undefined;
      } else if (isWait(kind)) {
        if (tree.expects(node, seen.low, seen.high)) return undefined;
      } else if (isWrite(kind)) {
        if (!this.storesAtOnce) return undefined;
        seen.low = tree.operand[node];
        seen.high = tree.operandHigh[node];
      }
      reads.push({ code, ...seen });
    }
    return reads;
  }
}
