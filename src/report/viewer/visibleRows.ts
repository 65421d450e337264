import type { InterleavingData } from '../data.ts';
import { type DiagramRow, layOutRows } from './rows.ts';

/** The rows that a filter leaves, and the row of each step. */
export class VisibleRows {
  readonly rows: readonly DiagramRow[];
  /** By step: its row, or the row of the next visible step. */
  readonly rowOf: Int32Array;
  /** By step: its row, or the row of the last visible step before it; -1 if there is none. */
  readonly rowBefore: Int32Array;
  /**
   * By first step of an operation: the row of its name and its last row. Without an entry it is not
   * visible.
   */
  readonly boxes = new Map<number, { readonly first: number; last: number }>();
  private readonly data: InterleavingData;

  constructor(data: InterleavingData, isVisible: (step: number) => boolean) {
    this.data = data;
    this.rows = layOutRows(data, isVisible);
    const { length } = data.steps;
    this.rowOf = new Int32Array(length + 1).fill(this.rows.length);
    this.rows.forEach((row, i) => {
      if (row.kind === 'step') this.rowOf[row.step] = i;
    });
    for (let s = length - 1; s >= 0; s--) if (this.rowOf[s] === this.rows.length) this.rowOf[s] = this.rowOf[s + 1];
    this.rowBefore = new Int32Array(length);
    for (let s = 0; s < length; s++)
      this.rowBefore[s] = this.isVisible(s) ? this.rowOf[s] : (this.rowBefore[s - 1] ?? -1);
    this.findBoxes();
  }

  get isEmpty(): boolean {
    return !this.rows.some(({ kind }) => kind === 'step');
  }

  isVisible(step: number): boolean {
    const row = this.rows[this.rowOf[step]];
    return row?.kind === 'step' && row.step === step;
  }

  /**
   * The visible step that is `distance` visible steps after `step`, clamped to the first and the
   * last one.
   */
  neighbour(step: number, distance: number): number {
    const steps = this.rows.flatMap((row) => (row.kind === 'step' ? [row.step] : []));
    if (steps.length === 0) return step;
    const next = steps.findIndex((other) => other >= step);
    const at = next < 0 ? steps.length : next;
    // From a hidden step, one step forward is the next visible one, which `at` is already.
    const target = distance > 0 && steps[at] !== step ? at + distance - 1 : at + distance;
    return steps[Math.max(0, Math.min(steps.length - 1, target))];
  }

  private findBoxes(): void {
    const open = new Map<number, { last: number }>();
    this.rows.forEach((row, i) => {
      if (row.kind === 'operation') {
        const box = { first: i, last: i };
        this.boxes.set(row.from, box);
        open.set(row.actor, box);
      } else if (row.kind === 'step') {
        const { actor, kind } = this.data.steps[row.step];
        const box = open.get(actor);
        if (box !== undefined && kind !== 'leaves') box.last = i;
      }
    });
  }
}
