import type { Execution, MemoryModelType } from '../../execution/execution.ts';
import { CoherenceViews, UnorderedFenceViews } from './graphViews.ts';
import { WeakMemory } from './weakMemory.ts';

/**
 * An execution graph of `weak` under construction. No memory model: the order of its `mb` is found
 * later.
 */
export const weakGraph: MemoryModelType<WeakMemory> = {
  fences: 'all',
  hasBuffers: false,
  create: (execution) => new WeakMemory(execution, UnorderedFenceViews),
};

/** An execution graph of `tso` under construction: coherence alone. */
export const coherenceGraph: MemoryModelType<WeakMemory> = {
  fences: 'mb',
  hasBuffers: false,
  create: (execution) => new WeakMemory(execution, CoherenceViews),
};

/** The execution behind a graph: step s is event s. */
export type GraphExecution = Execution<WeakMemory>;
