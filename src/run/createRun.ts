import { Checker } from '../check/checker.ts';
import type { Properties } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import { ofEachThread } from '../check/threadMonitor.ts';
import type { Execution } from '../explore/execution/execution.ts';
import { PRUNED, type Stop } from '../explore/execution/stop.ts';
import type { Violation } from '../explore/execution/violation.ts';
import {
  createExecution,
  DEFAULT_MEMORY_MODEL,
  type MemoryModelName,
  memoryModels,
} from '../explore/memoryModels/registry.ts';
import { ACTORS_MAX } from '../explore/program.ts';
import type { Scheduler } from '../explore/schedulers/scheduler.ts';
import { BadInput } from '../input/badInput.ts';
import { type LoopRules, usualLoopRules } from '../memory/loopRules.ts';
import { tearStores } from './tearStores.ts';
import { OUT_OF_TIME, withinTime } from './withinTime.ts';

/** An execution of a scenario, with a checker of its properties that observes it. */
export interface CheckedExecution {
  readonly execution: Execution;
  readonly checker: Checker;
}

/** The memory that a scenario runs on, as plain data. */
export interface MemoryConfig {
  /** Which stores of others an actor may read. */
  readonly memoryModel: MemoryModelName;
  /** Whether each plain 64-bit store is two stores of 32 bits. */
  readonly tearing: boolean;
  /**
   * Whether schedules have the accesses of loops that the explorer leaves out: see `expandLoops`.
   */
  readonly inFull?: boolean | undefined;
}

/** Maximum number of actors that have store buffers: each buffer counts as a thread. */
export const BUFFERED_MAX = ACTORS_MAX / 2;

/** Sequential consistency without tearing. */
export const scMemory: MemoryConfig = { memoryModel: DEFAULT_MEMORY_MODEL, tearing: false };

/** Whether executions are those of real threads: sequentially consistent, without tearing. */
export const isSequentiallyConsistent = ({ memoryModel, tearing }: MemoryConfig): boolean =>
  memoryModels[memoryModel].isSequentiallyConsistent && !tearing;

/**
 * Creates an execution of a scenario. Throws `BadInput` if it has too many actors.
 *
 * Monitors follow the order of steps, so they need that stores take effect in this order: they are
 * used under `sc` without tearing only. Otherwise the `unordered` properties of the scenario
 * replace them, and its `threadMonitors` where each access is as the code has it.
 *
 * @param symmetric groups of threads that share their part of the trie: see `Execution`.
 * @param loopRules which iterations of loops are left out.
 */
export function createRun(
  scenario: Scenario,
  stepsMax: number,
  config: MemoryConfig = scMemory,
  symmetric: readonly (readonly number[])[] = [],
  loopRules: LoopRules = usualLoopRules,
): CheckedExecution {
  const { memoryModel, tearing, inFull } = config;
  const actors = scenario.program.actors.length;
  if (memoryModels[memoryModel].hasBuffers && actors > BUFFERED_MAX)
    throw new BadInput(
      `${scenario.name}: ${actors} actors: under the memory model ${memoryModel} there may be ${BUFFERED_MAX} at most, as each has a store buffer beside it`,
    );
  const program = tearing ? tearStores(scenario.program) : scenario.program;
  const execution = createExecution(memoryModel, program, stepsMax, symmetric);
  execution.loopRules = inFull ? { ...loopRules, inFull } : loopRules;
  const properties = isSequentiallyConsistent(config) ? scenario.properties : unorderedProperties(scenario, config);
  const checker = new Checker(execution, properties);
  execution.observer = checker;
  return { execution, checker };
}

/** The properties where the order of steps is not the order of their effects. */
function unorderedProperties({ program, properties }: Scenario, { memoryModel, tearing }: MemoryConfig): Properties {
  const { unordered = {}, threadMonitors = [] } = properties;
  // Torn stores are two; under lkmm, an access to a part of a word is one to the word.
  const isAsWritten = !tearing && memoryModels[memoryModel].searchGraphs === undefined;
  const monitors = !isAsWritten ? [] : threadMonitors.map((of) => ofEachThread(of, program.actors.length));
  if (Object.keys(unordered).length === 0) return { ...properties, monitors };
  return { ...properties, finally: { ...properties.finally, ...unordered }, monitors, resultsMatter: true };
}

/**
 * Runs one execution from the initial state. @param index the number of the execution, for the
 * scheduler.
 */
export function runOnce(
  { execution, checker }: CheckedExecution,
  scheduler: Scheduler,
  index = 0,
): { stop: Stop; violation: Violation | undefined } {
  scheduler.begin(index);
  execution.reset();
  const stop = execution.run(scheduler);
  if (execution.memory.whyForbidden?.() !== undefined) return { stop: PRUNED, violation: undefined };
  return { stop, violation: checker.atEnd(stop) };
}

/** Limit of the time of one execution whose operations may loop without an access. */
export const REPLAY_SECONDS = 5;

/**
 * The same for an execution that is known to fail. An operation that does not reach its next access
 * in time is the violation.
 */
export function runGuarded(
  run: CheckedExecution,
  scheduler: Scheduler,
  seconds = REPLAY_SECONDS,
): ReturnType<typeof runOnce> {
  const result = withinTime(seconds, () => runOnce(run, scheduler));
  if (result !== OUT_OF_TIME) return result;
  const interrupted = run.execution.threads.code.interrupted();
  if (interrupted === undefined) return { stop: { kind: 'late' }, violation: undefined };
  const violation = stuckViolation(interrupted.label);
  return { stop: { kind: 'crashed', violation }, violation };
}

/** The violation of an operation that does not come to its next access. */
export const stuckViolation = (label: string): Violation => ({
  property: 'operations come to their next access',
  message: `${label} runs on and on without an access`,
  category: 'stuck',
});

export const takenSchedule = ({ execution }: CheckedExecution): number[] => execution.choices();
