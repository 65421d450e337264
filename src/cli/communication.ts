import type { Layout } from '../memory/layout.ts';
import { Kind, kindOf, placeOf, reads, writes } from '../memory/memory.ts';
import type { Step, Trace } from '../memory/trace.ts';

/**
 * Which accesses communicate, by step: `← 3` reads what another thread wrote at step 3; `over 3` writes over that without having read it. By byte, as
 * accesses of several widths meet. A lock says by itself who had it before.
 */
export function communications(trace: Trace, { places }: Layout): string[] {
  /** By byte: the step that wrote it last. By thread and byte: the write that it saw last, its own ones too. */
  const written = new Map<number, number>();
  const seen = new Map<string, number>();
  const woken = new Map<number, number>();
  return trace.map((step, s) => {
    const kind = kindOf(step.code);
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
    const from = reads(kind) ? others(false) : '';
    if (reads(kind)) for (const byte of bytes) seen.set(`${step.thread}:${byte}`, written.get(byte) ?? -1);
    const over = changes(step) ? others(true) : '';
    if (changes(step)) for (const byte of bytes) written.set(byte, s);
    return from !== '' ? `← ${from}` : over !== '' ? `over ${over}` : '';
  });
}

/** Whether a step wrote: a cmpxchg that failed only read. */
const changes = ({ code, old, value }: Step): boolean =>
  writes(kindOf(code)) && !(kindOf(code) === Kind.cmpxchg && old === value);

const listed = (steps: readonly number[]): string => [...new Set(steps)].sort((a, b) => a - b).join(', ');
