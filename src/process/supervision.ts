import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** What a command that had to be ended prints, and its exit status by name. */
export interface Ending {
  readonly status: 'findings' | 'usage' | 'harness' | 'undecided' | 'interrupted';
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Why the main thread ends a command. */
export type EndReason = 'late' | 'interrupted' | 'out of memory';

/** A message of the command thread to the main thread. */
export type SupervisionMessage =
  | { readonly kind: 'write'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** From now on the module at `path` may be to blame for what happens to the thread. */
  | { readonly kind: 'module'; readonly path: string }
  /** A module has called a function that ends the thread or the process. */
  | { readonly kind: 'ends'; readonly call: string }
  | {
      readonly kind: 'guard';
      readonly id: number;
      readonly seconds: number;
      readonly endings: Readonly<Record<EndReason, Ending>>;
    }
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'extend'; readonly seconds: number }
  | { readonly kind: 'done'; readonly status: number; readonly open: readonly string[] };

let send: ((message: SupervisionMessage) => void) | undefined;
let guards = 0;

/**
 * To be called once, in the command thread. Without a supervisor, all other functions only call.
 *
 * @param post undefined: there is no supervisor any more.
 */
export function setSupervisor(post: ((message: SupervisionMessage) => void) | undefined): void {
  send = post;
}

/** Ends the command because a module has made `call`, which would end its thread. */
export const noteEnding = (call: string): void => send?.({ kind: 'ends', call });

/** Prints text through the main thread: it appears even while this thread computes. */
export function writeStream(stream: 'stdout' | 'stderr', text: string): void {
  if (send === undefined) process[stream].write(text);
  else send({ kind: 'write', stream, text });
}

/**
 * Calls a function that may never return. If it takes longer than `seconds`, or is interrupted, or
 * runs out of memory, the main thread ends the whole command, with the ending of the innermost
 * guard.
 *
 * @param seconds Infinity: no limit.
 * @param endingFor what is printed then, and the exit status. Called before the function.
 */
export async function guarded<T>(
  seconds: number,
  endingFor: (reason: EndReason) => Ending,
  call: () => T | Promise<T>,
): Promise<T> {
  if (send === undefined) return call();
  const id = ++guards;
  const endings = {
    late: endingFor('late'),
    interrupted: endingFor('interrupted'),
    'out of memory': endingFor('out of memory'),
  };
  send({ kind: 'guard', id, seconds, endings });
  try {
    return await call();
  } finally {
    send({ kind: 'release', id });
  }
}

/** Gives all guards more time: another piece of work with a limit of its own begins. */
export const extendGuards = (seconds: number): void => send?.({ kind: 'extend', seconds });

let lastModule: string | undefined;
let activeBefore: readonly string[] | undefined;
const workers: Worker[] = [];
const own = new Set<'workers' | 'connections'>();

/** The command starts workers or connections itself. From now on, it cannot tell whose are left. */
export function noteOwn(kind: 'workers' | 'connections'): void {
  own.add(kind);
}

/** Notes that a user's module is loaded from here on. */
export function noteModule(path: string): void {
  if (activeBefore === undefined) {
    activeBefore = process.getActiveResourcesInfo();
    // Node's own thread for module hooks is of a subclass.
    process.on('worker', (worker) => worker.constructor === Worker && workers.push(worker));
  }
  lastModule = path;
  send?.({ kind: 'module', path });
}

/** The last module that was loaded. */
export const loadedModule = (): string | undefined => lastModule;

/**
 * Lets callbacks run that users' modules have left behind, as long as they are due. If one throws,
 * the thread ends here, before a verdict is printed.
 */
export async function runDueCallbacks(): Promise<void> {
  if (lastModule === undefined) return;
  // A timer of 0 ms is one of 1 ms, and those of the same time fire in their order.
  await setTimeout(1);
  await setImmediate();
}

const openElsewhere = new Set<string>();

/** Notes what users' modules have left open in other threads. By the names of Node. */
export function noteLeftOpen(names: readonly string[]): void {
  for (const name of names) openElsewhere.add(name);
}

/**
 * What users' modules have left open, so that it keeps the thread alive. By the names of Node, and
 * `Worker`.
 */
export function leftOpen(): string[] {
  if (activeBefore === undefined || own.has('connections')) return [...openElsewhere];
  const active = process.getActiveResourcesInfo();
  for (const name of activeBefore) if (active.includes(name)) active.splice(active.indexOf(name), 1);
  active.push(...openElsewhere);
  // A worker that has ended has no id.
  return !own.has('workers') && workers.some(({ threadId }) => threadId > 0) ? [...active, 'Worker'] : active;
}
