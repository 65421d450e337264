import { changesQueue, Kind, kindOf } from '../../memory/kinds.ts';
import type { Step } from '../../memory/trace.ts';
import type { StepLog } from '../execution/stepLog.ts';
import { mixHash } from '../hash.ts';
import type { CoherenceOrder } from './coherenceOrder.ts';
import type { MemoryModel } from './memoryModel.ts';

/** How a step is taken. Both lists are by location of the access, in order of the locations. */
export interface AccessChoice {
  /** The stores that it reads from; empty: it reads nothing. */
  readonly from: readonly number[];
  /** The stores that its own come right after, in coherence order; empty: it stores nothing. */
  readonly after: readonly number[];
}

const areEqual = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((store, i) => store === b[i]);

export const isSameChoice = (a: AccessChoice, b: AccessChoice): boolean =>
  areEqual(a.from, b.from) && areEqual(a.after, b.after);

/** A memory model whose executions are graphs of reads-from and coherence order. */
export interface GraphModel extends MemoryModel {
  readonly stores: CoherenceOrder;
  /** The stores that step `s` read from, one a location; empty: it read nothing. */
  storesRead(s: number): readonly number[];
  /** The stores that step `s` made, one a location. */
  storesWritten(s: number): readonly number[];
  /** The actor whose store step `s` flushed from its buffer; -1 for a step of an actor. */
  flushedThread(s: number): number;
  /**
   * The number of a choice of the next step of `thread`; -1: there is none. `wanted` is called
   * where there are several.
   */
  findChoice(thread: number, wanted: () => AccessChoice): number;
}

/**
 * By location: the step whose store step `s` read, and the step of the newest store there was. See
 * `Step.reads`.
 */
export function readsOf(model: GraphModel, log: StepLog, s: number): Step['reads'] {
  const { step, location, order } = model.stores;
  const read = model.storesRead(s);
  if (read.length === 0 || kindOf(log.footprints[s]) === Kind.lock) return undefined;
  return read.map((store) => {
    const newest = order[location[store]].findLast((other) => step[other] < s)!;
    return { from: step[store], newest: step[newest] };
  });
}

/**
 * The hash of an execution graph: which step read from which store, and the coherence order. Four
 * words, of which the last two are of reads-from alone. A step is named by its thread and its
 * number there. Wake-ups differ by the threads woken, time-outs and choices by
 * their results.
 */
export function executionGraphHash(model: GraphModel, log: StepLog): readonly [number, number, number, number] {
  const { steps, footprints, values } = log;
  const { step, location, order } = model.stores;
  const names = namesOf(log);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let s = 0; s < steps; s++) {
    if (model.flushedThread(s) >= 0) continue;
    const kind = kindOf(footprints[s]);
    const from = model.storesRead(s);
    let h = mixHash(footprints[s], names[s]);
    for (let i = 0; i < from.length; i++) h = mixHash(h, nameOf(names, step[from[i]]));
    if (changesQueue(kind) || kind === Kind.choose) h = mixHash(h, values[s]);
    a = (a + h) | 0;
    b = (b + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
    if (from.length === 0 || kind === Kind.lock) continue;
    c = (c + h) | 0;
    d = (d + Math.imul(h ^ (h >>> 16), 0x297a2d39)) | 0;
  }
  for (let l = 0; l < order.length; l++) {
    const stores = order[l];
    for (let i = 1; i < stores.length; i++) {
      const pair = mixHash(nameOf(names, step[stores[i - 1]]), nameOf(names, step[stores[i]]));
      const h = mixHash(location[stores[i]], pair);
      a = (a + h) | 0;
      b = (b + Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)) | 0;
    }
  }
  return [a, b, c, d];
}

/** By step: its thread and its number there. */
function namesOf({ steps, schedule }: StepLog): number[] {
  const taken = new Int32Array(32);
  const names = new Array<number>(steps);
  for (let s = 0; s < steps; s++) names[s] = (++taken[schedule[s]] << 5) | schedule[s];
  return names;
}

/** The name of a step; 0 for none. */
const nameOf = (names: readonly number[], step: number): number => (step < 0 ? 0 : names[step]);
