import type { InterleavingData } from '../data.ts';

/**
 * A row of the diagram. An operation is named above its first visible step; `from` is its first
 * step, visible or not.
 */
export type DiagramRow =
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'operation'; readonly actor: number; readonly from: number; readonly label: string }
  | { readonly kind: 'failure' };

/** All rows: the steps, a row above each operation, and a row below the step of the violation. */
export function layOutRows(data: InterleavingData, isVisible: (step: number) => boolean): DiagramRow[] {
  const rows: DiagramRow[] = [];
  /** By actor: the first step of an operation that is not named yet. */
  const unnamed = new Map<number, number>();
  data.steps.forEach(({ actor, kind, begins }, step) => {
    if (begins) unnamed.set(actor, step);
    if (isVisible(step)) {
      const from = unnamed.get(actor);
      if (from !== undefined && kind !== 'leaves') {
        const label = data.actors[actor].operations[data.steps[from].operation];
        rows.push({ kind: 'operation', actor, from, label });
        unnamed.delete(actor);
      }
      rows.push({ kind: 'step', step });
    }
    if (data.failed?.step === step) rows.push({ kind: 'failure' });
  });
  return rows;
}
