import type { Execution } from '../execution/execution.ts';
import { StateSet } from '../states/stateSet.ts';
import { VarintBuffer } from '../states/varintBuffer.ts';
import type { VisitedSet } from '../states/visitedSet.ts';

/**
 * The graphs that a search of interleavings has come through, whole or not: each is gone on from once, so each whole one is an execution once. For programs that
 * `searchGraphs` does not know: it needs no memory, this one keeps 128 bits of hash for each graph.
 */
export class VisitedGraphs implements VisitedSet {
  readonly mustRestart = false;
  private seen = new StateSet();
  private readonly key = new VarintBuffer();
  private readonly execution: Execution;

  constructor(execution: Execution) {
    this.execution = execution;
  }

  get size(): number {
    return this.seen.size;
  }

  get bytes(): number {
    return this.seen.bytes + this.execution.tree.bytes;
  }

  clear(): void {
    this.seen = new StateSet();
  }

  add(): boolean {
    const { execution, key } = this;
    key.clear();
    for (const word of execution.graphHash()!) key.add(word);
    // What was the order of the fences, and what is in buffers, decides how a graph can go on.
    if (execution.stopped()?.kind !== 'finished') execution.addModelState(key);
    const length = key.end();
    return this.seen.add(key.words, length);
  }
}
