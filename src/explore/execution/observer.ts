import type { Violation } from './violation.ts';

/** Watches an execution step by step. */
export interface Observer {
  /** After `reset`, before the first step. Returns the violation that ends the execution. */
  start(): Violation | undefined;
  /** After each step, and after the operations that ended with it. */
  step(thread: number): Violation | undefined;
  /** After `backTo(steps)`. */
  back(steps: number): void;
}
