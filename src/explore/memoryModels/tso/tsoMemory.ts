import type { Place } from '../../../memory/cell.ts';
import type { SpinLoop } from '../../../memory/executionTrie.ts';
import {
  failedCmpxchg,
  isChoice,
  isCmpxchg,
  isData,
  isRmw,
  isStore,
  isWait,
  isWrite,
  Kind,
  kindOf,
  placeOf,
  type SynchronisationKind,
  unknownKind,
} from '../../../memory/kinds.ts';
import type { Step } from '../../../memory/trace.ts';
import type { Execution } from '../../execution/execution.ts';
import { NONE } from '../../execution/stepLog.ts';
import type { Violation } from '../../execution/violation.ts';
import type { VarintBuffer } from '../../states/varintBuffer.ts';
import { ByteRanges } from '../byteRanges.ts';
import { CoherenceOrder } from '../coherenceOrder.ts';
import { NO_STEPS } from '../memoryModel.ts';
import { executionGraphHash, type GraphModel, readsOf } from '../relations.ts';
import { setRmwResult, useWaitQueue } from '../stepEffects.ts';
import { WordMemory } from '../wordMemory.ts';
import { StoreBuffers } from './storeBuffers.ts';
import { isBuffered } from './tsoOrder.ts';
import { TsoRaces } from './tsoRaces.ts';

/**
 * HOT under `tso`. x86-TSO (Sewell, Sarkar, Owens, Zappa Nardelli, Myreen, "x86-TSO", CACM 2010):
 * each thread has a store buffer. Of n actors, thread n + t is the buffer of thread t; its step
 * flushes the oldest store. See `docs/memory-models.md`.
 */
export class TsoMemory implements GraphModel {
  readonly locations: ByteRanges;
  readonly stores: CoherenceOrder;
  private readonly execution: Execution;
  private readonly actors: number;
  private readonly words: WordMemory;
  readonly buffers: StoreBuffers;

  /** By step: the stores that it read from. */
  private readonly from: (readonly number[])[] = [];
  /** By step: the step whose stores it flushes, or -1. */
  private readonly issuedBy: number[] = [];
  private readonly races: TsoRaces;

  constructor(execution: Execution) {
    this.execution = execution;
    this.actors = execution.program.actors.length;
    this.words = new WordMemory(execution.places, execution.bytes, execution);
    this.locations = new ByteRanges(execution.places);
    this.stores = new CoherenceOrder(this.locations, execution.bytes);
    this.buffers = new StoreBuffers(execution, this.locations, this.stores);
    this.races = new TsoRaces(execution, this);
  }

  reset(): void {
    for (let s = this.execution.steps - 1; s >= 0; s--) this.undo(s);
  }

  choiceCount(): number {
    return 1;
  }

  choiceOf(): number {
    return 0;
  }

  findChoice(): number {
    return 0;
  }

  apply(thread: number, choice: number): void {
    if (thread >= this.actors) this.flush(thread - this.actors);
    else this.access(thread, choice);
  }

  private access(thread: number, choice: number): void {
    const { execution } = this;
    const { tree, values, highs, olds } = execution;
    const s = execution.steps;
    const node = execution.node[thread];
    const code = execution.pending[thread];
    const kind = kindOf(code);
    const place = execution.places[placeOf(code)];
    this.from[s] = NO_STEPS;
    this.issuedBy[s] = -1;
    this.buffers.firstStore[s] = this.stores.count;
    execution.footprints[s] = code;
    execution.changed = NONE;
    values[s] = highs[s] = olds[s] = execution.oldHighs[s] = 0;
    let low = 0;
    let high = 0;
    if (isBuffered(kind, place?.kind)) {
      values[s] = tree.operand[node];
      highs[s] = tree.operandHigh[node];
      this.store(place.id, false);
      this.buffers.of[thread].push(s);
      this.buffers.showHead(thread);
    } else if (isStore(kind)) this.storeAtOnce(s, node, place);
    else if (isData(kind)) {
      const from = this.buffers.read(thread, place.id);
      this.from[s] = from;
      low = from.length === 1 ? this.stores.low[from[0]] : this.stores.value(place, from)[0];
      high = place.bits === 64 ? this.stores.value(place, from)[1] : 0;
      values[s] = low;
      highs[s] = high;
      if (isRmw(kind)) {
        olds[s] = low;
        execution.oldHighs[s] = high;
        if (isCmpxchg(kind) && !tree.expects(node, low, high)) execution.footprints[s] = failedCmpxchg(code);
        else {
          setRmwResult(execution, thread, kind, place);
          this.store(place.id, true);
        }
      }
    } else if (kind === Kind.choose) low = values[s] = choice;
    else if (kind !== Kind.mb) {
      low = this.synchronise(thread, kind as SynchronisationKind, place.id);
      high = isWait(kind) ? highs[s] : 0;
    }
    execution.completeStep(thread, node, isData(kind) || isChoice(kind), low, high);
  }

  /** A seq_cst store: the buffer is empty. */
  private storeAtOnce(s: number, node: number, place: Place): void {
    const { tree, values, highs } = this.execution;
    this.recordOld(s, place);
    [values[s], highs[s]] = [tree.operand[node], tree.operandHigh[node]];
    this.store(place.id, true);
  }

  /** Records what memory holds at a place before step `s` stores to it. */
  private recordOld(s: number, place: Place): void {
    const { olds, oldHighs } = this.execution;
    const locations = this.locations.of[place.id];
    const last = locations.length === 1 ? [this.stores.last(locations[0])] : locations.map((a) => this.stores.last(a));
    [olds[s], oldHighs[s]] = this.stores.value(place, last);
  }

  /** The oldest store in the buffer of `thread` gets to memory. */
  private flush(thread: number): void {
    const { execution } = this;
    const { footprints, values, highs, nodes } = execution;
    const s = execution.steps;
    const issued = this.buffers.of[thread].shift()!;
    const place = execution.places[placeOf(footprints[issued])];
    this.issuedBy[s] = issued;
    this.from[s] = NO_STEPS;
    this.buffers.firstStore[s] = this.stores.count;
    footprints[s] = footprints[issued];
    values[s] = values[issued];
    highs[s] = highs[issued];
    this.recordOld(s, place);
    execution.changed = NONE;
    const { step } = this.stores;
    for (let store = this.buffers.firstStore[issued]; step[store] === issued; store++) this.putLast(store, place.id);
    this.buffers.showHead(thread);
    execution.completeFlush(this.actors + thread, nodes[issued]);
  }

  /**
   * A lock, the unlock of a mutex, a wait, a wake: the buffer is empty. Returns what a `wait` has
   * read (its lower word), or the result of the step; else 0.
   */
  private synchronise(thread: number, kind: SynchronisationKind, id: number): number {
    const { execution } = this;
    const { values, olds } = execution;
    const s = execution.steps;
    execution.changed = id;
    switch (kind) {
      case Kind.lock:
        values[s] = thread + 1;
        this.from[s] = [this.stores.last(this.locations.of[id][0])];
        this.store(id, true);
        return 0;
      case Kind.unlock:
        olds[s] = thread + 1;
        this.store(id, true);
        return 0;
      case Kind.wait:
      case Kind.waitFor: {
        this.from[s] = this.locations.of[id].map((location) => this.stores.last(location));
        const [low, high] = this.stores.value(execution.places[id], this.from[s]);
        return useWaitQueue(execution, thread, kind, id, low, high);
      }
      case Kind.resume:
      case Kind.resumeFor:
      case Kind.wake:
      case Kind.wakeSome:
        return useWaitQueue(execution, thread, kind, id, 0, 0);
      default:
        throw unknownKind(kind satisfies never);
    }
  }

  /** Adds the stores of the step that is being taken: at once to memory, or for the buffer. */
  private store(id: number, atOnce: boolean): void {
    const { execution } = this;
    const s = execution.steps;
    const place = execution.places[id];
    const locations = this.locations.of[id];
    for (let i = 0; i < locations.length; i++) {
      const location = locations[i];
      let low = execution.values[s];
      let high = execution.highs[s];
      if (locations.length > 1) [low, high] = this.stores.part(place, location, low, high);
      const store = this.stores.add(location, s, low, high, atOnce);
      if (atOnce) this.putLast(store, id);
    }
  }

  private putLast(store: number, id: number): void {
    const last = this.stores.last(this.stores.location[store]);
    if (this.stores.place(store, last)) this.execution.changed = id;
  }

  undo(s: number): void {
    const { execution } = this;
    const thread = execution.schedule[s];
    this.races.undo(s, this.buffers.firstStore[s]);
    if (this.issuedBy[s] >= 0) {
      this.undoFlush(thread - this.actors, this.issuedBy[s]);
      return;
    }
    const code = execution.tree.code[execution.nodes[s]];
    const buffer = this.buffers.of[thread];
    const isInBuffer = buffer.length > 0 && buffer[buffer.length - 1] === s;
    while (this.stores.count > this.buffers.firstStore[s]) {
      if (!isInBuffer) this.stores.unplace(this.stores.count - 1);
      this.stores.drop();
    }
    if (isInBuffer) {
      buffer.pop();
      this.buffers.showHead(thread);
    } else execution.queues.undo(kindOf(code), thread, placeOf(code), execution.values[s], execution.olds[s]);
  }

  private undoFlush(thread: number, issued: number): void {
    const { step } = this.stores;
    let store = this.buffers.firstStore[issued];
    while (step[store + 1] === issued) store++;
    for (; store >= this.buffers.firstStore[issued]; store--) this.stores.unplace(store);
    this.buffers.of[thread].unshift(issued);
    this.buffers.showHead(thread);
  }

  waitingForFlush(): number {
    return this.buffers.waiting();
  }

  isSpinning(thread: number, spin: SpinLoop): boolean {
    return this.readsSame(thread, spin);
  }

  /** Now, and when the stores of `thread` itself are flushed. */
  readsSame(thread: number, spin: SpinLoop): boolean {
    return spin.reads.every(({ code, low, high }) => {
      const place = this.execution.places[placeOf(code)];
      const from = this.buffers.read(thread, place.id);
      const [l, h] = this.stores.value(place, from);
      return l === low && h === high;
    });
  }

  /** A spinlock whose unlock is in the buffer is not held any more, for the thread itself. */
  holdsLock(thread: number, id: number): boolean {
    const { bytes, places, footprints } = this.execution;
    const isGivenBack = this.buffers.of[thread].some((s) => placeOf(footprints[s]) === id);
    return bytes.u32[places[id].offset >>> 2] === thread + 1 && !isGivenBack;
  }

  violation(): Violation | undefined {
    return this.races.violation();
  }

  get plainLocations(): number {
    return this.races.plainLocations;
  }

  addState(row: VarintBuffer): void {
    this.buffers.addState(row);
    this.races.addState(row);
  }

  graphHash(): readonly number[] {
    return executionGraphHash(this, this.execution);
  }

  storesRead(s: number): readonly number[] {
    return this.issuedBy[s] >= 0 ? NO_STEPS : this.from[s];
  }

  storesWritten(s: number): readonly number[] {
    if (this.issuedBy[s] >= 0) return NO_STEPS;
    const { step } = this.stores;
    const written: number[] = [];
    for (let store = this.buffers.firstStore[s]; step[store] === s; store++) written.push(store);
    return written;
  }

  flushedThread(s: number): number {
    return this.issuedBy[s] < 0 ? -1 : this.execution.schedule[s] - this.actors;
  }

  isWrite(s: number): boolean {
    if (!isWrite(kindOf(this.execution.footprints[s]))) return false;
    return this.issuedBy[s] >= 0 || this.storesWritten(s).every((store) => this.stores.update[store]);
  }

  changedValue(s: number): boolean {
    return this.isWrite(s) && this.words.changedValue(s);
  }

  readsFrom(s: number): Step['reads'] {
    return readsOf(this, this.execution, s);
  }

  bufferedStores(thread: number): readonly number[] {
    return this.buffers.of[thread];
  }

  readableValues(): undefined {
    return undefined;
  }

  rewind(): void {
    this.words.rewind();
  }

  redo(s: number): void {
    this.words.redoStep(s, this.isWrite(s));
  }

  unredo(s: number): void {
    this.words.unredo(s);
  }

  rankOf(): number {
    return 0;
  }
}
