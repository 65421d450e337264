import type { InterleavingData } from '../data.ts';
import { rowsOf, type TableRow } from './rows.ts';

/** Which lines of the diagram are shown under a filter, and at which of them each step is. */
export class Lines {
  readonly rows: readonly TableRow[];
  /** By step: its line, or that of the next one shown after it; and that of the last one shown up to it, -1 where there is none. */
  readonly at: Int32Array;
  readonly before: Int32Array;
  /** By first step of an operation of which a step is shown: its first line, where it is named, and its last. */
  readonly boxes = new Map<number, { readonly first: number; last: number }>();
  private readonly of: InterleavingData;

  constructor(of: InterleavingData, isShown: (step: number) => boolean) {
    this.of = of;
    this.rows = rowsOf(of, isShown);
    const { length } = of.steps;
    this.at = new Int32Array(length + 1).fill(this.rows.length);
    this.rows.forEach((row, line) => {
      if (row.is === 'step') this.at[row.step] = line;
    });
    for (let s = length - 1; s >= 0; s--) if (this.at[s] === this.rows.length) this.at[s] = this.at[s + 1];
    this.before = new Int32Array(length);
    for (let s = 0; s < length; s++) this.before[s] = this.isShown(s) ? this.at[s] : (this.before[s - 1] ?? -1);
    this.findBoxes();
  }

  get isEmpty(): boolean {
    return !this.rows.some(({ is }) => is === 'step');
  }

  isShown(step: number): boolean {
    const row = this.rows[this.at[step]];
    return row?.is === 'step' && row.step === step;
  }

  /** The step that is shown `by` steps after another one, or before it; the first or the last, where there are not so many. */
  beside(step: number, by: number): number {
    const steps = this.rows.flatMap((row) => (row.is === 'step' ? [row.step] : []));
    if (steps.length === 0) return step;
    const next = steps.findIndex((other) => other >= step);
    const at = next < 0 ? steps.length : next;
    const to = by > 0 && steps[at] !== step ? at + by - 1 : at + by;
    return steps[Math.max(0, Math.min(steps.length - 1, to))];
  }

  private findBoxes(): void {
    const open = new Map<number, { last: number }>();
    this.rows.forEach((row, line) => {
      if (row.is === 'operation') {
        const box = { first: line, last: line };
        this.boxes.set(row.from, box);
        open.set(row.actor, box);
      } else if (row.is === 'step') {
        const { actor, kind } = this.of.steps[row.step];
        const box = open.get(actor);
        if (box !== undefined && kind !== 'leaves') box.last = line;
      }
    });
  }
}
