import type { LoopRules } from '../../memory/loopRules.ts';
import type { Execution, MemoryModelType } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import type { Program } from '../program.ts';
import type { PropertyChecker, SearchResult } from '../search/searchProgress.ts';
import type { TraceCounter } from '../search/traceCounter.ts';
import type { GraphMemory } from '../trust/graphMemory.ts';
import type { PartialOrder } from '../trust/partialOrder.ts';

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
  /**
   * The only search there is, where executions are graphs that need not be sequences of steps.
   * Undefined: all schedulers and reductions apply.
   */
  readonly searchGraphs?: GraphSearch;
  /** The program in terms that the model knows. Undefined: it knows all. */
  readonly translate?: (program: Program) => Program;
  /** Whether threads have views, so that a load may read an older store than the newest. */
  readonly hasViews: boolean;
  /** What a proof assumes, as a summary has it after "proved"; undefined: nothing. */
  readonly assumption?: string;
  /**
   * For `optimal` where the model is not sequentially consistent. Undefined: `optimal` is not known
   * under it.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each model has a memory of its own
  readonly axioms?: GraphAxioms<any>;
  /**
   * Why it has fewer outcomes than the model of the Linux kernel, whatever the litmus test is.
   * Undefined: the reasons depend on the test (`src/litmus/explain.ts`).
   */
  readonly whyStronger?: string;
}

/** Runs an execution of each graph of a program, and checks its properties. */
export type GraphSearch = (
  execution: Execution,
  checker: PropertyChecker,
  limits: Limits,
  options: { readonly stepsMax: number; readonly loopRules: LoopRules; readonly classes: TraceCounter },
) => SearchResult;

/** A memory model over execution graphs, for TruSt. */
export interface GraphAxioms<M extends GraphMemory = GraphMemory> {
  /**
   * The memory of a graph under construction. It checks, while events are added, what concerns one
   * thread and what it has read.
   */
  readonly memory: MemoryModelType<M>;
  /**
   * Whether the events of a graph, in the order in which they were added, are the steps of an
   * execution. Then graphs are built on the execution that is checked, and `order` is asked for
   * only where the other executions matter.
   */
  readonly isLinear: boolean;
  /** The steps that an execution of a graph takes, and their partial order. */
  order(graph: Execution<M>): PartialOrder;
  /** Whether the remaining axioms hold: whether that order is acyclic. */
  isConsistent(graph: Execution<M>): boolean;
}
