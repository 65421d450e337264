import { syncBuiltinESMExports } from 'node:module';
import { oneLine } from '../input/oneLine.ts';

/** Not in the types of Node. `exit` calls it. */
const { exit, reallyExit } = process as unknown as Readonly<
  Record<'exit' | 'reallyExit', (...values: unknown[]) => void>
>;
const kill = process.kill.bind(process);

let onEnding: ((call: string) => never) | undefined;

/**
 * From now on, a module that ends its thread or the process by a function of `process` calls `end`
 * instead. Only the thread that calls this is protected, and no thread is from a signal that
 * another process sends.
 *
 * @param end gets the call, such as `process.exit(0)`. Replaces the one that was given before.
 */
export function forbidEnding(end: (call: string) => never): void {
  const isFirst = onEnding === undefined;
  onEnding = end;
  if (!isFirst) return;
  // After an error that nothing catches, Node itself ends the thread by these functions.
  let isFailing = false;
  process.on('uncaughtExceptionMonitor', () => {
    isFailing = process.listenerCount('uncaughtException') === 0;
  });
  const forbidden =
    (name: string, original?: (...values: unknown[]) => unknown) =>
    (...values: unknown[]) => {
      if (isFailing && original !== undefined) return original.apply(process, values);
      return onEnding!(`process.${name}(${values.map(show).join(', ')})`);
    };
  const killOthers = (pid: number, signal?: string | number): unknown =>
    signal !== 0 && isOwn(pid) ? forbidden('kill')(pid, ...(signal === undefined ? [] : [signal])) : kill(pid, signal);
  const exits = { exit: forbidden('exit', exit), reallyExit: forbidden('reallyExit', reallyExit) };
  Object.assign(process, exits, { abort: forbidden('abort'), kill: killOthers });
  // For a module that imports them: `import { exit } from 'node:process'`.
  syncBuiltinESMExports();
}

/** Ends this thread. The error is not seen, because no code of the thread runs any more. */
export function exitThread(): never {
  reallyExit.call(process, 1);
  throw new Error('this thread ends');
}

/** What is said of a module. */
export const mustNotCall = (call: string): string => `calls ${call}: a module must not do that`;

/** This process, or its group. */
const isOwn = (pid: number): boolean => [process.pid, -process.pid, 0].includes(Number(pid));

/** Whatever a module has passed. */
function show(value: unknown): string {
  if (value === process.pid) return 'process.pid';
  if (typeof value === 'number') return `${value}`;
  return typeof value === 'string' ? `'${oneLine(value.slice(0, 20))}'` : '…';
}
