import type { Execution } from '../execution/execution.ts';
import { isPast } from '../limits.ts';
import type { StateCache } from '../states/stateCache.ts';
import type { Lasso } from './fairCycle.ts';

/** Turns that one run may take: states that do not come again by then are not waited for. */
const TURNS_MAX = 2_000;

/**
 * Looks for an execution without end under a round-robin scheduler, one run for each thread that can begin: each thread that can takes one step in each turn.
 * The scheduler has no memory, so that a state at the start of a turn that comes again comes for ever. Only strongly fair ones count: see
 * `findFairCycle`, which finds all, where all states can be visited.
 */
export function findByTurns(execution: Execution, states: StateCache, until: number): Lasso | undefined {
  const lanes = execution.node.length;
  for (let first = 0; first < lanes; first++) {
    states.clear();
    execution.reset();
    execution.until = until;
    const begins: number[] = [];
    for (let turn = 0; turn < TURNS_MAX && execution.stopped() === null; turn++) {
      const isNew = states.add(0);
      if (states.areTooFew || isPast(until)) return undefined;
      if (!isNew) {
        const from = begins[states.number];
        if (isFair(execution, from)) {
          const choices = execution.choices();
          return { prefix: choices.slice(0, from), cycle: choices.slice(from) };
        }
        break;
      }
      begins[states.number] = execution.steps;
      for (let i = 0; i < lanes && execution.stopped() === null; i++) {
        const thread = (first + i) % lanes;
        if (execution.enabled & (1 << thread)) execution.step(thread);
      }
    }
  }
  return undefined;
}

/** Whether each thread that can take a step somewhere in the steps from `from` on takes one there. Leaves the execution as it is. */
function isFair(execution: Execution, from: number): boolean {
  const choices = execution.choices();
  let taken = 0;
  let enabled = 0;
  for (let s = from; s < choices.length; s++) taken |= 1 << execution.schedule[s];
  for (let s = choices.length; s >= from; s--) {
    execution.backTo(s);
    enabled |= execution.enabled;
  }
  for (const thread of execution.schedule.slice(from, choices.length)) execution.step(thread);
  return (enabled & ~taken) === 0;
}
