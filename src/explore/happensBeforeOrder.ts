/**
 * Which steps of an execution happen before which: in that order in all executions of its class.
 */
export interface HappensBeforeOrder {
  readonly threads: number;
  /**
   * `clocks[s * threads + t]`: how many steps of thread t happen before step s, itself included.
   */
  readonly clocks: Int32Array;
  /** By step: its number among those of its thread, from 1. */
  readonly locals: Int32Array;
  /** Whether step `a` happens before step `b`, or is it. */
  before(a: number, b: number): boolean;
}
