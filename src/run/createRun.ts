import { Checker } from '../check/checker.ts';
import type { Properties } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import type { Execution, Stop } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { createExecution, type MemoryModelName } from '../explore/memoryModels/registry.ts';
import { ACTORS_MAX } from '../explore/program.ts';
import type { Scheduler } from '../explore/schedulers/scheduler.ts';
import { BadInput } from '../input/badInput.ts';
import { type LoopRules, usualLoopRules } from '../memory/loopRules.ts';
import { torn } from './tearing.ts';
import { OUT_OF_TIME, withinTime } from './withinTime.ts';

/** An execution of a scenario with its properties watching. */
export interface CheckedExecution {
  readonly execution: Execution;
  readonly checker: Checker;
}

/** The memory that a scenario runs on, as plain data. */
export interface MemoryConfig {
  /** What the actors may see of each other's stores. */
  readonly memoryModel: MemoryModelName;
  /** Whether a plain 64-bit store is two of 32 bits. */
  readonly tearing: boolean;
  /** Whether schedules have all accesses of loops, also those that the explorer leaves out: see `inFull`. */
  readonly inFull?: boolean | undefined;
}

/** Under `tso`, each actor's buffer has a number of its own. */
export const BUFFERED_MAX = ACTORS_MAX / 2;

export const plainMachine: MemoryConfig = { memoryModel: 'sc', tearing: false };

/**
 * A model that watches the order of steps has nothing to say where that is not the order of their effects: it watches on a plain machine alone. On
 * others, what is asked of results and memory at the end stands in for it.
 *
 * @param loopRules what may be left out of loops that go on and on.
 * @param alike groups of threads that share their logs: see `Execution`.
 */
export function createRun(
  scenario: Scenario,
  stepsMax: number,
  { memoryModel, tearing, inFull }: MemoryConfig = plainMachine,
  alike: readonly (readonly number[])[] = [],
  loopRules: LoopRules = usualLoopRules,
): CheckedExecution {
  const actors = scenario.program.actors.length;
  if (memoryModel === 'tso' && actors > BUFFERED_MAX)
    throw new BadInput(
      `${scenario.name}: ${actors} actors: under the memory model tso there may be ${BUFFERED_MAX} at most, as each has a store buffer beside it`,
    );
  const program = tearing ? torn(scenario.program) : scenario.program;
  const execution = createExecution(memoryModel, program, stepsMax, alike);
  execution.loopRules = inFull ? { ...loopRules, inFull } : loopRules;
  const isPlain = memoryModel === 'sc' && !tearing;
  const checker = new Checker(execution, isPlain ? scenario.properties : unordered(scenario.properties));
  execution.observer = checker;
  return { execution, checker };
}

function unordered(properties: Properties): Properties {
  const asked = properties.unordered ?? {};
  if (Object.keys(asked).length === 0) return { ...properties, monitors: [] };
  return { ...properties, finally: { ...properties.finally, ...asked }, monitors: [], resultsMatter: true };
}

/** Runs one execution from the start. */
export function runOnce(
  { execution, checker }: CheckedExecution,
  scheduler: Scheduler,
  index = 0,
): { stop: Stop; violation: Violation | undefined } {
  scheduler.begin(index);
  execution.reset();
  const stop = execution.run(scheduler);
  return { stop, violation: checker.atEnd(stop) };
}

/** How long a single execution may take whose operations may loop without an access. */
const ONE_EXECUTION_SECONDS = 5;

/** The same of an execution that is known to have gone wrong: where an operation does not come back, that is what is wrong. */
export function runGuarded(
  run: CheckedExecution,
  scheduler: Scheduler,
  seconds = ONE_EXECUTION_SECONDS,
): ReturnType<typeof runOnce> {
  const result = withinTime(seconds, () => runOnce(run, scheduler));
  if (result !== OUT_OF_TIME) return result;
  const violation = run.execution.stuck();
  return violation === undefined
    ? { stop: { kind: 'late' }, violation }
    : { stop: { kind: 'crashed', violation }, violation };
}

export const scheduleOf = ({ execution }: CheckedExecution): number[] => execution.choices();
