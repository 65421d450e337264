import { type BlockSchedule, blocksOf } from '../../src/confirm/blocks.ts';
import { planOf } from '../../src/confirm/machinePlan.ts';
import { traceOf } from '../../src/explore/execution/trace.ts';
import { RandomWalk } from '../../src/explore/schedulers/randomWalk.ts';
import { Kind, kindOf, placeOf } from '../../src/memory/kinds.ts';
import type { Layout } from '../../src/memory/layout.ts';
import type { Trace } from '../../src/memory/trace.ts';
import { createRun, runOnce } from '../../src/run/createRun.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

/** A schedule whose every explored execution violates nothing. */
export interface HarmlessSchedule extends BlockSchedule {
  /** The writes of page 0 at the end, and those in its copy. */
  readonly memory: number;
  readonly copy: number;
}

const STEPS_MAX = 10_000;

/**
 * Schedules of a scenario that the explorer calls harmless, each with other blocks. Random walks
 * generate them. One is left out if any walk with the same blocks violates a property.
 *
 * @param executions number of random walks.
 */
export async function harmlessSchedules(spec: VmSpec, executions: number, seed = 1): Promise<HarmlessSchedule[]> {
  const plan = planOf(spec);
  const run = createRun(await openScenario(spec), STEPS_MAX);
  const scheduler = new RandomWalk(seed);
  const { layout } = run.execution.program;
  const found = new Map<string, HarmlessSchedule | undefined>();
  for (let i = 0; i < executions; i++) {
    const { violation } = runOnce(run, scheduler, i);
    const trace = traceOf(run.execution);
    const schedule = blocksOf(trace, layout, plan);
    const key = JSON.stringify(schedule.blocks);
    if (violation !== undefined) found.set(key, undefined);
    else if (!found.has(key)) found.set(key, { ...schedule, ...finalPage(trace, layout) });
  }
  return [...found.values()].filter((schedule) => schedule !== undefined);
}

/** The version of page 0 at the end of a trace, and that of its copy. */
function finalPage(trace: Trace, layout: Layout): { memory: number; copy: number } {
  let [memory, copy] = [0, 0];
  for (const { code, value } of trace) {
    const kind = kindOf(code);
    if (kind !== Kind.cmpxchg && kind !== Kind.store) continue;
    const { name } = layout.places[placeOf(code)];
    if (name === 'page0.word') memory = Math.max(memory, Number(value & 0xffffn));
    if (name === 'copy of 0:0') copy = Number(value);
  }
  return { memory, copy };
}
