import type { Execution } from './execution.ts';

/**
 * Shows memory and results at a cut: a set of steps that contains all that happens before them.
 * Other executions of the same happens-before class pass through it. Here it is the steps redone
 * since `begin`. After `end` the execution is as it was.
 */
export class StateAtCut {
  private readonly execution: Execution;
  private memory = new Uint32Array(0);
  private performed = new Int32Array(0);

  constructor(execution: Execution) {
    this.execution = execution;
  }

  /** Goes to the empty cut. */
  begin(): void {
    const { bytes, initial, memory, threads } = this.execution;
    this.memory = bytes.u32.slice();
    this.performed = threads.performed.slice();
    bytes.u32.set(initial);
    memory.rewind();
    threads.setPerformed(threads.performedAtStart);
  }

  /** Adds step `s`, with which so many operations ended. */
  redo(s: number, ended: number): void {
    this.execution.memory.redo(s);
    this.addPerformed(s, ended);
  }

  /** Takes back the last `redo`. */
  unredo(s: number, ended: number): void {
    this.addPerformed(s, -ended);
    this.execution.memory.unredo(s);
  }

  end(): void {
    this.execution.bytes.u32.set(this.memory);
    this.execution.threads.setPerformed(this.performed);
  }

  private addPerformed(s: number, count: number): void {
    const { schedule, threads } = this.execution;
    if (count === 0) return;
    threads.performed[schedule[s]] += count;
    threads.setPerformed(threads.performed);
  }
}
