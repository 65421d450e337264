import type { InterleavingData } from './data.ts';

/** Steps, inclusive, in which an actor holds a lock or performs an operation. */
export interface Span {
  readonly actor: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** Number of spans around this one. */
  readonly depth: number;
}

/** The spans in which locks are held. */
export function findLockSpans({ steps, places }: InterleavingData): Span[] {
  const spans: Span[] = [];
  const held = new Map<string, { from: number; depth: number }>();
  const depths = new Map<number, number>();
  const end = (actor: number, place: number, to: number): void => {
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
    } else if (kind === 'unlock') end(actor, place, step);
  });
  for (const key of [...held.keys()]) {
    const [actor, place] = key.split(':').map(Number);
    end(actor, place, steps.length - 1);
  }
  return spans.sort((a, b) => a.from - b.from);
}

/** The spans of the operations. An operation that is repeated has a span for each run. */
export function findOperationSpans({ steps, actors }: InterleavingData): Span[] {
  const spans: Span[] = [];
  const begun = new Map<number, number>();
  const last = new Map<number, number>();
  const end = (actor: number): void => {
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
    if (ends) end(actor);
  });
  for (const actor of [...begun.keys()]) end(actor);
  return spans.sort((a, b) => a.from - b.from);
}
