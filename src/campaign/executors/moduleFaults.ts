import { syncBuiltinESMExports } from 'node:module';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { BadInput } from '../../input/badInput.ts';
import { oneLine } from '../../input/oneLine.ts';
import { shortPath } from '../../scenario/module.ts';

/** What a module has done to this thread since the last task. Undefined: nothing. */
let fault: string | undefined;
let isWatching = false;

/**
 * Runs a task of a user's module on a worker thread. Throws `BadInput` if the module ends the
 * thread, or throws where nothing can catch it: in a timer or in a promise.
 *
 * An error of a timer that fires later is that of the next task of the thread.
 *
 * @param module its path.
 */
export async function withoutFaults<T>(module: string, run: () => Promise<T>): Promise<T> {
  watch();
  try {
    const result = await run();
    await nextTurn();
    return result;
  } finally {
    throwFault(module);
  }
}

/** Timers of no time, immediates and promises of the task have run then. */
async function nextTurn(): Promise<void> {
  await setTimeout(1);
  await setImmediate();
}

function throwFault(module: string): void {
  if (fault === undefined) return;
  const message = `${shortPath(module)}${fault}`;
  fault = undefined;
  throw new BadInput(message);
}

/** Errors that nothing catches, and `process.exit`, would end the thread without a reason. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.on('uncaughtException', (error: unknown) => {
    fault ??= `: an error outside of any operation: ${oneLine(error instanceof Error ? error.message : String(error))}`;
  });
  process.exit = (status) => {
    fault ??= ` calls process.exit(${status ?? ''}): a module must not do that`;
    throw new Error('process.exit');
  };
  // For a module that imports it: `import { exit } from 'node:process'`.
  syncBuiltinESMExports();
}
