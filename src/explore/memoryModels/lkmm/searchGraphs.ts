import { Execution } from '../../execution/execution.ts';
import { Deadline, type Limits } from '../../limits.ts';
import type { PropertyChecker, SearchResult } from '../../search/searchProgress.ts';
import { ExecutionGraph } from '../../trust/graph.ts';
import { EMPTY_GRAPH } from '../../trust/partialGraph.ts';
import { trust } from '../../trust/trust.ts';
import type { GraphSearch } from '../memoryModelDescriptor.ts';
import { isConsistent } from './consistency.ts';
import { DependencyFinder } from './dependencyFinder.ts';
import { LkmmMemory } from './lkmmMemory.ts';
import { lkmmOrder } from './lkmmOrder.ts';
import { LocationValues } from './locationValues.ts';
import { isCoherent, keepPromises, mayBeKept, Promises } from './promises.ts';
import { ThreadProbe } from './threadProbe.ts';

export const lkmmMemoryType = {
  fences: 'all',
  hasBuffers: false,
  create: (execution: Execution<LkmmMemory>) => new LkmmMemory(execution),
} as const;

type Options = Parameters<GraphSearch>[3];

/**
 * - `sure`: leaves out what is not consistent with all dependencies that there could be.
 * - `values`: as if there were no dependencies, to learn values.
 * - `promises`: with dependencies and promises, to learn more values.
 * - `final`: the same, with properties.
 */
type Phase = 'sure' | 'values' | 'promises' | 'final';

/**
 * Visits each consistent graph of a program once, and runs an execution of it.
 *
 * Dependencies and promises depend on the values that locations may have. So the program is first
 * searched for what is consistent whatever they are. Where that leaves nothing out, it is all.
 * Otherwise it is searched without properties, until there are no new values and no new loads that
 * need promises. Then it is searched with properties.
 */
export const searchGraphs: GraphSearch = (execution, checker, limits, options) => {
  const deadline = new Deadline(limits.seconds);
  const search = new LkmmSearch(execution, checker, options);
  const pass = (phase: Phase): SearchResult => search.pass(phase, { ...limits, seconds: deadline.secondsLeft });
  const first = pass('sure');
  if (first.violation !== undefined || first.limit !== undefined || !(search.isOpen || search.needsPromises))
    return first;
  if (search.hasLeftOut) {
    const values = pass('values');
    if (values.limit !== undefined) return values;
  }
  for (let known = -1; known !== search.known; ) {
    known = search.known;
    const more = pass('promises');
    if (more.limit !== undefined) return more;
  }
  options.classes.clear();
  const result = pass('final');
  const { unsupported: text } = search;
  if (text !== undefined && result.violation === undefined) result.limit ??= { kind: 'unsupported', text };
  return result;
};

class LkmmSearch {
  /** Whether dependencies mattered that were not known. */
  isOpen = false;
  /** Whether graphs were left out because of them. */
  hasLeftOut = false;
  private readonly execution: Execution;
  private readonly checker: PropertyChecker;
  private readonly options: Options;
  private readonly possible = new LocationValues();
  private readonly promises: Promises;

  constructor(execution: Execution, checker: PropertyChecker, options: Options) {
    this.execution = execution;
    this.checker = checker;
    this.options = options;
    this.promises = new Promises(this.possible, execution.program.actors.length);
  }

  /** Grows with what is known of values, and of reads that need promises. */
  get known(): number {
    return this.possible.size + this.promises.size;
  }

  /** Whether some load may read a later store. */
  get needsPromises(): boolean {
    return this.promises.size > 0;
  }

  /** Why the search is not complete. */
  get unsupported(): string | undefined {
    return this.promises.unsupported;
  }

  pass(phase: Phase, limits: Limits): SearchResult {
    const { execution, checker, options } = this;
    const graph = new Execution(execution.program, options.stepsMax, lkmmMemoryType);
    graph.loopRules = options.loopRules;
    this.prepare(graph, phase);
    const seen = new Set<string>();
    const isRun = phase === 'sure' || phase === 'final';
    const model = {
      graph: new ExecutionGraph(graph),
      isLinear: phase === 'sure',
      order: lkmmOrder,
      isConsistent: (execution: Execution<LkmmMemory>) => mayBeKept(execution) && isConsistent(execution),
      complete: (visit: () => void) => this.complete(graph, phase, seen, isRun ? visit : () => {}),
    };
    const result = trust(execution, checker, limits, model, options.classes, EMPTY_GRAPH);
    this.hasLeftOut ||= phase === 'sure' && graph.memory.needsDependencies;
    return result;
  }

  private prepare(graph: Execution<LkmmMemory>, phase: Phase): void {
    const { memory, program, threads } = graph;
    const { low, high } = memory.stores;
    for (let a = 0; a < memory.locations.count; a++) this.possible.add(a, low[a], high[a], -1);
    threads.failuresHalt = phase !== 'sure';
    const main = this.execution as Execution<LkmmMemory>;
    if (phase === 'sure') {
      memory.finder = main.memory.finder = (x) => {
        this.isOpen = true;
        return x.allDependencies();
      };
      memory.isDependent = () => {
        this.isOpen = true;
        return true;
      };
    }
    if (phase === 'sure' || phase === 'values') return;
    const probe = new ThreadProbe(program, this.options.loopRules);
    const finder = new DependencyFinder(probe, this.possible, memory.locationOf);
    memory.finder = (x) => finder.of(x, graph);
    main.memory.finder = (x) => finder.of(x, main);
    memory.isDependent = (read, write) => finder.isDependent(graph, read, write);
    memory.choices.promises = (thread) => this.promises.of(graph, thread);
  }

  private complete(graph: Execution<LkmmMemory>, phase: Phase, seen: Set<string>, visit: () => void): void {
    const { memory } = graph;
    keepPromises(graph, (hasPromises) => {
      if (hasPromises) {
        memory.consistentSteps = 0;
        if (!isCoherent(graph) || !isConsistent(graph)) return false;
        const hash = memory.graphHash().join();
        if (seen.has(hash)) return false;
        seen.add(hash);
      }
      this.note(graph, phase);
      visit();
      return false;
    });
  }

  /** Learns from a consistent graph. */
  private note(graph: Execution<LkmmMemory>, phase: Phase): void {
    const { location, step, low, high, count } = graph.memory.stores;
    for (let store = graph.memory.locations.count; store < count; store++)
      this.possible.add(location[store], low[store], high[store], graph.schedule[step[store]]);
    if (phase !== 'values') this.promises.note(graph);
  }
}
