import inspector from 'node:inspector';
import { ASSUMED, isCheckFailed } from '../memory/assume.ts';
import { END_OF_RECORDING, RecordedMemory } from '../memory/recordedMemory.ts';
import type { Trace } from '../memory/trace.ts';
import type { CheckedExecution } from '../run/createRun.ts';
import { UsageError } from './errors.ts';
import { print } from './output.ts';

/**
 * Runs the operations of one actor over the values that it read in a trace, and prints what each
 * returns. Without interleaving, a debugger can step through the code.
 *
 * @param waitForDebugger before the first operation, and break before each.
 */
export function replayActor(
  { execution: { program } }: CheckedExecution,
  trace: Trace,
  name: string,
  waitForDebugger: boolean,
): void {
  const thread = program.actors.findIndex((actor) => actor.name === name);
  if (thread < 0)
    throw new UsageError(`--actor ${name}: the scenario has ${program.actors.map((actor) => actor.name).join(', ')}`);
  if (waitForDebugger) {
    inspector.open();
    inspector.waitForDebugger();
  }
  const steps = trace.filter((step) => step.thread === thread && step.leaves === undefined);
  const mem = new RecordedMemory(thread, steps, program.layout);
  const { operations } = program.actors[thread];
  let before: unknown;
  try {
    for (let index = 0; index < operations.length; ) {
      const operation = operations[index];
      // biome-ignore lint/suspicious/noDebugger: --inspect-brk stops here
      if (waitForDebugger) debugger;
      before = operation.run(mem, before);
      print(`${operation.label}: ${formatResult(before)}`);
      if (operation.until?.(before) ?? true) index++;
    }
  } catch (error) {
    print(describeEnd(error));
  }
}

const formatResult = (result: unknown): string =>
  JSON.stringify(result, (_, v) => (typeof v === 'bigint' ? `${v}` : v)) ?? 'returns nothing';

/** Rethrows an error that is not an expected end. */
function describeEnd(error: unknown): string {
  if (error === END_OF_RECORDING) return 'the finding ends here';
  if (error === ASSUMED) return 'an assumption is false here';
  if (isCheckFailed(error)) return `a check fails here: ${error.message}`;
  throw error;
}
