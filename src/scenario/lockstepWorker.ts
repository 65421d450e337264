import { END_OF_SCHEDULE, LockstepMemory, timetableView } from '../memory/lockstep.ts';
import { Hung } from '../memory/native.ts';
import { buildVm } from './build.ts';
import type { Scenario } from './scenario.ts';
import type { VmSpec } from './spec.ts';

/** One actor's part of an execution in lockstep. */
export interface LockstepTask {
  readonly spec: VmSpec;
  readonly thread: number;
  readonly memory: SharedArrayBuffer;
  readonly table: SharedArrayBuffer;
  readonly steps: number;
}

export interface LockstepPart {
  readonly results: readonly unknown[];
  /** What an operation threw. */
  readonly crashed: string | undefined;
  /** The thread waited in vain for its turn, or the schedule was not this program's. */
  readonly strayed: string | undefined;
}

/** The scenario built last: a pool runs many schedules of one scenario. */
let built: { readonly text: string; readonly scenario: Scenario } | undefined;

function scenarioOf(spec: VmSpec): Scenario {
  const text = JSON.stringify(spec);
  if (built?.text !== text) built = { text, scenario: buildVm(spec) };
  return built.scenario;
}

export default function runActor({ spec, thread, memory, table, steps }: LockstepTask): LockstepPart {
  const { operations } = scenarioOf(spec).program.actors[thread];
  const mem = new LockstepMemory(memory, thread, timetableView(table, steps));
  const results: unknown[] = [];
  try {
    for (let index = 0; index < operations.length; ) {
      mem.operation = index;
      const result = operations[index].run(mem);
      results.push(result);
      if (operations[index].until?.(result) ?? true) index++;
    }
    mem.finish();
  } catch (error) {
    if (error === END_OF_SCHEDULE) return { results, crashed: undefined, strayed: undefined };
    mem.fail();
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const own =
      error instanceof Hung ||
      (error instanceof Error && error.name === 'Breach' && error.message.startsWith('outside the schedule'));
    return own ? { results, crashed: undefined, strayed: message } : { results, crashed: message, strayed: undefined };
  }
  return { results, crashed: undefined, strayed: undefined };
}
