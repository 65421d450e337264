import type { InterleavingData } from '../data.ts';

/** A line of the diagram. An operation is named above the first of its steps that is shown; `from` is its first step. */
export type TableRow =
  | { readonly is: 'step'; readonly step: number }
  | { readonly is: 'operation'; readonly actor: number; readonly from: number; readonly label: string }
  | { readonly is: 'failure' };

/** A lock that an actor holds, or an operation that it performs: from one step to another, both included; `depth` counts those around it. */
export interface Span {
  readonly actor: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly depth: number;
}

/** The lines of the diagram: steps, a line above where an operation begins, one below the step at which something failed. */
export function rowsOf(of: InterleavingData, isShown: (step: number) => boolean): TableRow[] {
  const rows: TableRow[] = [];
  /** By actor: the operation that is not named yet. */
  const begun = new Map<number, number>();
  of.steps.forEach(({ actor, kind, begins }, step) => {
    if (begins) begun.set(actor, step);
    if (isShown(step)) {
      const from = begun.get(actor);
      if (from !== undefined && kind !== 'leaves') {
        rows.push({ is: 'operation', actor, from, label: of.actors[actor].operations[of.steps[from].operation] });
        begun.delete(actor);
      }
      rows.push({ is: 'step', step });
    }
    if (of.failed?.step === step) rows.push({ is: 'failure' });
  });
  return rows;
}

/** What is held, and for how long. */
export function locksOf({ steps, places }: InterleavingData): Span[] {
  const spans: Span[] = [];
  const held = new Map<string, { from: number; depth: number }>();
  const depths = new Map<number, number>();
  const add = (actor: number, place: number, to: number): void => {
    const lock = held.get(`${actor}:${place}`);
    if (lock === undefined) return;
    held.delete(`${actor}:${place}`);
    depths.set(actor, (depths.get(actor) ?? 1) - 1);
    spans.push({ actor, from: lock.from, to, label: places[place].name, depth: lock.depth });
  };
  steps.forEach(({ actor, kind, place }, step) => {
    if (place === undefined) return;
    if (kind === 'lock') {
      const depth = depths.get(actor) ?? 0;
      held.set(`${actor}:${place}`, { from: step, depth });
      depths.set(actor, depth + 1);
    } else if (kind === 'unlock') add(actor, place, step);
  });
  for (const key of [...held.keys()]) {
    const [actor, place] = key.split(':').map(Number);
    add(actor, place, steps.length - 1);
  }
  return spans.sort((a, b) => a.from - b.from);
}

/** The operations, run by run. */
export function operationsOf({ steps, actors }: InterleavingData): Span[] {
  const spans: Span[] = [];
  const begun = new Map<number, number>();
  const last = new Map<number, number>();
  const add = (actor: number): void => {
    const from = begun.get(actor);
    if (from === undefined) return;
    begun.delete(actor);
    const label = actors[actor].operations[steps[from].operation];
    spans.push({ actor, from, to: last.get(actor)!, label, depth: 0 });
  };
  steps.forEach(({ actor, kind, begins, ends }, step) => {
    if (kind === 'leaves') return;
    if (begins) begun.set(actor, step);
    last.set(actor, step);
    if (ends) add(actor);
  });
  for (const actor of [...begun.keys()]) add(actor);
  return spans.sort((a, b) => a.from - b.from);
}
