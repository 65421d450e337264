import { Checker } from '../check/checker.ts';
import { Execution, type Stop, type Violation } from '../explore/execution.ts';
import type { Scheduler } from '../explore/scheduler.ts';
import type { Scenario } from './scenario.ts';

/** An execution of a scenario with its properties watching. */
export interface Run {
  readonly execution: Execution;
  readonly checker: Checker;
}

/** @param alike groups of threads that share their logs: see `Execution`. */
export function runOf(scenario: Scenario, stepsMax: number, alike: readonly (readonly number[])[] = []): Run {
  const execution = new Execution(scenario.program, stepsMax, alike);
  const checker = new Checker(execution, scenario.properties);
  execution.observer = checker;
  return { execution, checker };
}

/** Runs one execution from the start. */
export function runOnce(
  { execution, checker }: Run,
  scheduler: Scheduler,
  index = 0,
): { stop: Stop; violation: Violation | undefined } {
  scheduler.begin(index);
  execution.reset();
  const stop = execution.run(scheduler);
  return { stop, violation: checker.end(stop) };
}

export const scheduleOf = ({ execution }: Run): number[] => execution.choices();
