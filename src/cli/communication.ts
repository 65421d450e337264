import type { Layout } from '../memory/layout.ts';
import { isFence, Kind, kindOf, placeOf, reads, writes } from '../memory/memory.ts';
import type { Step, Trace } from '../memory/trace.ts';

/**
 * Which accesses communicate, by step: `← 3` reads what another thread wrote at step 3; `over 3` writes over that without having read it; `under 3` writes what
 * step 3 has written over, as it comes before that in coherence order. By byte, as accesses of several widths meet. A lock says by itself who had it before.
 */
export function communications(trace: Trace, { places }: Layout): string[] {
  /** By byte: the step that wrote it last. By thread and byte: the write that it saw last, its own ones too. */
  const written = new Map<number, number>();
  const seen = new Map<string, number>();
  const woken = new Map<number, number>();
  return trace.map((step, s) => {
    const kind = kindOf(step.code);
    if (isFence(kind)) return '';
    const place = places[placeOf(step.code)];
    if (kind === Kind.wake) woken.set(place.id, s);
    const wake = woken.get(place.id);
    if (kind === Kind.resume) return wake === undefined ? '' : `← ${wake + 1}`;
    if (place.kind === 'mutex' || place.kind === 'spinlock') return '';
    const bytes = Array.from({ length: place.bits / 8 }, (_, i) => place.offset + i);
    const others = (unseen: boolean): string =>
      listed(
        bytes.flatMap((byte) => {
          const from = written.get(byte);
          if (from === undefined || trace[from].thread === step.thread) return [];
          return unseen && seen.get(`${step.thread}:${byte}`) === from ? [] : [from + 1];
        }),
      );
    if (step.leaves) return '';
    if (step.under !== undefined) return `under ${step.under + 1}`;
    if (step.reads !== undefined) return told(trace, step);
    const from = reads(kind) ? others(false) : '';
    if (reads(kind)) for (const byte of bytes) seen.set(`${step.thread}:${byte}`, written.get(byte) ?? -1);
    const over = changes(step) ? others(true) : '';
    if (changes(step)) for (const byte of bytes) written.set(byte, s);
    return from !== '' ? `← ${from}` : over !== '' ? `over ${over}` : '';
  });
}

/** What a step has read where memory is not one, and what it could have read instead. */
function told(trace: Trace, { thread, reads }: Step): string {
  const name = (s: number): string => (s < 0 ? 'the initial value' : `${s + 1}`);
  const news = reads!.filter(({ from, newest }) => from !== newest || (from >= 0 && trace[from].thread !== thread));
  const texts = news.map(({ from, newest }) =>
    from === newest ? `← ${name(from)}` : `← ${name(from)}, not ${name(newest)}`,
  );
  return [...new Set(texts)].join('; ');
}

/** Whether a step wrote: a cmpxchg that failed only read. */
const changes = ({ code, old, value }: Step): boolean =>
  writes(kindOf(code)) && !(kindOf(code) === Kind.cmpxchg && old === value);

const listed = (steps: readonly number[]): string => [...new Set(steps)].sort((a, b) => a - b).join(', ');
