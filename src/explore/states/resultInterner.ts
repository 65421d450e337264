import { resultText } from '../../memory/result.ts';
import type { Execution } from '../execution/execution.ts';

/** HOT where results tell states apart. Numbers for what a thread's operations have returned so far: the same where nobody can tell the results apart. */
export class ResultInterner {
  private readonly execution: Execution;
  /** By thread and performed operation: its leaf when that was last looked at, and the number for all results up to there. */
  private readonly leaves: number[][];
  private readonly numbers: number[][];
  /** By leaf: what it returned, as text. */
  private readonly texts = new Map<number, string>();
  private readonly known = new Map<string, number>();

  constructor(execution: Execution) {
    this.execution = execution;
    this.leaves = execution.program.actors.map(() => []);
    this.numbers = execution.program.actors.map(() => []);
  }

  of(thread: number): number {
    const { execution } = this;
    const leaves = this.leaves[thread];
    const numbers = this.numbers[thread];
    const performed = execution.performed[thread];
    let number = 0;
    for (let i = 0; i < performed; i++) {
      const leaf = execution.leafOf(thread, i);
      if (leaves[i] !== leaf) {
        leaves[i] = leaf;
        numbers[i] = this.intern(`${number} ${this.textOf(leaf)}`);
        // Those that come after it are numbered by it.
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
