import { WeakExecution } from '../memoryModels/weakExecution.ts';
import type { Program } from '../program.ts';
import { Graph } from './graph.ts';
import { tsoOrder, weakOrder } from './order.ts';
import type { GraphTools } from './searchGraphs.ts';

/** What the graphs of a program are made with. */
export function graphTools(model: 'tso' | 'weak', program: Program, stepsMax: number): GraphTools {
  const rules = model === 'weak' ? 'fences later' : 'coherence';
  const graph = new Graph(new WeakExecution(program, stepsMax, [], rules));
  return { graph, order: model === 'weak' ? weakOrder : tsoOrder };
}
