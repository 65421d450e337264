import { grownCopy } from '../../memory/grownCopy.ts';
import type { Execution } from '../execution/execution.ts';
import type { Limits } from '../limits.ts';
import { encodeChoice, readFromIndex, threadOf } from '../schedule.ts';
import { lowestSetBit } from '../schedulers/scheduler.ts';
import type { Visited } from '../states/visited.ts';
import type { WorkItem, WorkList, WorkResult } from '../work/workItem.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from './searchProgress.ts';
import type { TraceCounter } from './traceCounter.ts';

/** Only what can be had within a bound: so many context switches; or so many preemptions, which take a thread off that could have gone on. */
export interface ScheduleBound {
  readonly of: 'switches' | 'preemptions';
  readonly most: number;
}

interface Options {
  /** Leave a state that was there before. Left out: every interleaving. */
  readonly states?: Visited;
  readonly bound?: ScheduleBound;
  /** Go on past violations of other properties. */
  readonly property?: string;
  readonly classes?: TraceCounter;
  /** Where to begin; left out: at the beginning. */
  readonly from?: WorkItem & { readonly kind: 'interleavings' };
}

/**
 * Every interleaving, depth first; with `states`, every state: each is left once by each thread that can leave it. Exact for safety, deadlock and
 * livelock. It goes back by undoing steps, so no prefix is run again. `left`: where it would have gone on, had it not reached its limit.
 */
export function depthFirstSearch(
  execution: Execution,
  judge: PropertyChecker,
  limits: Limits,
  options: Options = {},
): SearchResult & { readonly left: readonly WorkItem[] } {
  const { states, bound, property, classes, from } = options;
  const tally = new SearchProgress(limits);
  execution.until = tally.until;
  /** By depth: the threads that have not been tried there, and what the way there has cost. */
  let untried = new Int32Array(1024);
  let spent = new Int32Array(1024);
  /** By depth: the ways that have not been tried there of the step that was taken. */
  let waysLeft = new Int32Array(1024);
  const widen = (): void => {
    if (execution.steps + 1 < untried.length) return;
    [untried, spent, waysLeft] = [untried, spent, waysLeft].map((of) => grownCopy(of, 2 * of.length));
  };
  const beginAnew = (states: Visited): void => {
    states.clear();
    tally.executions = tally.blocked = tally.cut = tally.steps = 0;
    execution.reset();
  };
  const left: WorkItem[] = [];
  const floor = from?.prefix.length ?? 0;
  execution.reset();
  for (const choice of from?.prefix ?? []) {
    const thread = threadOf(choice);
    widen();
    spent[execution.steps + 1] = spent[execution.steps] + (bound === undefined ? 0 : cost(execution, bound, thread));
    execution.step(thread, readFromIndex(choice));
  }
  for (let first = true; ; first = false) {
    const depth = execution.steps;
    widen();
    if (states?.areTooFew) {
      beginAnew(states);
      continue;
    }
    const stop = execution.stopped();
    if (stop?.kind === 'late') {
      tally.giveUp();
      break;
    }
    // What was found on the way here counts, new state or not; and what watches has not seen the step that crashed.
    const broken = stop?.kind === 'violated' || stop?.kind === 'crashed';
    const isNew = broken || states === undefined || states.add(bound === undefined ? 0 : spent[depth]);
    if (stop !== null && isNew) {
      const violation = judge.end(stop);
      if (stop.kind === 'finished') classes?.add();
      if (tally.count(stop, property === undefined || violation?.property === property ? violation : undefined)) break;
      if (stop.kind === 'limit' && tally.cutShort(execution)) break;
      if (states?.areTooFew) {
        beginAnew(states);
        continue;
      }
    }
    let choices = 0;
    if (stop === null && isNew) {
      choices = bound === undefined ? execution.enabled : within(execution, bound, spent[depth]);
      if (first && from !== undefined) choices &= from.untried;
    }
    let at = depth;
    if (choices === 0) {
      at--;
      while (at >= floor && untried[at] === 0 && waysLeft[at] === 0) at--;
      if (at < floor) break;
      if (tally.over(states?.bytes ?? 0)) {
        const schedule = execution.choices().slice(0, at + 1);
        for (; at >= floor; at--) {
          const prefix = schedule.slice(0, at);
          for (let way = readFromIndex(schedule[at]) + 1; waysLeft[at] > 0; way++, waysLeft[at]--)
            left.push({
              kind: 'interleavings',
              prefix: [...prefix, encodeChoice(threadOf(schedule[at]), way)],
              untried: -1,
            });
          if (untried[at] !== 0) left.push({ kind: 'interleavings', prefix, untried: untried[at] });
        }
        break;
      }
      execution.backTo(at);
      if (waysLeft[at] > 0) {
        const thread = execution.schedule[at];
        execution.step(thread, execution.choiceCount(thread) - waysLeft[at]--);
        tally.steps++;
        continue;
      }
      choices = untried[at];
    }
    const { last } = execution;
    const thread = last >= 0 && choices & (1 << last) ? last : lowestSetBit(choices);
    untried[at] = choices & ~(1 << thread);
    waysLeft[at] = execution.choiceCount(thread) - 1;
    if (bound !== undefined) spent[at + 1] = spent[at] + cost(execution, bound, thread);
    execution.step(thread);
    tally.steps++;
  }
  tally.states = states?.size ?? 0;
  return Object.assign(tally.complete(), { left });
}

/** A search that goes depth first, in parts: those that were left come next. */
export class DfsWorkList implements WorkList {
  private readonly open: WorkItem[];

  constructor(first: WorkItem) {
    this.open = [first];
  }

  next(most: number): WorkItem[] {
    return this.open.splice(Math.max(0, this.open.length - most));
  }

  took(_: WorkItem, { left }: WorkResult): void {
    this.open.push(...left.toReversed());
  }
}

/** What it costs to give the next step to `thread`. */
function cost({ last, enabled }: Execution, { of }: ScheduleBound, thread: number): number {
  if (last < 0 || last === thread) return 0;
  return of === 'switches' || enabled & (1 << last) ? 1 : 0;
}

function within(execution: Execution, bound: ScheduleBound, spent: number): number {
  const { enabled, last } = execution;
  if (spent < bound.most || last < 0) return enabled;
  return bound.of === 'preemptions' && (enabled & (1 << last)) === 0 ? enabled : enabled & (1 << last);
}
