import type { Execution } from '../explore/execution/execution.ts';
import { noLimits } from '../explore/limits.ts';
import { createExecution, DEFAULT_MEMORY_MODEL } from '../explore/memoryModels/registry.ts';
import { profileOf } from '../explore/profile.ts';
import { RandomWalk } from '../explore/schedulers/randomWalk.ts';
import { createScheduler, randomSchedulerNames } from '../explore/schedulers/registry.ts';
import { ReplayScheduler } from '../explore/schedulers/replay.ts';
import type { Scheduler } from '../explore/schedulers/scheduler.ts';
import { sampleExecutions } from '../explore/search/sampling.ts';
import type { PropertyChecker } from '../explore/search/searchProgress.ts';
import { createRun } from '../run/createRun.ts';
import { benchmarkRing } from '../scenario/benchmarkRing.ts';
import { buildVm } from '../scenario/vm.ts';
import { detailedScenarios } from '../trackers/gfnRing/scenarios.ts';

export interface BenchRow {
  readonly what: string;
  readonly perSecond: number;
  /** Cost of one in bare Atomics calls. */
  readonly ratio: number;
}

const SECONDS = 1;
const STEPS_MAX = 100_000;

/** Steps per second of the explorer, and of bare `Atomics` calls in the same run. */
export function explorerSteps(): BenchRow[] {
  const bare = bareCalls();
  const rows: BenchRow[] = [{ what: 'bare Atomics.store', perSecond: bare, ratio: 1 }];
  const ring = benchmarkRing('ring-l');
  const profile = profileOf(createExecution(DEFAULT_MEMORY_MODEL, ring.program, STEPS_MAX), 1);
  // These come first. After several schedulers, their call sites are polymorphic, which a real run
  // does not have.
  for (const name of ['pct', 'random-walk'] as const) {
    const { execution, checker } = createRun(ring, STEPS_MAX);
    const perSecond = executionsPerSecond(execution, checker, createScheduler(name, 1, profile, 3));
    rows.push({ what: `execution of ring-l, all checks, ${name}`, perSecond, ratio: bare / perSecond });
  }
  const add = (what: string, scheduler: Scheduler): void => {
    const perSecond = stepsPerSecond(createExecution(DEFAULT_MEMORY_MODEL, ring.program, STEPS_MAX), scheduler);
    rows.push({ what: `explorer step, ${what}`, perSecond, ratio: bare / perSecond });
  };
  add('one thread that continues', new ReplayScheduler([]));
  for (const name of randomSchedulerNames) add(name, createScheduler(name, 1, profile, 3));
  const { spec } = detailedScenarios.find((builtIn) => builtIn.spec.name === 'vm')!;
  const { execution } = createRun(buildVm(spec), STEPS_MAX);
  const perSecond = stepsPerSecond(execution, new RandomWalk(1));
  rows.push({ what: 'explorer step, random walk of vm, all checks', perSecond, ratio: bare / perSecond });
  return rows;
}

/** Bare calls per second. One call is the unit of all other costs. */
function bareCalls(): number {
  const words = new Uint32Array(new SharedArrayBuffer(64));
  return best(() => {
    for (let i = 0; i < 20_000; i++) Atomics.store(words, i & 15, i);
    return 20_000;
  });
}

function stepsPerSecond(execution: Execution, scheduler: Scheduler): number {
  let index = 0;
  return best(() => {
    let steps = 0;
    for (let i = 0; i < 200; i++) {
      scheduler.begin(index++);
      execution.reset();
      execution.run(scheduler);
      steps += execution.steps;
    }
    return steps;
  });
}

function executionsPerSecond(execution: Execution, checker: PropertyChecker, scheduler: Scheduler): number {
  let index = 0;
  return best(() => {
    sampleExecutions(execution, checker, scheduler, { ...noLimits, executions: 200 }, index);
    index += 200;
    return 200;
  });
}

/**
 * The best rate per second of `work` during `SECONDS`, after a warm-up.
 *
 * @param work does something and returns how much.
 */
function best(work: () => number): number {
  for (let i = 0; i < 20; i++) work();
  let rate = 0;
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
    const start = performance.now();
    const done = work();
    rate = Math.max(rate, (done / (performance.now() - start)) * 1000);
  }
  return rate;
}
