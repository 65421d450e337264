import type { Execution } from '../execution.ts';
import { StateSet } from '../stateSet.ts';
import type { Visited } from '../visited.ts';

/**
 * The graphs that a search of interleavings has come through, whole or not: each is gone on from once, so each whole one is an execution once. For programs that
 * `searchGraphs` does not know: it needs no memory, this one keeps 128 bits of hash for each graph.
 */
export class PartialGraphs implements Visited {
  readonly areTooFew = false;
  private seen = new StateSet();
  private key = new Uint32Array(64);
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
    const { execution } = this;
    const graph = execution.hashClass()!;
    // What was the order of the fences, and what is in buffers, decides how a graph can go on.
    const hidden = execution.stopped()?.kind === 'finished' ? [] : execution.hidden();
    const length = graph.length + hidden.length;
    if (length > this.key.length) this.key = new Uint32Array(2 * length);
    this.key.set(graph);
    this.key.set(hidden, graph.length);
    return this.seen.add(this.key, length);
  }
}
