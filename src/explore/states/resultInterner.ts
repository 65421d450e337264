import { resultText } from '../../memory/result.ts';
import type { Execution } from '../execution/execution.ts';

/**
 * HOT if results are part of the state. Numbers the results that a thread's operations have
 * returned so far. Two sequences of results have the same number if no property can tell them
 * apart.
 */
export class ResultInterner {
  private readonly execution: Execution;
  /** By thread and performed operation: the leaf that it ended with when it was last seen. */
  private readonly leaves: number[][];
  /** By thread and performed operation: the number of the results up to and including its own. */
  private readonly numbers: number[][];
  /** By leaf: the result as text. */
  private readonly texts = new Map<number, string>();
  private readonly known = new Map<string, number>();

  constructor(execution: Execution) {
    this.execution = execution;
    this.leaves = execution.program.actors.map(() => []);
    this.numbers = execution.program.actors.map(() => []);
  }

  /** The number of the current results of a thread; 0 if it has none yet. */
  numberOf(thread: number): number {
    const { execution } = this;
    const leaves = this.leaves[thread];
    const numbers = this.numbers[thread];
    const performed = execution.performed[thread];
    let number = 0;
    for (let i = 0; i < performed; i++) {
      const leaf = execution.threads.leafOf(thread, i);
      if (leaves[i] !== leaf) {
        leaves[i] = leaf;
        numbers[i] = this.intern(`${number} ${this.textOf(leaf)}`);
        // The numbers of later results depend on this one.
        leaves.length = i + 1;
      }
      number = numbers[i];
    }
    return number;
  }

  private intern(results: string): number {
    const known = this.known.get(results);
    if (known !== undefined) return known;
    this.known.set(results, this.known.size + 1);
    return this.known.size;
  }

  private textOf(leaf: number): string {
    let text = this.texts.get(leaf);
    if (text === undefined) {
      text = resultText(this.execution.tree.end(leaf));
      this.texts.set(leaf, text);
    }
    return text;
  }
}
