import { WeakExecution } from '../memoryModels/weakExecution.ts';
import type { Program } from '../program.ts';
import { twoHaveFences } from './fences.ts';
import { Graph } from './graph.ts';
import { linear, tsoOrder, weakOrder } from './order.ts';
import type { GraphTools } from './searchGraphs.ts';

/** What the graphs of a program are made with. */
export function graphTools(model: 'tso' | 'weak', program: Program, stepsMax: number): GraphTools {
  const rules = model === 'weak' ? 'fences later' : 'coherence';
  const graph = new Graph(new WeakExecution(program, stepsMax, [], rules));
  if (model === 'tso') return { graph, order: tsoOrder, consistent: (run) => linear(tsoOrder(run)) !== undefined };
  // Without fences of two threads, the order in which steps were added is one.
  return { graph, order: weakOrder, consistent: (run) => !twoHaveFences(run) || linear(weakOrder(run)) !== undefined };
}
