import { Kind } from '../../memory/memory.ts';
import { mixHash } from '../hash.ts';
import type { CoherenceOrder } from './coherenceOrder.ts';

/** What has read from what, and which store comes after which, in an execution of a memory model. */
export interface Relations {
  readonly steps: number;
  readonly schedule: Uint8Array;
  readonly footprints: Int32Array;
  readonly values: Uint32Array;
  readonly stores: CoherenceOrder;
  /** By step: the stores that it read from, and made, one an atom. */
  storesRead(s: number): readonly number[];
  written(s: number): readonly number[];
  /** The actor whose store step `s` lets out of its buffer; -1 where it is a step of an actor. */
  flushedThread(s: number): number;
}

/** By location of its cell: the step whose store step `s` has read, and the step of the newest store that there was. Undefined where it reads nothing of the kind. */
export function readsOf(of: Relations, s: number): { from: number; newest: number }[] | undefined {
  const { step, atom, order } = of.stores;
  const kind = of.footprints[s] & 31;
  const read = of.storesRead(s);
  if (read.length === 0 || kind === Kind.lock) return undefined;
  return read.map((store) => {
    const newest = order[atom[store]].findLast((other) => step[other] < s)!;
    return { from: step[store], newest: step[newest] };
  });
}

/**
 * The class of an execution: which step has read from which store, and the coherence order; as four words of hash, of which the last two say reads-from alone. A
 * step is known by its thread and its number there. Wake-ups are told apart by whom they woke.
 */
export function classOf(of: Relations): readonly [number, number, number, number] {
  const { steps, schedule, footprints, values, stores } = of;
  const taken = new Int32Array(32);
  const names = new Int32Array(steps);
  let [a, b, c, d] = [0, 0, 0, 0];
  const add = (h: number, isRead: boolean): void => {
    a = (a + h) | 0;
    b = (b + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
    if (!isRead) return;
    c = (c + h) | 0;
    d = (d + Math.imul(h ^ (h >>> 16), 0x297a2d39)) | 0;
  };
  const nameOf = (store: number): number => (stores.step[store] < 0 ? 0 : names[stores.step[store]]);
  for (let s = 0; s < steps; s++) names[s] = (++taken[schedule[s]] << 5) | schedule[s];
  for (let s = 0; s < steps; s++) {
    if (of.flushedThread(s) >= 0) continue;
    const from = of.storesRead(s);
    let h = mixHash(footprints[s], names[s]);
    for (const store of from) h = mixHash(h, nameOf(store));
    if ((footprints[s] & 31) === Kind.wake) h = mixHash(h, values[s]);
    add(h, from.length > 0 && (footprints[s] & 31) !== Kind.lock);
  }
  for (const order of stores.order)
    for (let i = 1; i < order.length; i++)
      add(mixHash(stores.atom[order[i]], mixHash(nameOf(order[i - 1]), nameOf(order[i]))), false);
  return [a, b, c, d];
}
