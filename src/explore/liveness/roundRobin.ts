import type { Execution } from '../execution/execution.ts';
import { isPast } from '../limits.ts';
import type { StateCache } from '../states/stateCache.ts';
import type { Lasso } from './fairCycle.ts';

/** The most turns of one run: a cycle that takes longer is not found. */
const TURNS_MAX = 2_000;

/**
 * Looks for an infinite execution under a round-robin scheduler: in each turn, each enabled thread
 * takes one step. There is one run for each thread that can start. The scheduler has no state of
 * its own, so if a state recurs at the start of a turn, it recurs forever. Returns only lassos that
 * are strongly fair. `findFairCycle` finds all of these, but must visit all states.
 */
export function findRoundRobinCycle(execution: Execution, states: StateCache, until: number): Lasso | undefined {
  const threads = execution.node.length;
  for (let first = 0; first < threads; first++) {
    states.clear();
    execution.reset();
    execution.until = until;
    /** By state: how many steps were taken when it was first reached at the start of a turn. */
    const reachedAt: number[] = [];
    for (let turn = 0; turn < TURNS_MAX && execution.stopped() === null; turn++) {
      const isNew = states.add(0);
      if (states.mustRestart || isPast(until)) return undefined;
      if (!isNew) {
        const from = reachedAt[states.number];
        if (isStronglyFair(execution, from)) {
          const choices = execution.choices();
          return { prefix: choices.slice(0, from), cycle: choices.slice(from) };
        }
        break;
      }
      reachedAt[states.number] = execution.steps;
      for (let i = 0; i < threads && execution.stopped() === null; i++) {
        const thread = (first + i) % threads;
        if (execution.enabled & (1 << thread)) execution.step(thread);
      }
    }
  }
  return undefined;
}

/**
 * Whether each thread that is enabled somewhere in the steps from number `from` on takes one of
 * these steps. Leaves the execution as it was.
 */
function isStronglyFair(execution: Execution, from: number): boolean {
  const choices = execution.choices();
  let stepping = 0;
  let enabled = 0;
  for (let s = from; s < choices.length; s++) stepping |= 1 << execution.schedule[s];
  for (let s = choices.length; s >= from; s--) {
    execution.backTo(s);
    enabled |= execution.enabled;
  }
  for (const thread of execution.schedule.slice(from, choices.length)) execution.step(thread);
  return (enabled & ~stepping) === 0;
}
