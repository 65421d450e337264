import { BadInput } from '../../../input/badInput.ts';
import type { Place } from '../../../memory/cell.ts';
import type { SpinLoop } from '../../../memory/executionTrie.ts';
import {
  failedCmpxchg,
  isChoice,
  isCmpxchg,
  isData,
  isFence,
  isLocking,
  isQueue,
  isRead,
  isRmw,
  isWrite,
  Kind,
  kindNames,
  kindOf,
  placeOf,
} from '../../../memory/kinds.ts';
import type { Step } from '../../../memory/trace.ts';
import { partsOf } from '../../../memory/wholeWords.ts';
import type { Execution } from '../../execution/execution.ts';
import { isUnchanged } from '../../execution/spinLoops.ts';
import { NONE } from '../../execution/stepLog.ts';
import type { Violation } from '../../execution/violation.ts';
import { isPromise, NO_STORE } from '../../trust/partialGraph.ts';
import { ByteRanges } from '../byteRanges.ts';
import { CoherenceOrder } from '../coherenceOrder.ts';
import { NO_STEPS } from '../memoryModel.ts';
import { type AccessChoice, executionGraphHash, readsOf } from '../relations.ts';
import { setRmwResult } from '../stepEffects.ts';
import { CoherentChoices } from './coherentChoices.ts';
import { dataRaceOf, isConsistent } from './consistency.ts';
import type { Dependencies } from './dependencies.ts';
import { GraphRelations } from './graphRelations.ts';
import { isLinuxAccess } from './linuxAccesses.ts';
import type { LkmmGraph } from './lkmmGraph.ts';
import { isCoherent, keepPromises, PROMISED_MAX, promisedValue, promiseOf } from './promises.ts';

/**
 * HOT under `lkmm`. An execution graph of the LKMM under construction. It allows what coherence of
 * each location allows. Whether the graph is consistent is asked of the axioms: see `axioms.ts`.
 */
export class LkmmMemory implements LkmmGraph {
  readonly locations: ByteRanges;
  readonly stores: CoherenceOrder;
  readonly choices: CoherentChoices;
  readonly stepsOf: number[][];
  readonly nth: number[] = [];
  readonly plainLocations = 0;
  /**
   * The first so many steps are known to be consistent. A step that reads and writes the newest
   * store of its location has no successor in any relation, so it keeps a graph consistent.
   */
  consistentSteps = 0;
  needsDependencies = false;
  /** Those of the last graph that was loaded. */
  readonly relations = new GraphRelations();
  /** Finds the dependencies of the graph. Without it, there are none. */
  finder: ((x: GraphRelations) => Dependencies) | undefined;
  /** The same for two steps of one thread. */
  isDependent: LkmmGraph['isDependent'] = () => false;
  /** By step: the store that it has read; NO_STORE: none. It is a promise until that is kept. */
  readonly read: number[] = [];
  /** By step: the promise that it has read; 0: none. */
  readonly promised: number[] = [];
  private readonly execution: Execution;
  private readonly taken: number[] = [];
  /** By step: the store that it made; NO_STORE: none. */
  readonly written: number[] = [];
  /** By step: the store of its location that its thread knew before. */
  private readonly knownBefore: number[] = [];
  private readonly known: Int32Array[];
  private readonly shown: number[] = [];
  /** By location: whether its plain accesses may race. */
  private readonly racy: readonly boolean[];

  constructor(execution: Execution) {
    const { program, places, bytes } = execution;
    this.execution = execution;
    const parts = partsOf(program.layout);
    this.locations = new ByteRanges(places, ({ id }) => parts.has(id));
    this.stores = new CoherenceOrder(this.locations, bytes);
    this.racy = this.locations.offset.map(
      (at) => program.racy?.some(({ offset, bits }) => at >= offset && at < offset + bits / 8) === true,
    );
    this.stepsOf = program.actors.map(() => []);
    this.known = program.actors.map(() => Int32Array.from({ length: this.locations.count }, (_, a) => a));
    this.choices = new CoherentChoices(execution, this.locations, this.stores, this.known);
  }

  reset(): void {
    for (let s = this.execution.steps - 1; s >= 0; s--) this.undo(s);
  }

  /** A read has also all promises as choices. Replays alone use these. */
  choiceCount(thread: number): number {
    return isRead(kindOf(this.execution.pending[thread])) ? CHOICES_MAX : this.choices.of(thread).length;
  }

  choiceOf(s: number): number {
    return this.taken[s];
  }

  findChoice(thread: number, wanted: () => AccessChoice): number {
    const { from, after } = wanted();
    if (isPromise(from[0])) return promiseChoice(from[0], this.placementOf(thread, after));
    return this.choices.of(thread).findIndex((other) => other.from[0] === from[0] && other.after[0] === after[0]);
  }

  apply(thread: number, choice: number): void {
    const isChosen = isChoice(kindOf(this.execution.pending[thread]));
    const taken =
      choice < PROMISED_MAX ? this.choices.of(thread)[isChosen ? 0 : choice] : this.promiseBy(thread, choice);
    if (taken === undefined) throw new BadInput(`a step of thread ${thread} has no choice ${choice}`);
    const { from, after } = taken;
    this.taken[this.execution.steps] = choice;
    this.take(thread, from, after, choice);
  }

  private promiseBy(thread: number, choice: number): AccessChoice | undefined {
    const from = [promiseOf(choice % PROMISED_MAX)];
    const isLoading = !isWrite(kindOf(this.execution.pending[thread])) || this.choices.isFailing(thread, from);
    if (isLoading) return { from, after: NO_STEPS };
    const after = this.choices.placements(thread)[Math.floor(choice / PROMISED_MAX) - 1];
    return after === undefined ? undefined : { from, after };
  }

  private placementOf(thread: number, after: readonly number[]): number {
    return after.length === 0 ? 0 : this.choices.placements(thread).findIndex(([store]) => store === after[0]);
  }

  whyForbidden(): string | undefined {
    const execution = this.execution as Execution<LkmmMemory>;
    const isKept = keepPromises(execution, (hasPromises) => {
      this.consistentSteps = 0;
      return (!hasPromises || isCoherent(execution)) && isConsistent(execution);
    });
    return isKept ? undefined : 'it violates the axioms of the memory model, or does not keep a promise';
  }

  violationAtEnd(): Violation | undefined {
    return dataRaceOf(this.execution as Execution<LkmmMemory>);
  }

  /** The promise that step `s` has read is kept by a store. */
  keepPromise(s: number, store: number): void {
    this.read[s] = store;
  }

  take(thread: number, from: readonly number[], after: readonly number[], chosen: number): void {
    const { execution, stores } = this;
    const { footprints, values, highs, olds, oldHighs, tree } = execution;
    const s = execution.steps;
    const node = execution.node[thread];
    const code = execution.pending[thread];
    const kind = kindOf(code);
    if (!isLinuxAccess(kind)) throw new BadInput(`${kindNames[kind]} does not exist in the Linux kernel: no lkmm`);
    if (isQueue(kind)) throw new BadInput(`${kindNames[kind]}: wait queues are not known under lkmm`);
    this.nth[s] = this.stepsOf[thread].push(s);
    this.read[s] = this.written[s] = NO_STORE;
    this.promised[s] = 0;
    footprints[s] = code;
    execution.changed = NONE;
    values[s] = highs[s] = olds[s] = oldHighs[s] = 0;
    let low = 0;
    let high = 0;
    if (!isFence(kind)) {
      const place = execution.places[placeOf(code)];
      const covered = this.locations.of[place.id];
      if (covered.length !== 1)
        throw new BadInput(`${place.name} overlaps another cell: accesses of several sizes are not known under lkmm`);
      const [location] = covered;
      const last = stores.last(location);
      this.knownBefore[s] = this.known[thread][location];
      if (isRead(kind)) {
        [low, high] = isPromise(from[0]) ? [promisedValue(from[0]), 0] : [stores.low[from[0]], stores.high[from[0]]];
        this.setRead(s, thread, location, from[0]);
      }
      if (isLocking(kind)) this.useLock(thread, kind, place, after[0]);
      else if (isCmpxchg(kind) && !tree.expects(node, low, high)) {
        footprints[s] = failedCmpxchg(code);
        values[s] = olds[s] = low;
        highs[s] = oldHighs[s] = high;
      } else if (isRmw(kind)) {
        [olds[s], oldHighs[s]] = [low, high];
        setRmwResult(execution, thread, kind, place);
        this.addStore(thread, place, after[0], !isPromise(from[0]));
      } else if (isWrite(kind)) {
        [values[s], highs[s]] = [tree.operand[node], tree.operandHigh[node]];
        [olds[s], oldHighs[s]] = [stores.low[after[0]], stores.high[after[0]]];
        this.addStore(thread, place, after[0], false);
      } else [values[s], highs[s]] = [low, high];
      if (this.consistentSteps === s && isNewest(last, from, after)) this.consistentSteps = s + 1;
    } else if (isChoice(kind)) low = values[s] = chosen;
    if (isFence(kind) && this.consistentSteps === s) this.consistentSteps = s + 1;
    execution.completeStep(thread, node, isData(kind) || isChoice(kind), low, high);
  }

  private setRead(s: number, thread: number, location: number, store: number): void {
    const { rank } = this.stores;
    this.read[s] = store;
    if (isPromise(store)) this.promised[s] = store;
    else if (rank[store] > rank[this.known[thread][location]]) this.known[thread][location] = store;
  }

  private useLock(thread: number, kind: number, place: Place, after: number): void {
    const { execution } = this;
    const s = execution.steps;
    const isTaken = kind === Kind.lock;
    execution.values[s] = isTaken ? thread + 1 : 0;
    execution.olds[s] = isTaken ? 0 : thread + 1;
    if (isTaken) this.read[s] = after;
    this.addStore(thread, place, after, isTaken);
    execution.changed = place.id;
  }

  private addStore(thread: number, place: Place, after: number, update: boolean): void {
    const { execution, stores, known } = this;
    const s = execution.steps;
    const [location] = this.locations.of[place.id];
    const store = stores.add(location, s, execution.values[s], execution.highs[s], update);
    if (stores.place(store, after)) execution.changed = place.id;
    this.written[s] = store;
    known[thread][location] = store;
  }

  undo(s: number): void {
    const { execution, stores } = this;
    const thread = execution.schedule[s];
    const code = execution.tree.code[execution.nodes[s]];
    if (this.written[s] !== NO_STORE) {
      stores.unplace(this.written[s]);
      stores.drop();
    }
    if (!isFence(kindOf(code))) this.known[thread][this.locations.of[placeOf(code)][0]] = this.knownBefore[s];
    this.stepsOf[thread].pop();
    if (this.consistentSteps > s) this.consistentSteps = s;
  }

  dependencies(x: GraphRelations): Dependencies {
    return this.finder?.(x) ?? x.noDependencies();
  }

  /** The location of an access that is no fence. */
  readonly locationOf = (code: number): number => this.locations.of[placeOf(code)][0];

  mayRace(thread: number, location: number): boolean {
    return this.racy[location] || this.execution.program.actors[thread].racy === true;
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
    return undefined;
  }

  addState(): void {
    throw new Error('under lkmm, a state is a graph');
  }

  graphHash(): readonly number[] {
    return executionGraphHash(this, this.execution);
  }

  storesRead(s: number): readonly number[] {
    return this.read[s] < 0 ? NO_STEPS : [this.read[s]];
  }

  storesWritten(s: number): readonly number[] {
    return this.written[s] === NO_STORE ? NO_STEPS : [this.written[s]];
  }

  flushedThread(): number {
    return -1;
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

  readableValues(): undefined {
    return undefined;
  }

  rewind(): void {
    this.shown.length = 0;
    this.stores.showInitial();
  }

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
    return this.stores.rank[this.written[s]] ?? 0;
  }
}

/** Whether a step reads from, and overwrites, the last store of its location. */
const isNewest = (last: number, from: readonly number[], after: readonly number[]): boolean =>
  (from.length === 0 || from[0] === last || isPromise(from[0])) && (after.length === 0 || after[0] === last);

/** More than any number of a choice. */
const CHOICES_MAX = 2 ** 26;

/** The choice of a step that reads a promise, and places its store at a position of the order. */
const promiseChoice = (promise: number, position: number): number =>
  PROMISED_MAX * (1 + position) + promisedValue(promise);
