import { isStopRequested } from '../process/stopRequest.ts';

/** The limits of a search. Reaching one is an outcome of its own, never a pass. Infinity: none. */
export interface Limits {
  /** How many complete executions. */
  readonly executions: number;
  /** Of wall-clock time. */
  readonly seconds: number;
  /** How many bytes the set of states may take. */
  readonly bytes: number;
  /** After how many executions that reach the limit of steps the search ends; left out: never. */
  readonly cuts?: number;
}

/** A limit of memory as messages show it. */
export function formatMemoryLimit(bytes: number): string {
  const size = bytes < 2 ** 20 ? `${bytes} bytes` : `${Number((bytes / 2 ** 20).toFixed(1))} MB`;
  return `${size} of memory`;
}

export const noLimits: Limits = { executions: Infinity, seconds: Infinity, bytes: 2 ** 31 };

/**
 * The deadline of an execution outside of a search, such as a replay. A request to stop does not
 * cut it, because what it shows would then be wrong.
 */
export const NO_DEADLINE = Number.MAX_VALUE;

/** The clock of the engine. Code under test may be given another `performance.now`. */
const now = performance.now.bind(performance);

/**
 * Whether the time `until`, by `performance.now`, has passed. A request to stop ends the time of
 * every search.
 */
export const isPast = (until: number): boolean => now() > until || (isStopRequested() && until !== NO_DEADLINE);

/**
 * The time in milliseconds, which all worker threads agree on; `performance.now` differs by thread.
 */
export const wallClock = (): number => performance.timeOrigin + now();

/**
 * Says when a time is over. Reads the clock only at every 64th call. The clock decides nothing
 * else.
 */
export class Deadline {
  readonly start = now();
  readonly end: number;
  private calls = 0;

  constructor(seconds: number) {
    this.end = this.start + seconds * 1000;
  }

  get seconds(): number {
    return (now() - this.start) / 1000;
  }

  /** At least 0. */
  get secondsLeft(): number {
    return Math.max(0, (this.end - now()) / 1000);
  }

  get over(): boolean {
    return (++this.calls & 63) === 0 && isPast(this.end);
  }
}
