import type { MemoryModelType } from '../execution/execution.ts';
import type { PartialOrder } from '../trust/partialOrder.ts';
import type { GraphExecution } from './rc11/graphMemory.ts';
import type { Rc11Memory } from './rc11/rc11Memory.ts';

/**
 * All that is known of a memory model beside what a step does to memory. Code outside the model's
 * folder asks this, and never which model it is.
 */
export interface MemoryModelDescriptor extends MemoryModelType {
  /** The machine, as a summary names it after "every interleaving under". */
  readonly machine: string;
  /**
   * Whether each load reads the newest store, and each store takes effect at once. Real threads,
   * monitors, symmetry reduction, optimal DPOR and preemption bounds of `optimal` need this.
   */
  readonly isSequentiallyConsistent: boolean;
  /** Whether threads have views, so that a load may read an older store than the newest. */
  readonly hasViews: boolean;
  /**
   * For `optimal` where the model is not sequentially consistent. Undefined: `optimal` is not known
   * under it.
   */
  readonly axioms?: GraphAxioms;
  /**
   * Why it has fewer outcomes than the model of the Linux kernel, whatever the litmus test is.
   * Undefined: the reasons depend on the test (`src/litmus/explain.ts`).
   */
  readonly whyStronger?: string;
}

/** A memory model over execution graphs, for TruSt. */
export interface GraphAxioms {
  /**
   * The memory of a graph under construction. It checks, while events are added, what concerns one
   * thread and what it has read.
   */
  readonly memory: MemoryModelType<Rc11Memory>;
  /**
   * Whether the events of a graph, in the order in which they were added, are the steps of an
   * execution. Then `order` is asked for only where the other executions matter.
   */
  readonly isLinear: boolean;
  /** The steps that an execution of a graph takes, and their partial order. */
  readonly order: (graph: GraphExecution) => PartialOrder;
  /** Whether the remaining axioms hold: whether that order is acyclic. */
  readonly isConsistent: (graph: GraphExecution) => boolean;
}
