import type { Place } from '../../../memory/cell.ts';
import type { SpinLoop } from '../../../memory/executionTrie.ts';
import {
  failedCmpxchg,
  isChoice,
  isCmpxchg,
  isData,
  isFence,
  isFullFence,
  isLoad,
  isLocking,
  isQueue,
  isRead,
  isRmw,
  isWait,
  isWrite,
  Kind,
  kindOf,
  placeOf,
} from '../../../memory/kinds.ts';
import { type QueueTable, queueTable } from '../../../memory/layout.ts';
import type { Step } from '../../../memory/trace.ts';
import type { Execution } from '../../execution/execution.ts';
import { isUnchanged } from '../../execution/spinLoops.ts';
import { NONE } from '../../execution/stepLog.ts';
import type { Violation } from '../../execution/violation.ts';
import type { VarintBuffer } from '../../states/varintBuffer.ts';
import { ByteRanges } from '../byteRanges.ts';
import { CoherenceOrder } from '../coherenceOrder.ts';
import { NO_STEPS } from '../memoryModel.ts';
import { type AccessChoice, executionGraphHash, type GraphModel, isSameChoice, readsOf } from '../relations.ts';
import { setRmwResult, useWaitQueue } from '../stepEffects.ts';
import { AccessHistory } from './accessHistory.ts';
import { ChoiceEnumerator } from './choices.ts';
import { DataRaces } from './dataRaces.ts';
import { Rc11State } from './rc11State.ts';
import { ScAccesses } from './scAccesses.ts';
import { ScOrder } from './scOrder.ts';
import { ViewSnapshots } from './snapshots.ts';
import { type MessageView, type ThreadView, Views } from './threadView.ts';
import { ViewTransitions } from './viewTransitions.ts';

/**
 * HOT under `rc11`. RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, PLDI 2017) by views of threads and
 * messages. Loads may read from older stores, and a store need not be the last of its location.
 */
export class Rc11Memory implements GraphModel {
  readonly locations: ByteRanges;
  readonly stores: CoherenceOrder;
  readonly views: Views;
  readonly transitions: ViewTransitions;
  readonly snapshots: ViewSnapshots;
  readonly choices: ChoiceEnumerator;
  /** By thread: its steps. */
  readonly stepsOf: number[][];
  /** By step: its number among those of its thread, from 1. */
  readonly nth: number[] = [];
  private readonly execution: Execution;
  private readonly queueOf: QueueTable;
  /** By step: which choice it was. */
  private readonly taken: number[] = [];
  /** The stores that the steps read from; by step: the index of its first one. */
  private readonly from: number[] = [];
  private readonly firstFrom: number[] = [];
  /** By step: the first store that it made. */
  private readonly firstStore: number[] = [];
  /** The stores that memory showed before each store that was redone. */
  private readonly shown: number[] = [];
  private readonly races: DataRaces;
  private readonly state: Rc11State;

  /** @param Transitions what accesses do to views; execution graphs have another. */
  constructor(execution: Execution, Transitions: typeof ViewTransitions = ViewTransitions) {
    const { program, places, bytes } = execution;
    this.execution = execution;
    this.queueOf = queueTable(places);
    this.locations = new ByteRanges(places);
    this.stores = new CoherenceOrder(this.locations, bytes);
    this.views = new Views(this.locations.count, program.actors.length, this.stores.rank);
    this.stepsOf = program.actors.map(() => []);
    const { views, stores, stepsOf, locations, nth } = this;
    const viewAfter = (s: number): MessageView => this.viewAfter(s).current;
    const steps = { execution, views, stores, locationsOf: locations.of, stepsOf, nth, viewAfter };
    const scOrder = new ScOrder(views, stores, new ScAccesses(steps));
    this.transitions = new Transitions({ views, stores, stepsOf, scOrder, places: places.length });
    this.snapshots = new ViewSnapshots(this.transitions);
    this.choices = new ChoiceEnumerator(execution, locations, stores, this.transitions, this.firstStore, stepsOf);
    const beforeSecondFence = (): MessageView => this.transitions.beforeSecondFence;
    const order = { views, stepsOf, locations, threadViews: this.transitions.threadViews, beforeSecondFence };
    this.races = new DataRaces(execution, order);
    this.state = new Rc11State(execution, this, new AccessHistory(execution, order, this.races));
  }

  reset(): void {
    for (let s = this.execution.steps - 1; s >= 0; s--) this.undo(s);
    this.choices.invalidate();
  }

  choiceCount(thread: number): number {
    return this.choices.of(thread).length;
  }

  choiceOf(s: number): number {
    return this.taken[s];
  }

  findChoice(thread: number, wanted: () => AccessChoice): number {
    const choice = wanted();
    return this.choices.of(thread).findIndex((other) => isSameChoice(other, choice));
  }

  apply(thread: number, choice: number): void {
    const { from, after } = this.choices.of(thread)[isChoice(kindOf(this.execution.pending[thread])) ? 0 : choice];
    this.taken[this.execution.steps] = choice;
    this.take(thread, from, after, choice);
  }

  /** Takes the next step of `thread` by a choice, whether the model has it or not. */
  take(thread: number, from: readonly number[], after: readonly number[], chosen: number): void {
    const { execution } = this;
    const { footprints, values, highs, olds, oldHighs, tree } = execution;
    const s = execution.steps;
    const node = execution.node[thread];
    const code = execution.pending[thread];
    const kind = kindOf(code);
    const id = placeOf(code);
    this.choices.invalidate();
    this.snapshots.save(s, thread, this.queueOf[id]);
    this.firstFrom[s] = this.from.length;
    this.firstStore[s] = this.stores.count;
    this.nth[s] = this.stepsOf[thread].push(s);
    for (const store of from) this.from.push(store);
    footprints[s] = code;
    execution.schedule[s] = thread;
    execution.changed = NONE;
    values[s] = highs[s] = olds[s] = oldHighs[s] = 0;
    let low = 0;
    let high = 0;
    if (isChoice(kind)) low = values[s] = chosen;
    else if (isFence(kind)) this.transitions.fence(thread, kind);
    else {
      const place = execution.places[id];
      if (isRead(kind)) [low, high] = this.stores.value(place, from);
      if (isQueue(kind)) low = this.useQueue(thread, kind, place, from);
      else if (isLocking(kind)) this.useLock(thread, kind, place, after);
      else if (isLoad(kind)) this.load(thread, kind, from, low, high);
      else if (isCmpxchg(kind) && !tree.expects(node, low, high)) {
        footprints[s] = failedCmpxchg(code);
        olds[s] = low;
        oldHighs[s] = high;
        this.load(thread, kindOf(footprints[s]), from, low, high);
      } else if (isRmw(kind)) {
        [olds[s], oldHighs[s]] = [low, high];
        this.update(thread, kind, place, from, after);
      } else this.store(thread, kind, place, after);
    }
    execution.completeStep(thread, node, isData(kind) || isChoice(kind), low, high);
  }

  private load(thread: number, kind: number, from: readonly number[], low: number, high: number): void {
    const { steps, values, highs } = this.execution;
    values[steps] = low;
    highs[steps] = high;
    this.transitions.load(thread, kind, from);
  }

  private store(thread: number, kind: number, place: Place, after: readonly number[]): void {
    const { steps: s, tree, node, values, highs, olds, oldHighs } = this.execution;
    const low = tree.operand[node[thread]];
    const high = tree.operandHigh[node[thread]];
    values[s] = low;
    highs[s] = high;
    [olds[s], oldHighs[s]] = this.stores.value(place, after);
    const first = this.addStores(place, low, high, after, false);
    this.transitions.store(thread, kind, first);
  }

  private update(thread: number, kind: number, place: Place, from: readonly number[], after: readonly number[]): void {
    const { execution } = this;
    const { steps: s, values, highs } = execution;
    setRmwResult(execution, thread, kind, place);
    if (isFullFence(kind)) this.transitions.fence(thread, Kind.mb);
    const first = this.addStores(place, values[s], highs[s], after, true);
    this.transitions.update(thread, kind, from, first);
  }

  private useLock(thread: number, kind: number, place: Place, after: readonly number[]): void {
    const { execution } = this;
    const s = execution.steps;
    const isTaken = kind === Kind.lock;
    execution.values[s] = isTaken ? thread + 1 : 0;
    execution.olds[s] = isTaken ? 0 : thread + 1;
    this.addStores(place, execution.values[s], 0, after, isTaken);
    execution.changed = place.id;
    if (isTaken) this.transitions.lock(thread, place.id);
    else this.transitions.unlock(thread, place.id);
  }

  /** A wait queue. A thread that waits or wakes holds its lock, and has a full fence. */
  private useQueue(thread: number, kind: number, place: Place, from: readonly number[]): number {
    const { execution, transitions } = this;
    const { id } = place;
    execution.changed = id;
    transitions.enterQueue(thread, this.queueOf[id]);
    if (kind === Kind.resume) return 0;
    transitions.fence(thread, Kind.mb);
    // Atomics.wait compares in the one order of all seq_cst accesses, be it that it then sleeps.
    const [seen, high] = isWait(kind) ? this.stores.value(place, from) : [0, 0];
    if (isWait(kind)) this.load(thread, Kind.loadAcquire, from, seen, high);
    const result = useWaitQueue(execution, thread, kind, id, seen, high);
    transitions.leaveQueue(thread, this.queueOf[id]);
    return result;
  }

  /** Adds the stores of the step that is being taken; returns the first. */
  private addStores(place: Place, low: number, high: number, after: readonly number[], update: boolean): number {
    const { stores, execution } = this;
    const locations = this.locations.of[place.id];
    const first = stores.count;
    for (let i = 0; i < locations.length; i++) {
      const [l, h] = stores.part(place, locations[i], low, high);
      const store = stores.add(locations[i], execution.steps, l, h, update);
      if (stores.place(store, after[i])) execution.changed = place.id;
    }
    return first;
  }

  undo(s: number): void {
    const { execution, stores } = this;
    const thread = execution.schedule[s];
    const code = execution.tree.code[execution.nodes[s]];
    this.choices.invalidate();
    while (stores.count > this.firstStore[s]) {
      stores.unplace(stores.count - 1);
      stores.drop();
    }
    this.from.length = this.firstFrom[s];
    this.stepsOf[thread].pop();
    this.snapshots.restore(s, thread, this.queueOf[placeOf(code)], stores.count);
    execution.queues.undo(kindOf(code), thread, placeOf(code), execution.values[s], execution.olds[s]);
  }

  waitingForFlush(): number {
    return 0;
  }

  /** It spins unless another value was stored to one of the locations since the iteration began. */
  isSpinning(thread: number, spin: SpinLoop): boolean {
    const steps = this.stepsOf[thread];
    const began = steps[Math.max(0, steps.length - spin.length)];
    const { places } = this.execution;
    return !spin.reads.some((read) => this.stores.hasOtherSince(began, places[placeOf(read.code)], read));
  }

  readsSame(_thread: number, spin: SpinLoop): boolean {
    return isUnchanged(spin, this.execution.places, this.execution.bytes);
  }

  holdsLock(thread: number, id: number): boolean {
    const { bytes, places } = this.execution;
    return bytes.u32[places[id].offset >>> 2] === thread + 1;
  }

  violation(): Violation | undefined {
    return this.races.at(this.execution.steps - 1);
  }

  get plainLocations(): number {
    return this.races.plainLocations;
  }

  addState(row: VarintBuffer): void {
    this.state.addTo(row);
  }

  graphHash(): readonly number[] {
    return executionGraphHash(this, this.execution);
  }

  storesRead(s: number): readonly number[] {
    const start = this.firstFrom[s];
    const end = s + 1 < this.execution.steps ? this.firstFrom[s + 1] : this.from.length;
    return end === start ? NO_STEPS : this.from.slice(start, end);
  }

  storesWritten(s: number): readonly number[] {
    const start = this.firstStore[s];
    const end = s + 1 < this.execution.steps ? this.firstStore[s + 1] : this.stores.count;
    const written: number[] = [];
    for (let store = start; store < end; store++) written.push(store);
    return written;
  }

  flushedThread(): number {
    return -1;
  }

  /** The view of the thread of step `s` after that step. */
  viewAfter(s: number): ThreadView {
    const thread = this.execution.schedule[s];
    const next = this.stepsOf[thread][this.nth[s]];
    return next === undefined ? this.transitions.threadViews[thread] : this.snapshots.threadViews[next];
  }

  isWrite(s: number): boolean {
    return isWrite(kindOf(this.execution.footprints[s]));
  }

  changedValue(s: number): boolean {
    return this.isWrite(s);
  }

  readsFrom(s: number): Step['reads'] {
    return readsOf(this, this.execution, s);
  }

  bufferedStores(): readonly number[] {
    return NO_STEPS;
  }

  readableValues(thread: number, place: number): readonly bigint[] | undefined {
    return this.choices.readableValues(thread, place);
  }

  rewind(): void {
    this.shown.length = 0;
    this.stores.showInitial();
  }

  /** Memory has the last in coherence order of what was redone. */
  redo(s: number): void {
    const { stores } = this;
    for (const store of this.storesWritten(s)) {
      const top = stores.top(stores.location[store]);
      this.shown.push(top);
      if (stores.rank[store] > stores.rank[top]) stores.show(store);
    }
  }

  unredo(s: number): void {
    for (const _ of this.storesWritten(s)) this.stores.show(this.shown.pop()!);
  }

  rankOf(s: number): number {
    return this.stores.rank[this.firstStore[s]] ?? 0;
  }
}
