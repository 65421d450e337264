/** Everything has a limit, and reaching one is an outcome of its own. Infinity: none. */
export interface Limits {
  /** Complete executions. */
  readonly executions: number;
  /** Of wall time. */
  readonly seconds: number;
  /** Bytes that the set of states may take. */
  readonly bytes: number;
  /** Executions that reach the limit of steps, after which the search ends; left out: it goes on. */
  readonly cuts?: number;
}

export const noLimits: Limits = { executions: Infinity, seconds: Infinity, bytes: 2 ** 31 };

/** Whether the moment `until`, by `performance.now`, has passed. */
export const isPast = (until: number): boolean => performance.now() > until;

/** The time in milliseconds, the same on all threads, where `performance.now` is not. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

/** Tells when a time is over, and looks at the clock only every so often. The clock decides nothing else. */
export class Deadline {
  readonly start = performance.now();
  readonly end: number;
  private calls = 0;

  constructor(seconds: number) {
    this.end = this.start + seconds * 1000;
  }

  get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  get over(): boolean {
    return (++this.calls & 63) === 0 && performance.now() > this.end;
  }
}
