import { Script } from 'node:vm';

/** What `withinTime` returns where the time was over. */
export const OUT_OF_TIME = Symbol('out of time');

const CALL = Symbol.for('gfnring: call');
const script = new Script(`globalThis[Symbol.for('gfnring: call')]()`);

/**
 * Runs code that looks at the clock itself, and ends it where it does not: an operation may loop without an access, and then nothing else gets to run on its
 * thread. Node has another thread that ends it. No `catch` and no `finally` of that code runs then.
 *
 * @param seconds from 0.001; Infinity: there is no limit.
 */
export function withinTime<T>(seconds: number, call: () => T): T | typeof OUT_OF_TIME {
  if (seconds > 1e6) return call();
  const holder = globalThis as Record<symbol, unknown>;
  const outer = holder[CALL];
  let result: T | undefined;
  holder[CALL] = () => {
    result = call();
  };
  try {
    script.runInThisContext({ timeout: Math.max(1, Math.ceil(seconds * 1000)) });
    return result as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return OUT_OF_TIME;
    throw error;
  } finally {
    holder[CALL] = outer;
  }
}
