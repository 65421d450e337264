import { type LoopRules, usualLoopRules } from '../../memory/loopRules.ts';
import { Execution } from '../execution/execution.ts';
import { type MemoryModelName, memoryModels } from '../memoryModels/registry.ts';
import { ExecutionGraph } from './graph.ts';
import type { AnyGraphExecution } from './graphMemory.ts';
import type { ConsistencyModel } from './modelOfGraphs.ts';

/**
 * The consistency model for the graphs of a program; undefined where the memory model has no
 * axioms.
 *
 * @param execution runs the graphs. They are built on it where they are sequences of its steps.
 * @param loopRules those of `execution`: all executions must end a thread alike.
 */
export function consistencyModelOf(
  model: MemoryModelName,
  execution: Execution,
  loopRules: LoopRules = usualLoopRules,
): ConsistencyModel | undefined {
  const { axioms } = memoryModels[model];
  if (axioms === undefined) return undefined;
  const { memory, isLinear, order, isConsistent } = axioms;
  const createGraph = (): ExecutionGraph => {
    const own = new Execution(execution.program, execution.stepsMax, memory);
    own.loopRules = loopRules;
    return new ExecutionGraph(own);
  };
  const graph = isLinear ? new ExecutionGraph(execution as AnyGraphExecution) : createGraph();
  return { graph, createGraph, isLinear, order, isConsistent };
}
