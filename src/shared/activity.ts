import type { Memory } from '../memory/memory.ts';
import type { EventLoop } from './eventLoop.ts';

/** What this thread runs now that may use shared memory. */
export interface Activity {
  /**
   * `setup`: buffers are made, and get their initial values. `trial`: an operation runs once, to
   * see what it makes of them. `operation` and `property`: they are cells.
   */
  readonly kind: 'setup' | 'trial' | 'operation' | 'property';
  /** The cells; undefined before there are any. */
  readonly mem: Memory | undefined;
  /** The callbacks of an operation. */
  readonly loop: EventLoop | undefined;
}

let current: Activity | undefined;

export const activity = (): Activity | undefined => current;

/** Calls `body` as `next`. An operation is suspended by a throw through it. */
export function during<T>(next: Activity, body: () => T): T {
  const before = current;
  current = next;
  try {
    return body();
  } finally {
    current = before;
  }
}
