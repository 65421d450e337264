import type { Execution, MemoryModelType } from '../../execution/execution.ts';
import { CoherenceViews } from './graphViews.ts';
import { Rc11Memory } from './rc11Memory.ts';

/**
 * An execution graph of `rc11` under construction: whether psc is acyclic is asked of `ScOrder`.
 */
export const rc11Graph: MemoryModelType<Rc11Memory> = {
  fences: 'all',
  hasBuffers: false,
  create: (execution) => new Rc11Memory(execution),
};

/** An execution graph of `tso` under construction: coherence alone. */
export const coherenceGraph: MemoryModelType<Rc11Memory> = {
  fences: 'mb',
  hasBuffers: false,
  create: (execution) => new Rc11Memory(execution, CoherenceViews),
};

/** The execution behind a graph: step s is event s. */
export type GraphExecution = Execution<Rc11Memory>;
