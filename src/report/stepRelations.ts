import { isCmpxchg, isFence, isRead, isWrite, Kind, kindOf, placeOf } from '../memory/kinds.ts';
import type { Layout } from '../memory/layout.ts';
import type { Step, Trace } from '../memory/trace.ts';

/** Stands for the initial value where a step that stored is expected. */
export const INITIAL_VALUE = -1;

/** How a step is related to others. Steps are indices in the trace. */
export interface StepRelation {
  /**
   * Reads-from: the steps whose stores it reads, and the newest store that it could have read
   * instead.
   */
  readonly reads: readonly { readonly from: number; readonly newest: number }[];
  /** Steps of other threads whose stores it overwrites without having read them. */
  readonly overwrites: readonly number[];
  /** The earlier step whose store is later than this one in coherence order. */
  readonly coherenceBefore?: number;
}

const NONE: StepRelation = { reads: [], overwrites: [] };

/**
 * The relations of each step. They are found byte by byte, because accesses of several widths can
 * overlap. Locks have none: their order is that of the steps.
 */
export function findStepRelations(trace: Trace, { places }: Layout): StepRelation[] {
  /** By byte: the step that wrote it last. */
  const written = new Map<number, number>();
  /** By thread and byte: the write that the thread read or wrote last. */
  const seen = new Map<string, number>();
  /** By wait queue: the step that woke it last. */
  const woken = new Map<number, number>();
  return trace.map((step, s): StepRelation => {
    const kind = kindOf(step.code);
    if (isFence(kind)) return NONE;
    const place = places[placeOf(step.code)];
    if (kind === Kind.wake || kind === Kind.wakeSome) woken.set(place.offset, s);
    const wake = woken.get(place.offset);
    if (kind === Kind.wakeSome || (kind === Kind.resumeFor && step.value === 0n)) return NONE;
    if (kind === Kind.resume || kind === Kind.resumeFor)
      return wake === undefined ? NONE : { reads: [{ from: wake, newest: wake }], overwrites: [] };
    if (place.kind === 'mutex' || place.kind === 'spinlock' || step.leaves) return NONE;
    if (step.under !== undefined) return { reads: step.reads ?? [], overwrites: [], coherenceBefore: step.under };
    if (step.reads !== undefined) return { reads: unique(step.reads), overwrites: [] };
    const bytes = Array.from({ length: place.bits / 8 }, (_, i) => place.offset + i);
    const last = (byte: number): number => written.get(byte) ?? INITIAL_VALUE;
    const reads = isRead(kind) ? unique(bytes.map((byte) => ({ from: last(byte), newest: last(byte) }))) : [];
    if (isRead(kind)) for (const byte of bytes) seen.set(`${step.thread}:${byte}`, last(byte));
    if (!hasWritten(step)) return { reads, overwrites: [] };
    const unseen = bytes.filter((byte) => {
      const writer = last(byte);
      if (writer === INITIAL_VALUE || trace[writer].thread === step.thread) return false;
      return seen.get(`${step.thread}:${byte}`) !== writer;
    });
    const overwrites = [...new Set(unseen.map(last))].sort((a, b) => a - b);
    for (const byte of bytes) written.set(byte, s);
    return { reads, overwrites };
  });
}

/**
 * A mark for each step through which threads communicate, and '' for the others. `← 3`: it reads
 * what another thread wrote in step 3. `over 3`: it overwrites step 3 without having read it.
 * `under 3`: step 3 is later in coherence order, so it overwrites this store.
 */
export const communicationMarks = (trace: Trace, layout: Layout): string[] =>
  findStepRelations(trace, layout).map((relation, s) => formatMark(trace, s, relation));

function formatMark(trace: Trace, s: number, { reads, overwrites, coherenceBefore }: StepRelation): string {
  if (coherenceBefore !== undefined) return `under ${coherenceBefore + 1}`;
  const { thread, reads: chosen } = trace[s];
  const shown = reads.filter(
    ({ from, newest }) => from !== newest || (from !== INITIAL_VALUE && trace[from].thread !== thread),
  );
  // Without a choice of stores, every read is of the newest one.
  if (chosen === undefined && shown.length > 0) return `← ${formatSteps(shown.map(({ from }) => from))}`;
  if (shown.length > 0)
    return shown
      .map(({ from, newest }) => `← ${formatStep(from)}${from === newest ? '' : `, not ${formatStep(newest)}`}`)
      .join('; ');
  return overwrites.length > 0 ? `over ${formatSteps(overwrites)}` : '';
}

const formatStep = (s: number): string => (s === INITIAL_VALUE ? 'the initial value' : `${s + 1}`);
const formatSteps = (steps: readonly number[]): string =>
  [...new Set(steps)]
    .sort((a, b) => a - b)
    .map(formatStep)
    .join(', ');

function unique(reads: NonNullable<Step['reads']>): StepRelation['reads'] {
  return reads.filter(
    ({ from, newest }, i) => i === reads.findIndex((other) => other.from === from && other.newest === newest),
  );
}

/** Whether a step wrote. A cmpxchg that failed only read. */
const hasWritten = ({ code, old, value }: Step): boolean =>
  isWrite(kindOf(code)) && !(isCmpxchg(kindOf(code)) && old === value);
