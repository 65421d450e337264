import type { Execution } from '../../src/explore/execution/execution.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution, type MemoryModelName } from '../../src/explore/memoryModels/registry.ts';
import type { PropertyChecker, SearchResult } from '../../src/explore/search/searchProgress.ts';
import { TraceCounter } from '../../src/explore/search/traceCounter.ts';
import { cellsOf, type Litmus, outcomeOf, type Registers } from './litmus.ts';
import type { Allowed } from './oracle.ts';
import { programOf } from './programOf.ts';

export const STEPS_MAX = 200;

/** A search of all classes: `optimalDpor`, `trust` or `depthFirstSearch`. */
export type Search = (
  execution: Execution,
  judge: PropertyChecker,
  limits: typeof noLimits,
  options: { readonly classes: TraceCounter },
) => Pick<SearchResult, 'limit'>;

/** The outcomes that the explorer finds, in the format of the oracle. */
export function explored(test: Litmus, search: Search, model: MemoryModelName = 'sc'): Allowed {
  const execution = createExecution(model, programOf(test), STEPS_MAX);
  const classes = new TraceCounter(execution);
  const cells = cellsOf(test);
  const outcomes = new Set<string>();
  const judge: PropertyChecker = {
    atEnd: (stop) => {
      if (stop.kind !== 'finished') throw new Error(`${stop.kind}: every drawn test comes to its end`);
      const results = execution.results.map(([only]) => only as Registers);
      // The cells are the first places of the layout, with four bytes each.
      outcomes.add(outcomeOf(results, [...execution.bytes.u32.subarray(0, cells.length)]));
      return undefined;
    },
    key: () => '',
    resultsMatter: true,
    sees: () => false,
  };
  const { limit } = search(execution, judge, noLimits, { classes });
  if (limit !== undefined) throw new Error(`the search has ended early: ${limit}`);
  return { outcomes, graphs: classes.seen.size };
}
