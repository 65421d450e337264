/** Which steps of an execution come before which in all executions of its class. */
export interface HappensBeforeOrder {
  readonly threads: number;
  /** By step and thread: how many steps of the thread come before it, itself included. */
  readonly clocks: Int32Array;
  /** By step: its number among those of its thread, from 1. */
  readonly locals: Int32Array;
  /** Whether step `a` comes before step `b`, or is it. */
  before(a: number, b: number): boolean;
}
