import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { parentPort, threadId } from 'node:worker_threads';
import { BadInput } from '../../input/badInput.ts';
import { oneLine } from '../../input/oneLine.ts';
import { describeThrown } from '../../input/show.ts';
import { forbidEnding, mustNotCall } from '../../process/forbidEnding.ts';
import { shortPath } from '../../scenario/module.ts';

/** What a thread tells of users' modules outside of its answers. */
export type ModuleMessage =
  /** A module was at fault after its task, so that no answer says it. */
  | { readonly kind: 'late fault'; readonly message: string }
  /** What modules have left open in the thread so far, by the names of Node. */
  | { readonly kind: 'open'; readonly thread: number; readonly resources: readonly string[] };

/** The module of the task that a callback belongs to, by its path. */
const moduleOfTask = new AsyncLocalStorage<string>();
/** What modules have done to this thread, and no task has thrown yet. By path. */
const faults = new Map<string, string>();
/** The module of the task that runs, and that of the last task. */
let running: string | undefined;
let last: string | undefined;
let before: readonly string[] | undefined;
let lastOpen = '';

/**
 * Runs a task of a user's module on a worker thread. Throws `BadInput` if the module ends the
 * thread, or throws where nothing can catch it: in a timer or in a promise. An error that comes
 * after the task is reported to the parent, and is thrown by the next task of that module.
 *
 * @param module its path.
 */
export async function withoutFaults<T>(module: string, run: () => Promise<T>): Promise<T> {
  watch();
  throwFault(module);
  running = module;
  last = module;
  try {
    return await moduleOfTask.run(module, async () => {
      const result = await run();
      await nextTurn();
      return result;
    });
  } finally {
    running = undefined;
    reportOpen();
    throwFault(module);
  }
}

/** Timers of no time, immediates and promises of the task have run then. */
async function nextTurn(): Promise<void> {
  await setTimeout(1);
  await setImmediate();
}

function throwFault(module: string): void {
  const fault = faults.get(module);
  if (fault === undefined) return;
  faults.delete(module);
  throw new BadInput(fault);
}

/** Errors that nothing catches, and `process.exit`, would end the thread without a reason. */
function watch(): void {
  if (before !== undefined) return;
  before = process.getActiveResourcesInfo();
  process.on('uncaughtException', (error: unknown) =>
    noteFault(
      `: an error outside of any operation: ${oneLine(error instanceof Error ? error.message : describeThrown(error))}`,
    ),
  );
  // As it is, and not within an error of Node that explains rejections.
  process.on('unhandledRejection', (reason) => {
    throw reason;
  });
  forbidEnding((call) => {
    noteFault(` ${mustNotCall(call)}`);
    throw new Error(call);
  });
}

/** The first fault of a module counts. Others may follow from it. */
function noteFault(what: string): void {
  const module = moduleOfTask.getStore() ?? last;
  if (module === undefined || faults.has(module)) return;
  const message = `${shortPath(module)}${what}`;
  faults.set(module, message);
  if (module !== running) tellParent({ kind: 'late fault', message });
}

/** Says what is open, if it has changed. A thread without a task runs no callbacks. */
function reportOpen(): void {
  const resources = process.getActiveResourcesInfo();
  for (const name of before!) if (resources.includes(name)) resources.splice(resources.indexOf(name), 1);
  const open = resources.join();
  if (open === lastOpen) return;
  lastOpen = open;
  tellParent({ kind: 'open', thread: threadId, resources: [...new Set(resources)] });
}

const tellParent = (message: ModuleMessage): void => parentPort?.postMessage(message);
