import { type LoopRules, usualLoopRules } from '../../memory/loopRules.ts';
import { Execution } from '../execution/execution.ts';
import { type MemoryModelName, memoryModels } from '../memoryModels/registry.ts';
import type { Program } from '../program.ts';
import { ExecutionGraph } from './graph.ts';
import type { ConsistencyModel } from './modelOfGraphs.ts';

/**
 * The consistency model for the graphs of a program; undefined where the memory model has no
 * axioms.
 *
 * @param loopRules those of the execution that runs the graphs: both must end a thread alike.
 */
export function consistencyModelOf(
  model: MemoryModelName,
  program: Program,
  stepsMax: number,
  loopRules: LoopRules = usualLoopRules,
): ConsistencyModel | undefined {
  const { axioms } = memoryModels[model];
  if (axioms === undefined) return undefined;
  const { memory, isLinear, order, isConsistent } = axioms;
  const execution = new Execution(program, stepsMax, memory);
  execution.loopRules = loopRules;
  return { graph: new ExecutionGraph(execution), isLinear, order, isConsistent };
}
