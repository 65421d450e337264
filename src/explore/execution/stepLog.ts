import { grownCopy } from '../../memory/grownCopy.ts';

/** No thread, no place, no access code. */
export const NONE = -1;

const INITIAL_SIZE = 1024;

/** HOT. The steps of an execution so far, a row each. `olds` is the undo log of memory. */
export class StepLog {
  /** How many rows are in use. */
  steps = 0;
  /** The thread that took the step. */
  schedule = new Uint8Array(INITIAL_SIZE);
  /** The trie node that its thread was at. */
  nodes = new Int32Array(INITIAL_SIZE);
  /** The access code; that of a load for a cmpxchg that failed. */
  footprints = new Int32Array(INITIAL_SIZE);
  /**
   * The loaded or stored value: lower and upper 32 bits. For a `wake`: the threads that woke, as
   * bits.
   */
  values = new Uint32Array(INITIAL_SIZE);
  highs = new Uint32Array(INITIAL_SIZE);
  /** What a written cell held before: lower and upper 32 bits. */
  olds = new Uint32Array(INITIAL_SIZE);
  oldHighs = new Uint32Array(INITIAL_SIZE);

  /** Makes room for one more row. */
  reserve(): void {
    if (this.steps === this.nodes.length) this.grow();
  }

  protected grow(): void {
    const size = this.nodes.length * 2;
    this.schedule = grownCopy(this.schedule, size);
    this.nodes = grownCopy(this.nodes, size);
    this.footprints = grownCopy(this.footprints, size);
    this.values = grownCopy(this.values, size);
    this.highs = grownCopy(this.highs, size);
    this.olds = grownCopy(this.olds, size);
    this.oldHighs = grownCopy(this.oldHighs, size);
  }
}
