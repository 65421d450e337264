import type { SpinLoop } from '../../../memory/executionTrie.ts';
import { isWrite, Kind, rmwResult } from '../../../memory/memory.ts';
import type { Execution } from '../../execution/execution.ts';
import { isUnchanged } from '../../execution/spinLoops.ts';
import { NONE } from '../../execution/stepLog.ts';
import { type MemoryModel, NO_STEPS } from '../memoryModel.ts';
import { WIDE, WordMemory } from '../wordMemory.ts';

/**
 * HOT under `sc`. Sequential consistency (Lamport 1979): one memory, and each access takes effect
 * at once.
 */
export class ScMemory extends WordMemory implements MemoryModel {
  readonly plainLocations = 0;
  private readonly execution: Execution;

  constructor(execution: Execution) {
    super(execution.places, execution.bytes, execution);
    this.execution = execution;
  }

  reset(): void {}

  choiceCount(): number {
    return 1;
  }

  choiceOf(): number {
    return 0;
  }

  apply(thread: number): void {
    const { execution, geometry, u32 } = this;
    const { tree, values, olds } = execution;
    const s = execution.steps;
    const node = execution.node[thread];
    const code = execution.pending[thread];
    const kind = code & 31;
    const place = code >>> 5;
    const word = geometry[4 * place];
    const shift = geometry[4 * place + 1];
    const mask = geometry[4 * place + 2];
    const held = u32[word];
    const old = (held >>> shift) & mask;
    let low = 0;
    let high = 0;
    let footprint = code;
    let changed = NONE;
    if (mask === WIDE) {
      if (kind & 1) {
        this.storeWide(s, node, word);
        changed = place;
      } else {
        low = held;
        high = u32[word + 1];
        values[s] = low;
        execution.highs[s] = high;
      }
    } else if (kind <= Kind.storeRelease) {
      if (kind & 1) {
        const value = tree.operand[node];
        u32[word] = (held & ~(mask << shift)) | (value << shift);
        values[s] = value;
        olds[s] = old;
        if (value !== old >>> 0) changed = place;
      } else {
        low = old >>> 0;
        values[s] = low;
      }
    } else if (kind <= Kind.fetchOr) {
      low = old >>> 0;
      const value = rmwResult(kind, low, tree.expected[node], tree.operand[node], geometry[4 * place + 3]);
      if (kind === Kind.cmpxchg && low !== tree.expected[node]) footprint = code - Kind.cmpxchg + Kind.load;
      u32[word] = (held & ~(mask << shift)) | (value << shift);
      values[s] = value;
      olds[s] = low;
      if (value !== low) changed = place;
    } else {
      low = this.synchronise(thread, kind, place, word);
      changed = place;
    }
    execution.footprints[s] = footprint;
    execution.changed = changed;
    execution.completeStep(thread, node, kind, low, high);
  }

  /** A store of 64 bits, at `node`, to the two words from `word` on. */
  private storeWide(s: number, node: number, word: number): void {
    const { execution, u32 } = this;
    const { tree } = execution;
    execution.olds[s] = u32[word];
    execution.oldHighs[s] = u32[word + 1];
    u32[word] = execution.values[s] = tree.operand[node];
    u32[word + 1] = execution.highs[s] = tree.operandHigh[node];
  }

  /** A lock, an unlock, a wait, a resume, a wake. Returns what a `wait` has read; else 0. */
  private synchronise(thread: number, kind: number, place: number, word: number): number {
    const { execution, u32 } = this;
    const { values, olds } = execution;
    const s = execution.steps;
    values[s] = 0;
    olds[s] = 0;
    if (kind === Kind.lock) {
      u32[word] = thread + 1;
      values[s] = thread + 1;
    } else if (kind === Kind.unlock) {
      u32[word] = 0;
      olds[s] = thread + 1;
    } else if (kind === Kind.wait) {
      const seen = u32[word];
      values[s] = seen;
      if (seen === execution.tree.expected[execution.node[thread]]) execution.asleep[thread] = place;
      return seen;
    } else if (kind === Kind.wake) values[s] = execution.queues.wakeAll(place);
    return 0;
  }

  undo(s: number): void {
    const { execution } = this;
    const code = execution.tree.code[execution.nodes[s]];
    const kind = code & 31;
    const place = code >>> 5;
    if (isWrite(kind)) this.put(place, execution.olds[s], execution.oldHighs[s]);
    else if (kind >= Kind.wait) execution.queues.undo(kind, execution.schedule[s], place, execution.values[s]);
  }

  waitingForFlush(): number {
    return 0;
  }

  isSpinning(_thread: number, spin: SpinLoop): boolean {
    return isUnchanged(spin, this.execution.places, this.execution.bytes);
  }

  readsSame(_thread: number, spin: SpinLoop): boolean {
    return isUnchanged(spin, this.execution.places, this.execution.bytes);
  }

  holdsLock(thread: number, id: number): boolean {
    return this.u32[this.geometry[4 * id]] === thread + 1;
  }

  violation(): undefined {
    return undefined;
  }

  addState(): void {}

  graphHash(): undefined {
    return undefined;
  }

  isWrite(s: number): boolean {
    return isWrite(this.execution.footprints[s] & 31);
  }

  readsFrom(): undefined {
    return undefined;
  }

  bufferedStores(): readonly number[] {
    return NO_STEPS;
  }

  readableValues(): undefined {
    return undefined;
  }

  redo(s: number): void {
    this.redoStep(s, this.isWrite(s));
  }

  rankOf(): number {
    return 0;
  }
}
