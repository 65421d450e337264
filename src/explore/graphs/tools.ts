import { WeakExecution } from '../memoryModels/weakExecution.ts';
import type { Program } from '../program.ts';
import { fencesHaveAnOrder } from './consistency.ts';
import { Graph } from './graph.ts';
import { hasOrder, tsoOrder, weakOrder } from './order.ts';
import type { GraphTools } from './searchGraphs.ts';

/** What the graphs of a program are made with. */
export function graphTools(model: 'tso' | 'weak', program: Program, stepsMax: number): GraphTools {
  const rules = model === 'weak' ? 'fences later' : 'coherence';
  const graph = new Graph(new WeakExecution(program, stepsMax, [], rules));
  if (model === 'weak') return { graph, consistent: fencesHaveAnOrder, order: weakOrder };
  return { graph, consistent: hasOrder, order: tsoOrder };
}
