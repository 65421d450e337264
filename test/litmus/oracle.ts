import { sc, tso } from './axioms.ts';
import { candidates, type Graph } from './candidates.ts';
import { cellsOf, type Litmus, outcomeOf } from './litmus.ts';
import { rc11, rc11InSteps } from './rc11.ts';
import { weak } from './views.ts';

/** Whether an execution is one of the model's. The last two, beside which `weak` stands, are for tests without `rmb`, `wmb` and locks. */
export const MODELS = { sc, tso, weak, rc11, rc11InSteps } satisfies Record<string, (graph: Graph) => boolean>;

export type Model = keyof typeof MODELS;

/** All that a test may do under a model. */
export interface Allowed {
  /** As `outcomeOf` writes them. */
  readonly outcomes: ReadonlySet<string>;
  /** How many executions there are that differ in what a read reads from, or in the order of the writes to a cell. */
  readonly graphs: number;
}

/**
 * What a test may do, found without running anything: of all executions that can be thought of, those that the model allows. Shares nothing with the
 * explorer, whose work it is there to judge.
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
