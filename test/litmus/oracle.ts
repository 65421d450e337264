import { sc, tso } from './axioms.ts';
import { candidates, type Graph } from './candidates.ts';
import { cellsOf, type Litmus, outcomeOf } from './litmus.ts';
import { rc11 } from './rc11.ts';
import { views } from './views.ts';

/**
 * Whether a model allows an execution. `rc11` is by the axioms, for tests without `rmb`, `wmb` and
 * locks; `views` is the same model by views, for all tests.
 */
export const MODELS = { sc, tso, rc11, views } satisfies Record<string, (graph: Graph) => boolean>;

export type Model = keyof typeof MODELS;

/** What a test may do under a model. */
export interface Allowed {
  /** In the format of `outcomeOf`. */
  readonly outcomes: ReadonlySet<string>;
  /** How many executions there are that differ in reads-from or in coherence order. */
  readonly graphs: number;
}

/**
 * Computes what a test may do without running it: filters all candidate executions by the axioms of
 * the model. It shares no code with the explorer, which it checks.
 */
export function oracle(test: Litmus, model: Model): Allowed {
  const cells = cellsOf(test);
  const outcomes = new Set<string>();
  let graphs = 0;
  for (const graph of candidates(test)) {
    if (!MODELS[model](graph)) continue;
    graphs++;
    outcomes.add(
      outcomeOf(
        graph.results,
        cells.map((cell) => graph.co.get(cell)!.at(-1)!.value),
      ),
    );
  }
  return { outcomes, graphs };
}
