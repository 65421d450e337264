import {
  isAcquire,
  isFence,
  isFullFence,
  isPlain,
  isRelease,
  isRmw,
  isWrite,
  Kind,
  kindOf,
  placeOf,
} from '../src/memory/kinds.ts';
import type { Trace } from '../src/memory/trace.ts';

/** One of the events of a step. A read-modify-write with full order is one between two fences. */
interface Event {
  readonly thread: number;
  readonly kind: number;
  readonly place: number;
  readonly step: number;
  /** The step of the store that it reads from, or -1. */
  readonly from: number;
}

/**
 * Whether an execution has a data race by the happens-before relation of RC11. It is computed from
 * the relations alone, without views. A read-modify-write with full order is a relaxed one between
 * two seq_cst fences. Only for programs whose cells do not overlap, without `rmb`, `wmb` and locks.
 *
 * @param passed the kinds of the fences that are no steps, between access number `nth` of a thread,
 *   from 0, and the one before.
 */
export function hasRace(trace: Trace, passed: (thread: number, nth: number) => readonly number[] = () => []): boolean {
  const taken = new Map<number, number>();
  const events = trace.flatMap((of, step): Event[] => {
    if (of.leaves) return [];
    const nth = taken.get(of.thread) ?? 0;
    taken.set(of.thread, nth + 1);
    const kind = kindOf(of.code);
    const event = { thread: of.thread, kind, place: placeOf(of.code), step, from: of.reads?.[0].from ?? -1 };
    const fence = { ...event, kind: Kind.mb, step: -1, from: -1 };
    const before = passed(of.thread, nth).map((kind) => ({ ...fence, kind }));
    return isRmw(kind) && isFullFence(kind) ? [...before, fence, event, fence] : [...before, event];
  });
  const inOrder = (a: number, b: number): boolean => a < b && events[a].thread === events[b].thread;
  const isFenceOf = (kind: number, half: (kind: number) => boolean): boolean =>
    isFence(kind) && (isFullFence(kind) || half(kind));
  const releases = (a: number, w: number): boolean =>
    a === w ? isRelease(events[w].kind) : inOrder(a, w) && isFenceOf(events[a].kind, isRelease);
  const acquires = (r: number, b: number): boolean =>
    b === r ? isAcquire(events[r].kind) : inOrder(r, b) && isFenceOf(events[b].kind, isAcquire);
  /** Whether `r` reads from `w`, directly or through a chain of read-modify-writes. */
  const readsFrom = (w: number, r: number): boolean => {
    const from = events.findIndex(({ step }) => step >= 0 && step === events[r].from);
    return from >= 0 && (from === w || (isRmw(events[from].kind) && readsFrom(w, from)));
  };
  const all = events.map((_, i) => i);
  const before = all.map((a) =>
    all.map(
      (b) => inOrder(a, b) || all.some((w) => releases(a, w) && all.some((r) => readsFrom(w, r) && acquires(r, b))),
    ),
  );
  for (const k of all) for (const i of all) if (before[i][k]) for (const j of all) before[i][j] ||= before[k][j];
  const conflict = (a: Event, b: Event): boolean =>
    a.thread !== b.thread &&
    !isFence(a.kind) &&
    !isFence(b.kind) &&
    a.place === b.place &&
    (isWrite(a.kind) || isWrite(b.kind)) &&
    (isPlain(a.kind) || isPlain(b.kind));
  return all.some((a) => all.some((b) => a < b && conflict(events[a], events[b]) && !before[a][b]));
}
