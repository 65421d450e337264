import { contextSwitches } from '../../explore/schedule.ts';
import { ReplayScheduler } from '../../explore/schedulers/replay.ts';
import { BadInput } from '../../input/badInput.ts';
import { areVms, isVm } from '../../scenario/scenarioRef.ts';
import { isSequentiallyConsistent, runOnce } from '../createRun.ts';
import type { Failure } from '../failure.ts';
import { shrink } from '../shrink.ts';
import { createAttempt } from './attempt.ts';
import { Budget } from './budget.ts';
import { failsUnderSc, fewestSwitches } from './fewestSwitches.ts';
import { removeRepeats } from './removeRepeats.ts';
import { type Requirements, reproduce } from './reproduce.ts';
import { passingOrders } from './sequentialOrders.ts';
import { Wakers } from './wakers.ts';

/** What building a scenario costs, in steps. */
const BUILD_STEPS = 2_000;

/**
 * Minimises a failure: first the number of context switches, then, without adding any, the number
 * of operations, then values. If time runs out, the result may not be minimal. The returned
 * schedule has always been re-executed and fails.
 *
 * @param seconds for all of it. Half of them may be spent on context switches.
 * @param steps limit of steps, about. Without a limit of time, it gives the same result each time.
 */
export function minimise(failure: Failure, seconds: number, steps = Infinity): Failure {
  // A livelock has the shortest prefix and cycle already. An operation that is stuck must not be
  // run again.
  if (failure.cycle !== undefined || failure.category === 'stuck') return failure;
  const budget = new Budget(seconds, steps);
  let { best, isFewest } = fewestSwitches(failure, budget.portion(1 / 2));
  const requirements = requirementsOf(best, budget);
  for (let again = true; again && !budget.isSpent; ) {
    again = false;
    for (const smaller of shrink(best)) {
      if (budget.isSpent) break;
      budget.spend(BUILD_STEPS);
      const found = unlessBadInput(() =>
        reproduce(smaller, best, { ...requirements, keepsSwitches: isFewest }, budget),
      );
      if (found === undefined) continue;
      best = found;
      again = true;
      break;
    }
    if (again || isFewest || budget.isSpent) continue;
    // The scenario was too large to be sure of the fewest context switches, and is smaller now.
    const switches = contextSwitches(best.schedule);
    ({ best, isFewest } = fewestSwitches(best, budget));
    again = contextSwitches(best.schedule) < switches;
  }
  return removeRepeats(best, budget);
}

function requirementsOf(failure: Failure, budget: Budget): Omit<Requirements, 'keepsSwitches'> {
  const { source, scenario, schedule } = failure;
  const { stop, violation } = runOnce(createAttempt(failure, failure), new ReplayScheduler(schedule));
  const isWaiting = stop.kind === 'deadlock' || stop.kind === 'livelock';
  const wakers = isWaiting ? new Wakers(scenario, failure, Math.min(1, budget.secondsLeft / 8)) : undefined;
  // A machine is generated from data. Its properties hold in every order, whatever is removed.
  const isGenerated = isVm(source) || areVms(source);
  const needsMemoryModel =
    !isGenerated && !isSequentiallyConsistent(failure) && !failsUnderSc(failure, failure, budget.portion(1 / 4));
  const orders = isGenerated ? undefined : passingOrders(createAttempt(failure, failure));
  return { race: violation?.race, wakers, needsMemoryModel, orders };
}

/**
 * In a shrunk scenario a property may read a result that no longer exists, and throw `BadInput`.
 * Such a candidate is discarded.
 */
function unlessBadInput<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof BadInput) return undefined;
    throw error;
  }
}
