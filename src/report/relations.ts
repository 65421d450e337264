import type { Layout } from '../memory/layout.ts';
import { isFence, isRead, isWrite, Kind, kindOf, placeOf } from '../memory/memory.ts';
import type { Step, Trace } from '../memory/trace.ts';

/** From where a step has read, instead of a step: the initial value. */
export const INITIAL_VALUE = -1;

/** What a step has to do with others, by their indices in the trace. */
export interface Relation {
  /** The steps whose stores it has read, its own thread's too; and the newest stores that it could have read instead. */
  readonly reads: readonly { readonly from: number; readonly newest: number }[];
  /** Steps of other threads whose stores it has written over, without having seen them. */
  readonly over: readonly number[];
  /** The earlier step whose store comes after this one in coherence order. */
  readonly under?: number;
}

const NONE: Relation = { reads: [], over: [] };

/** Who has read from whom, and written over whom, by step. By byte, as accesses of several widths meet. A lock says by itself who had it before. */
export function relationsOf(trace: Trace, { places }: Layout): Relation[] {
  /** By byte: the step that wrote it last. By thread and byte: the write that it saw last, its own ones too. */
  const written = new Map<number, number>();
  const seen = new Map<string, number>();
  const woken = new Map<number, number>();
  return trace.map((step, s): Relation => {
    const kind = kindOf(step.code);
    if (isFence(kind)) return NONE;
    const place = places[placeOf(step.code)];
    if (kind === Kind.wake) woken.set(place.id, s);
    const wake = woken.get(place.id);
    if (kind === Kind.resume) return wake === undefined ? NONE : { reads: [{ from: wake, newest: wake }], over: [] };
    if (place.kind === 'mutex' || place.kind === 'spinlock' || step.leaves) return NONE;
    if (step.under !== undefined) return { reads: step.reads ?? [], over: [], under: step.under };
    if (step.reads !== undefined) return { reads: distinct(step.reads), over: [] };
    const bytes = Array.from({ length: place.bits / 8 }, (_, i) => place.offset + i);
    const last = (byte: number): number => written.get(byte) ?? INITIAL_VALUE;
    const from = isRead(kind) ? distinct(bytes.map((byte) => ({ from: last(byte), newest: last(byte) }))) : [];
    if (isRead(kind)) for (const byte of bytes) seen.set(`${step.thread}:${byte}`, last(byte));
    if (!changes(step)) return { reads: from, over: [] };
    const unseen = bytes.filter((byte) => {
      const by = last(byte);
      return by !== INITIAL_VALUE && trace[by].thread !== step.thread && seen.get(`${step.thread}:${byte}`) !== by;
    });
    const over = [...new Set(unseen.map(last))].sort((a, b) => a - b);
    for (const byte of bytes) written.set(byte, s);
    return { reads: from, over };
  });
}

/**
 * The same in words, where threads communicate: `← 3` reads what another thread wrote at step 3; `over 3` writes over that without having read it; `under 3` writes
 * what step 3 has written over, as it comes before that in coherence order.
 */
export const communications = (trace: Trace, layout: Layout): string[] =>
  relationsOf(trace, layout).map((relation, s) => inWords(trace, s, relation));

function inWords(trace: Trace, s: number, { reads, over, under }: Relation): string {
  if (under !== undefined) return `under ${under + 1}`;
  const { thread, reads: told } = trace[s];
  const isNews = ({ from, newest }: Relation['reads'][number]): boolean =>
    from !== newest || (from !== INITIAL_VALUE && trace[from].thread !== thread);
  const news = reads.filter(isNews);
  // Where memory is one, the newest is what is read.
  if (told === undefined && news.length > 0) return `← ${listed(news.map(({ from }) => from))}`;
  if (news.length > 0)
    return news
      .map(({ from, newest }) => (from === newest ? `← ${name(from)}` : `← ${name(from)}, not ${name(newest)}`))
      .join('; ');
  return over.length > 0 ? `over ${listed(over)}` : '';
}

const name = (s: number): string => (s === INITIAL_VALUE ? 'the initial value' : `${s + 1}`);
const listed = (steps: readonly number[]): string =>
  [...new Set(steps)]
    .sort((a, b) => a - b)
    .map(name)
    .join(', ');

/** Each once. */
function distinct(of: NonNullable<Step['reads']>): Relation['reads'] {
  return of.filter(({ from, newest }, i) => i === of.findIndex((b) => b.from === from && b.newest === newest));
}

/** Whether a step wrote: a cmpxchg that failed only read. */
const changes = ({ code, old, value }: Step): boolean =>
  isWrite(kindOf(code)) && !(kindOf(code) === Kind.cmpxchg && old === value);
