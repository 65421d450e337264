import type { Execution } from '../explore/execution/execution.ts';
import type { HappensBeforeOrder } from '../explore/happensBeforeOrder.ts';
import { placeOf } from '../memory/kinds.ts';
import { CutLattice } from './cutLattice.ts';
import type { PossibleViolation, PredicateEvaluator } from './predicate.ts';

/**
 * HOT under `optimal`. Predicate detection: "possibly φ" of Cooper and Marzullo, "Consistent
 * Detection of Global Predicates", 1991. One execution per Mazurkiewicz trace misses global states
 * that equivalent executions pass through. This looks for one where an `always` fails or a
 * `sometimes` holds. It considers only steps that a predicate can observe.
 *
 * What these steps wrote, and their order, is kept as a hash of 53 bits, so that the same lattice
 * is not searched again.
 */
export class PossiblyDetector {
  private readonly checker: PredicateEvaluator;
  private readonly execution: Execution;
  private readonly seen = new Set<number>();
  /** The generation of the execution trie whose nodes are part of the hashes in `seen`. */
  private generation = -1;
  /** The steps that some predicate can observe, and how many operations ended with each of them. */
  private readonly steps: number[] = [];
  private readonly ended: number[] = [];

  constructor(checker: PredicateEvaluator, execution: Execution) {
    this.checker = checker;
    this.execution = execution;
  }

  /**
   * @param accept restricts the search to some global states, given by the steps of each thread.
   */
  find(order: HappensBeforeOrder, accept: ((taken: Int32Array) => boolean) | undefined): PossibleViolation | undefined {
    const { checker, execution, steps, ended } = this;
    if (this.generation !== execution.tree.generation) this.seen.clear();
    this.generation = execution.tree.generation;
    // A predicate may read more places than before. Then there are more steps to consider.
    for (let before = -1, now = watchSum(checker); before !== now; now = watchSum(checker)) {
      before = now;
      this.collectSteps();
      for (const predicate of checker.predicates) {
        if (predicate.reached) continue;
        const lattice = new CutLattice(checker, execution, order, predicate.bit, accept);
        const isConcurrent = lattice.build(steps, ended);
        if (accept === undefined && (!isConcurrent || this.seen.has(lattice.hash))) continue;
        this.seen.add(lattice.hash);
        const found = lattice.search();
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  private collectSteps(): void {
    const { checker, execution, steps, ended } = this;
    steps.length = ended.length = 0;
    for (let s = 0; s < execution.steps; s++) {
      const endings = checker.watchingResults === 0 ? 0 : execution.endedWith(s);
      const isWatched = checker.watching[placeOf(execution.footprints[s])] !== 0 && execution.memory.changedValue(s);
      if (!isWatched && endings === 0) continue;
      steps.push(s);
      ended.push(endings);
    }
  }
}

/** A number that grows whenever a predicate reads a place, or results, for the first time. */
function watchSum(checker: PredicateEvaluator): number {
  let n = checker.watchingResults === 0 ? 0 : 1;
  for (const bits of checker.watching) if (bits !== 0) n += bits;
  return n;
}
