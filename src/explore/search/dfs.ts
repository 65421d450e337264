import { grownCopy } from '../../memory/grownCopy.ts';
import type { Execution } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import type { WorkItem, WorkList, WorkResult } from '../parallel/workItem.ts';
import { encodeChoice, readFromIndex, threadOf } from '../schedule.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import type { VisitedSet } from '../states/visitedSet.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from './searchProgress.ts';
import type { TraceCounter } from './traceCounter.ts';

/**
 * Restricts a search to schedules with at most `max` context switches or preemptions. A preemption
 * is a switch away from a thread that is still enabled.
 */
export interface ScheduleBound {
  readonly kind: 'switches' | 'preemptions';
  readonly max: number;
}

interface Options {
  /** Prunes at what was visited before. Left out: explores every interleaving. */
  readonly states?: VisitedSet;
  readonly bound?: ScheduleBound;
  /** Stops at violations of this property only. Left out: at any violation. */
  readonly property?: string;
  readonly classes?: TraceCounter;
  /** The work item to explore; left out: everything. */
  readonly from?: WorkItem & { readonly kind: 'dfs' };
}

/**
 * Depth-first search over all interleavings; with `states`, over all states. Backtracks by undoing
 * steps, so no prefix is run again. Exact for safety properties, deadlocks and livelocks.
 *
 * @returns `left` has the work that remains when a limit is reached.
 */
export function depthFirstSearch(
  execution: Execution,
  checker: PropertyChecker,
  limits: Limits,
  options: Options = {},
): SearchResult & { readonly left: readonly WorkItem[] } {
  const search = new DepthFirstSearch(execution, checker, limits, options);
  const { progress } = search;
  execution.until = progress.until;
  execution.reset();
  for (const choice of options.from?.prefix ?? []) search.follow(choice);
  while (search.visit() && search.advance());
  progress.states = options.states?.size ?? 0;
  return Object.assign(progress.complete(), { left: search.left });
}

/** The search stack, and what is done at the node on top of it: the execution as it is now. */
class DepthFirstSearch {
  readonly progress: SearchProgress;
  readonly left: WorkItem[] = [];
  private readonly execution: Execution;
  private readonly checker: PropertyChecker;
  private readonly states: VisitedSet | undefined;
  private readonly bound: ScheduleBound | undefined;
  private readonly property: string | undefined;
  private readonly classes: TraceCounter | undefined;
  /** The depth of the root: the length of the item's prefix. */
  private readonly floor: number;
  /** The threads to try at the root. */
  private rootChoices: number;
  /** The threads that can be tried from the node on top. */
  private choices = 0;
  /** By depth: the threads that are still to be tried, and what the path has cost of the bound. */
  private untried = new Int32Array(1024);
  private spent = new Int32Array(1024);
  /** By depth: how many reads-from choices of the step that was taken are still to be tried. */
  private choicesLeft = new Int32Array(1024);

  constructor(
    execution: Execution,
    checker: PropertyChecker,
    limits: Limits,
    { states, bound, property, classes, from }: Options,
  ) {
    this.progress = new SearchProgress(limits);
    this.execution = execution;
    this.checker = checker;
    this.states = states;
    this.bound = bound;
    this.property = property;
    this.classes = classes;
    this.floor = from?.prefix.length ?? 0;
    this.rootChoices = from?.untried ?? -1;
  }

  /** Takes a step of the item's prefix. */
  follow(choice: number): void {
    const { execution, bound } = this;
    const { steps } = execution;
    const thread = threadOf(choice);
    this.grow();
    this.spent[steps + 1] = this.spent[steps] + (bound === undefined ? 0 : switchCost(execution, bound, thread));
    execution.step(thread, readFromIndex(choice));
  }

  /** Visits the current node, and sets `choices`. Returns false if the search ends here. */
  visit(): boolean {
    const { execution, checker, progress, states, bound, property, classes } = this;
    const depth = execution.steps;
    this.grow();
    if (states?.mustRestart) return this.restart(states);
    const stop = execution.stopped();
    if (stop?.kind === 'late') {
      progress.timeOut();
      return false;
    }
    // A violation counts even in a visited state: the properties have not seen a step that crashed.
    const broken = stop?.kind === 'violated' || stop?.kind === 'crashed';
    const isNew = broken || states === undefined || states.add(bound === undefined ? 0 : this.spent[depth]);
    if (stop !== null && isNew) {
      const violation = checker.atEnd(stop);
      if (stop.kind === 'finished') classes?.add();
      if (progress.count(stop, property === undefined || violation?.property === property ? violation : undefined))
        return false;
      if (stop.kind === 'limit' && progress.recordCut(execution)) return false;
      if (states?.mustRestart) return this.restart(states);
    }
    this.choices = 0;
    if (stop === null && isNew) {
      this.choices = bound === undefined ? execution.enabled : threadsWithin(execution, bound, this.spent[depth]);
      this.choices &= this.rootChoices;
    }
    this.rootChoices = -1;
    return true;
  }

  /** Takes the next step, backtracking first if there is none here. Returns false at the end. */
  advance(): boolean {
    const { execution, progress, bound, untried, choicesLeft } = this;
    let at = execution.steps;
    let { choices } = this;
    if (choices === 0) {
      at = this.backtrackDepth();
      if (at < this.floor) return false;
      if (progress.limitReached(this.states?.bytes ?? 0)) {
        this.collectLeft(at);
        return false;
      }
      execution.backTo(at);
      if (choicesLeft[at] > 0) {
        const thread = execution.schedule[at];
        execution.step(thread, execution.choiceCount(thread) - choicesLeft[at]--);
        progress.steps++;
        return true;
      }
      choices = untried[at];
    }
    const { last } = execution;
    const thread = last >= 0 && choices & (1 << last) ? last : lowestSetBit(choices);
    untried[at] = choices & ~(1 << thread);
    choicesLeft[at] = execution.choiceCount(thread) - 1;
    if (bound !== undefined) this.spent[at + 1] = this.spent[at] + switchCost(execution, bound, thread);
    execution.step(thread);
    progress.steps++;
    return true;
  }

  /** The depth of the deepest ancestor with something to try; below `floor`: there is none. */
  private backtrackDepth(): number {
    const { untried, choicesLeft } = this;
    let at = this.execution.steps - 1;
    while (at >= this.floor && untried[at] === 0 && choicesLeft[at] === 0) at--;
    return at;
  }

  /** Starts anew with an empty set of states. */
  private restart(states: VisitedSet): boolean {
    const { execution, progress } = this;
    states.clear();
    progress.executions = progress.blocked = progress.cut = progress.steps = 0;
    execution.reset();
    return this.visit();
  }

  /** Adds to `left` what remains to be tried at depth `from` and above, deepest first. */
  private collectLeft(from: number): void {
    const { execution, untried, choicesLeft, left } = this;
    const schedule = execution.choices().slice(0, from + 1);
    for (let at = from; at >= this.floor; at--) {
      const prefix = schedule.slice(0, at);
      for (let choice = readFromIndex(schedule[at]) + 1; choicesLeft[at] > 0; choice++, choicesLeft[at]--)
        left.push({ kind: 'dfs', prefix: [...prefix, encodeChoice(threadOf(schedule[at]), choice)], untried: -1 });
      if (untried[at] !== 0) left.push({ kind: 'dfs', prefix, untried: untried[at] });
    }
  }

  private grow(): void {
    if (this.execution.steps + 1 < this.untried.length) return;
    const length = 2 * this.untried.length;
    this.untried = grownCopy(this.untried, length);
    this.spent = grownCopy(this.spent, length);
    this.choicesLeft = grownCopy(this.choicesLeft, length);
  }
}

/** The work list of `depthFirstSearch` and `trust`: a stack. */
export class DfsWorkList implements WorkList {
  private readonly stack: WorkItem[];

  constructor(root: WorkItem) {
    this.stack = [root];
  }

  next(most: number): WorkItem[] {
    return this.stack.splice(Math.max(0, this.stack.length - most));
  }

  complete(_: WorkItem, { left }: WorkResult): void {
    this.stack.push(...left.toReversed());
  }
}

/** What the bound counts if `thread` takes the next step: 0 or 1. */
function switchCost({ last, enabled }: Execution, { kind }: ScheduleBound, thread: number): number {
  if (last < 0 || last === thread) return 0;
  return kind === 'switches' || enabled & (1 << last) ? 1 : 0;
}

/** The threads that may take the next step after a path that has cost `spent`. */
function threadsWithin({ enabled, last }: Execution, bound: ScheduleBound, spent: number): number {
  if (spent < bound.max || last < 0) return enabled;
  return bound.kind === 'preemptions' && (enabled & (1 << last)) === 0 ? enabled : enabled & (1 << last);
}
