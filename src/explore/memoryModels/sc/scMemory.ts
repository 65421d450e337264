import type { SpinLoop } from '../../../memory/executionTrie.ts';
import * as kinds from '../../../memory/kinds.ts';
import {
  failedCmpxchg,
  isQueue,
  isWait,
  isWrite,
  type SynchronisationKind,
  unknownKind,
} from '../../../memory/kinds.ts';
import { highWord, lowWord, wideRmwResult } from '../../../memory/wideRmw.ts';
import type { Execution } from '../../execution/execution.ts';
import { isUnchanged } from '../../execution/spinLoops.ts';
import { NONE } from '../../execution/stepLog.ts';
import { type MemoryModel, NO_STEPS } from '../memoryModel.ts';
import { useWaitQueue } from '../stepEffects.ts';
import { WIDE, WordMemory } from '../wordMemory.ts';

// Local constants: see "Hot code" in CONTRIBUTING.md.
const { KIND_TRAITS, Kind, kindOf, placeOf, rmwResult } = kinds;
const { load: LOAD, store: STORE, rmw: RMW, cmpxchg: CMPXCHG, data: DATA, queue: QUEUE } = kinds.Trait;
const WIDE_MASK = WIDE;
const UNCHANGED = NONE;
const CHOOSE = kinds.accessCode(Kind.choose, 0);

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

  apply(thread: number, choice: number): void {
    if (this.execution.pending[thread] === CHOOSE) this.choose(thread, choice);
    else this.access(thread);
  }

  private choose(thread: number, chosen: number): void {
    const { execution } = this;
    const s = execution.steps;
    execution.footprints[s] = CHOOSE;
    execution.values[s] = chosen;
    execution.olds[s] = 0;
    execution.changed = UNCHANGED;
    execution.completeStep(thread, execution.node[thread], true, chosen, 0);
  }

  private access(thread: number): void {
    const { execution, geometry, u32 } = this;
    const { tree, values, olds } = execution;
    const s = execution.steps;
    const node = execution.node[thread];
    const code = execution.pending[thread];
    const kind = kindOf(code);
    const place = placeOf(code);
    const traits = KIND_TRAITS[kind];
    const word = geometry[4 * place];
    const shift = geometry[4 * place + 1];
    const mask = geometry[4 * place + 2];
    const held = u32[word];
    const old = (held >>> shift) & mask;
    let low = 0;
    let high = 0;
    let footprint = code;
    let changed = UNCHANGED;
    if (mask === WIDE_MASK) {
      if (traits & STORE) {
        this.storeWide(s, node, word);
        changed = place;
      } else if (traits & QUEUE) {
        low = this.synchronise(thread, kind as SynchronisationKind, place, word);
        high = isWait(kind) ? u32[word + 1] : 0;
        changed = place;
      } else {
        low = held;
        high = u32[word + 1];
        values[s] = low;
        execution.highs[s] = high;
        if (traits & RMW) {
          this.updateWide(s, node, word, kind);
          changed = place;
          if (traits & CMPXCHG && !tree.expects(node, low, high)) footprint = failedCmpxchg(code);
        }
      }
    } else if (traits & LOAD) {
      low = old >>> 0;
      values[s] = low;
    } else if (traits & STORE) {
      const value = tree.operand[node];
      u32[word] = (held & ~(mask << shift)) | (value << shift);
      values[s] = value;
      olds[s] = old;
      if (value !== old >>> 0) changed = place;
    } else if (traits & RMW) {
      low = old >>> 0;
      const value = rmwResult(kind, low, tree.expected[node], tree.operand[node], geometry[4 * place + 3]);
      if (traits & CMPXCHG && low !== tree.expected[node]) footprint = failedCmpxchg(code);
      u32[word] = (held & ~(mask << shift)) | (value << shift);
      values[s] = value;
      olds[s] = low;
      if (value !== low) changed = place;
    } else {
      low = this.synchronise(thread, kind as SynchronisationKind, place, word);
      changed = place;
    }
    execution.footprints[s] = footprint;
    execution.changed = changed;
    execution.completeStep(thread, node, (traits & DATA) !== 0, low, high);
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

  private isWide(place: number): boolean {
    return this.geometry[4 * place + 2] === WIDE_MASK;
  }

  /** A read-modify-write of 64 bits, at `node`, of the two words from `word` on. */
  private updateWide(s: number, node: number, word: number, kind: number): void {
    const { execution, u32 } = this;
    const value = wideRmwResult(kind, u32[word], u32[word + 1], execution.tree, node);
    execution.olds[s] = u32[word];
    execution.oldHighs[s] = u32[word + 1];
    u32[word] = execution.values[s] = lowWord(value);
    u32[word + 1] = execution.highs[s] = highWord(value);
  }

  /**
   * A lock, an unlock, a wait, a resume, a wake. Returns what a `wait` has read (its lower word),
   * or the result of the step; else 0.
   */
  private synchronise(thread: number, kind: SynchronisationKind, place: number, word: number): number {
    const { execution, u32 } = this;
    const { values, olds } = execution;
    const s = execution.steps;
    values[s] = 0;
    olds[s] = 0;
    switch (kind) {
      case Kind.lock:
        u32[word] = thread + 1;
        values[s] = thread + 1;
        return 0;
      case Kind.unlock:
        u32[word] = 0;
        olds[s] = thread + 1;
        return 0;
      case Kind.wait:
      case Kind.waitFor:
        return useWaitQueue(execution, thread, kind, place, u32[word], this.isWide(place) ? u32[word + 1] : 0);
      case Kind.resume:
      case Kind.resumeFor:
      case Kind.wake:
      case Kind.wakeSome:
        return useWaitQueue(execution, thread, kind, place, 0, 0);
      default:
        throw unknownKind(kind satisfies never);
    }
  }

  undo(s: number): void {
    const { execution } = this;
    const code = execution.tree.code[execution.nodes[s]];
    const kind = kindOf(code);
    const place = placeOf(code);
    if (isWrite(kind)) this.put(place, execution.olds[s], execution.oldHighs[s]);
    else if (isQueue(kind))
      execution.queues.undo(kind, execution.schedule[s], place, execution.values[s], execution.olds[s]);
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
    return isWrite(kindOf(this.execution.footprints[s]));
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
