import type { Execution, Stop } from '../execution.ts';
import type { Relations } from '../memoryModels/relations.ts';
import type { Graph } from './graph.ts';

/** What is wrong with the explorer, not with what it explores. */
class Unfollowable extends Error {}

/**
 * Runs an execution under its memory model whose graph is that one. The steps are taken in the order in which the graph has them as far as the model allows; where it
 * does not, another is looked for.
 */
export function follow(execution: Execution, graph: Graph): Stop {
  return new Following(execution, graph).run();
}

class Following {
  private readonly execution: Execution & Relations;
  private readonly graph: Graph;
  /** By thread and number: the step of the graph. */
  private readonly stepOf: number[][];
  /** By step of the graph: that of the execution, where it was taken. */
  private readonly taken: number[] = [];
  private readonly tried = new Set<string>();

  constructor(execution: Execution, graph: Graph) {
    this.execution = execution as Execution & Relations;
    this.graph = graph;
    this.stepOf = graph.execution.stepsOf.map((steps) => [...steps]);
  }

  run(): Stop {
    const { execution } = this;
    execution.reset();
    if (this.visit()) return execution.stopped()!;
    throw new Unfollowable('no execution has a graph that was found to be consistent');
  }
}
