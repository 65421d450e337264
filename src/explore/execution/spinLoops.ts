import type { Place } from '../../memory/cell.ts';
import type { SpinLoop } from '../../memory/executionTrie.ts';
import { Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import { type MemoryImage, wordAt } from '../../memory/memoryImage.ts';
import type { MemoryModel } from '../memoryModels/memoryModel.ts';
import type { StepLog } from './stepLog.ts';
import type { Threads } from './threads.ts';

/** The spin loops that the threads of an execution are in. */
export class SpinLoops {
  private readonly threads: Threads;
  private readonly log: StepLog;

  constructor(threads: Threads, log: StepLog) {
    this.threads = threads;
    this.log = log;
  }

  /**
   * The spin loop of which `thread` has completed an idle iteration with its last step; undefined:
   * none.
   */
  of(thread: number): SpinLoop | undefined {
    return this.threads.tree.spins.get(this.threads.node[thread]);
  }

  /**
   * The threads that must not begin another iteration, as bits. `all`: none that completed one may.
   */
  spinning(memory: MemoryModel, all: boolean): number {
    const { count, pending } = this.threads;
    let spinning = 0;
    for (let t = 0; t < count; t++) {
      const kind = kindOf(pending[t]);
      if (pending[t] < 0 || kind === Kind.lock || kind === Kind.resume) continue;
      const spin = this.of(t);
      if (spin !== undefined && (all || memory.isSpinning(t, spin))) spinning |= 1 << t;
    }
    return spinning;
  }

  /**
   * Whether the iteration that `thread` completed with its last step, and that `node` closes, has
   * changed memory. Only one that changed nothing can be left out: others may come between the
   * accesses of the next one.
   */
  hasWritten(thread: number, node: number, memory: MemoryModel): boolean {
    const spin = this.threads.tree.spins.get(node);
    if (spin === undefined || !spin.stores) return false;
    const { steps, schedule } = this.log;
    let left = spin.length;
    for (let s = steps - 1; s >= 0 && left > 0; s--) {
      if (schedule[s] !== thread) continue;
      if (memory.changedValue(s)) return true;
      left--;
    }
    return false;
  }
}

/** Whether memory has the values that an iteration of `spin` has read. */
export function isUnchanged(spin: SpinLoop, places: readonly Place[], bytes: MemoryImage): boolean {
  for (const { code, low, high } of spin.reads) {
    const place = places[placeOf(code)];
    if (wordAt(bytes, place) !== low) return false;
    if (place.bits === 64 && bytes.u32[(place.offset >>> 2) + 1] !== high) return false;
  }
  return true;
}
