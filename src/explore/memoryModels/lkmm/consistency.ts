import type { Execution } from '../../execution/execution.ts';
import type { Violation } from '../../execution/violation.ts';
import type { Dependencies } from './dependencies.ts';
import { graphOrder } from './graphOrder.ts';
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
  if (!isConsistentWith(x, x.allDependencies())) {
    if (!isConsistentWith(x, x.noDependencies())) return false;
    if (!isConsistentWith(x, memory.dependencies(x))) {
      memory.needsDependencies = true;
      return false;
    }
  }
  memory.consistentSteps = steps;
  return true;
}

function isConsistentWith(x: GraphRelations, dependencies: Dependencies): boolean {
  const order = graphOrder(x, dependencies);
  return order !== undefined && !(x.events.hasPlain && arePlainIncoherent(x, order));
}

/** The data race of a consistent graph. Fewer dependencies order fewer accesses. */
export function dataRaceOf(execution: Execution<LkmmGraph>): Violation | undefined {
  const { memory } = execution;
  const x = memory.relations.load(execution);
  if (!x.events.hasPlain) return undefined;
  const order = graphOrder(x, x.noDependencies());
  if (order !== undefined && dataRace(execution, x, order) === undefined) return undefined;
  const known = graphOrder(x, memory.dependencies(x));
  return known === undefined ? undefined : dataRace(execution, x, known);
}
