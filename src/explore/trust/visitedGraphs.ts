import type { Execution } from '../execution/execution.ts';
import { addQueueOrder } from '../states/queueOrder.ts';
import { StateSet } from '../states/stateSet.ts';
import { VarintBuffer } from '../states/varintBuffer.ts';
import type { VisitedSet } from '../states/visitedSet.ts';

/**
 * The partial execution graphs that a depth-first search has visited. The search goes on from each
 * once, so it runs each complete graph once. It is for programs that `trust` does not support.
 * Unlike `trust` it needs memory: a hash of 128 bits for each graph.
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
    for (const word of execution.memory.graphHash()!) key.add(word);
    // The order of fences and of sleeping threads, and the contents of store buffers, decide how a
    // graph can be extended.
    if (execution.stopped()?.kind !== 'finished') {
      execution.memory.addState(key);
      addQueueOrder(execution.queues, key);
    }
    const length = key.end();
    return this.seen.add(key.words, length);
  }
}
