import type { Execution } from '../../execution/execution.ts';
import type { Violation } from '../../execution/violation.ts';
import type { Dependencies } from './dependencies.ts';
import { type FixedOrder, fixedOrder, graphOrder } from './graphOrder.ts';
import type { GraphRelations } from './graphRelations.ts';
import type { LkmmGraph } from './lkmmGraph.ts';
import { arePlainIncoherent, dataRace } from './plainAccesses.ts';

/**
 * Whether a graph is consistent. Dependencies are expensive to find, and most graphs do not depend
 * on them: one that is consistent with all of them is consistent with fewer, and the reverse.
 */
export function isConsistent(execution: Execution<LkmmGraph>): boolean {
  const { memory, steps } = execution;
  if (memory.consistentSteps === steps) return true;
  const x = memory.relations.load(execution);
  const fixed = fixedOrder(x);
  if (fixed === undefined || !isConsistentWith(x, fixed, x.noDependencies())) return false;
  if (!isConsistentWith(x, fixed, x.allDependencies()) && !isConsistentWith(x, fixed, memory.dependencies(x))) {
    memory.needsDependencies = true;
    return false;
  }
  memory.consistentSteps = steps;
  return true;
}

function isConsistentWith(x: GraphRelations, fixed: FixedOrder, dependencies: Dependencies): boolean {
  const order = graphOrder(x, fixed, dependencies);
  return order !== undefined && !(x.events.hasPlain && arePlainIncoherent(x, order));
}

/** The data race of a consistent graph. Fewer dependencies order fewer accesses. */
export function dataRaceOf(execution: Execution<LkmmGraph>): Violation | undefined {
  const { memory } = execution;
  const x = memory.relations.load(execution);
  if (!x.events.hasPlain) return undefined;
  const fixed = fixedOrder(x);
  if (fixed === undefined) return undefined;
  const order = graphOrder(x, fixed, x.noDependencies());
  if (order !== undefined && dataRace(execution, x, order) === undefined) return undefined;
  const known = graphOrder(x, fixed, memory.dependencies(x));
  return known === undefined ? undefined : dataRace(execution, x, known);
}
