import { LIVELOCK } from '../../check/checker.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import { Deadline, type Limits } from '../../explore/limits.ts';
import { findFairCycle, type Lasso } from '../../explore/liveness/fairCycle.ts';
import { findRoundRobinCycle } from '../../explore/liveness/roundRobin.ts';
import type { Program } from '../../explore/program.ts';
import { threadOf } from '../../explore/schedule.ts';
import { StateCache } from '../../explore/states/stateCache.ts';
import type { CheckedExecution } from '../createRun.ts';
import type { ScenarioSearchResult } from './searchSpec.ts';

/** The part of a result that describes a livelock. */
type Livelock = Pick<ScenarioSearchResult, 'violation' | 'schedule' | 'cycle' | 'stop'>;

/**
 * Searches all states for a fair execution without end. Undefined if there is none. Null if a limit
 * was reached first.
 */
export function searchLivelock({ execution, checker }: CheckedExecution, limits: Limits): Livelock | undefined | null {
  const lasso = findFairCycle(execution, new StateCache(execution, checker), limits);
  return lasso === undefined || lasso === null ? lasso : toLivelock(lasso, execution.program);
}

/**
 * Looks for a livelock along a few executions in which threads take turns, for at most a second.
 * For searches that cannot visit all states. Undefined if none is found.
 */
export function findLivelockByTurns(
  { execution, checker }: CheckedExecution,
  secondsLeft: number,
): Livelock | undefined {
  const { end } = new Deadline(Math.min(1, secondsLeft));
  const lasso = findRoundRobinCycle(execution, new StateCache(execution, checker), end);
  return lasso === undefined ? undefined : toLivelock(lasso, execution.program);
}

function toLivelock({ prefix, cycle }: Lasso, program: Program): Livelock {
  const violation = livelockViolation(program, cycle);
  return { violation, schedule: [...prefix, ...cycle], cycle: cycle.length, stop: 'livelock' };
}

/** The violation of an execution whose last steps, `cycle`, repeat for ever. */
export function livelockViolation(program: Program, cycle: readonly number[]): Violation {
  const { actors } = program;
  const names = [...new Set(cycle.map((choice) => actors[threadOf(choice) % actors.length].name))];
  const steps = cycle.length === 1 ? 'step repeats' : `${cycle.length} steps repeat`;
  return { property: LIVELOCK, message: `the last ${steps} for ever: ${names.join(', ')}` };
}
