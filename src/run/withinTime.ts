import { Script } from 'node:vm';

/** The result of a call that `withinTime` ended. */
export const OUT_OF_TIME = Symbol('out of time');

const CALL = Symbol.for('gfnring: call');
const script = new Script(`globalThis[Symbol.for('gfnring: call')]()`);

/**
 * Runs a function and ends it after some time, even if it loops for ever without reaching a check
 * of the clock. The watchdog thread of `node:vm` ends it. No `catch` and no `finally` of the
 * function runs then.
 *
 * @param seconds from 0.001. Infinity: no limit.
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
