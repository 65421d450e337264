import type { Place } from '../../memory/cell.ts';
import type { SpinLoop } from '../../memory/executionTrie.ts';
import { isFence, isRmw, isWrite, Kind, rmwResult } from '../../memory/memory.ts';
import type { Step } from '../../memory/trace.ts';
import { Execution, NO_THREAD } from '../execution/execution.ts';
import type { Program } from '../program.ts';
import { encodeChoice } from '../schedule.ts';
import type { VarintBuffer } from '../states/varintBuffer.ts';
import { AccessHistory } from './accessHistory.ts';
import { ByteRanges } from './byteRanges.ts';
import { CoherenceOrder } from './coherenceOrder.ts';
import { DataRaces } from './dataRaces.ts';
import { classOf, type Relations, readsOf } from './relations.ts';
import { type MessageView, type ThreadView, Views } from './threadView.ts';
import { WeakState } from './weakState.ts';

/** How a step can be taken: by atom of its place, the store that it reads from, and the one that its own comes right after in coherence order. */
export interface AccessChoice {
  readonly from: readonly number[];
  readonly after: readonly number[];
}

const NOTHING: readonly number[] = [];
const WAY: AccessChoice = { from: NOTHING, after: NOTHING };

/**
 * What is asked of the order of a program's accesses. `weak`: all of `docs/memory-models.md`. `fences later`: but for the one order of all `mb`, which somebody else
 * looks after. `coherence`: each atom by itself; somebody else looks after all the rest.
 */
export type WeakVariant = 'weak' | 'fences later' | 'coherence';

/** HOT under `weak`. An execution whose loads may read from older stores, and whose stores need not be the last of their atom. */
export class WeakExecution extends Execution implements Relations {
  readonly atoms: ByteRanges;
  readonly stores: CoherenceOrder;
  readonly views: Views;
  /** By thread. */
  readonly known: ThreadView[];
  /** What the last `mb` of all knew. */
  shared: MessageView;
  /** By lock and wait queue: what those know who take it, or wake from it. */
  readonly handed: MessageView[];
  /** Which of those have ever handed anything on, in any execution. */
  readonly handing: number[] = [];
  private readonly rules: WeakVariant;
  /** By step: which way was taken. */
  private readonly taken: number[] = [];
  /** By step: what its thread knew, what `shared` and `handed` were, and where in `from` and in the stores its own begin. */
  readonly knownBefore: ThreadView[] = [];
  private readonly sharedBefore: MessageView[] = [];
  private readonly handedBefore: MessageView[] = [];
  private readonly fromAt: number[] = [];
  private readonly storesAt: number[] = [];
  private readonly from: number[] = [];
  /** By store: what those know who read it with acquire, or before a fence. */
  readonly carried: MessageView[] = [];
  /** By thread: its steps. */
  readonly stepsOf: number[][];
  /** By step: its number among those of its thread, from 1. */
  readonly nth: number[] = [];
  /** By thread: the ways of its next step, as of `waysAt` changes of the execution. */
  private readonly ways: (readonly AccessChoice[])[] = [];
  private readonly waysAt: number[] = [];
  private moves = 0;
  private readonly state = new WeakState(this);
  private readonly races: DataRaces;
  /** What it may still race with. */
  readonly past: AccessHistory;

  constructor(
    program: Program,
    stepsMax: number,
    alike: readonly (readonly number[])[] = [],
    rules: WeakVariant = 'weak',
  ) {
    super(program, stepsMax, alike, { fences: rules === 'coherence' ? 'mb' : 'all' });
    this.rules = rules;
    this.atoms = new ByteRanges(this.places);
    this.stores = new CoherenceOrder(this.atoms, this.bytes);
    this.views = new Views(this.atoms.count, this.threads, this.stores.rank);
    const { initial } = this.views;
    const nothing = { current: initial, ahead: initial, seen: initial, published: initial, own: initial };
    this.known = program.actors.map(() => nothing);
    this.shared = initial;
    this.handed = this.places.map(() => initial);
    this.carried = Array.from({ length: this.atoms.count }, () => initial);
    this.stepsOf = program.actors.map(() => []);
    this.races = new DataRaces(this);
    this.past = new AccessHistory(this, this.races);
  }

  override reset(): void {
    while (this.steps > 0) this.undo();
    this.moves++;
    super.reset();
  }

  /** In how many ways `thread` can take its next step. */
  override choiceCount(thread: number): number {
    return this.waysOf(thread).length;
  }

  override step(thread: number, alternative = 0): void {
    const { from, after } = this.waysOf(thread)[alternative];
    this.taken[this.steps] = alternative;
    this.take(thread, from, after);
  }

  override choice(s: number): number {
    return encodeChoice(this.schedule[s], this.taken[s]);
  }

  /** By step: the stores that it read from, one an atom; NOTHING for one that read nothing. */
  storesRead(s: number): readonly number[] {
    return this.from.slice(this.fromAt[s], s + 1 < this.steps ? this.fromAt[s + 1] : this.from.length);
  }

  /** By step: its own stores, one an atom, in order of the atoms. */
  written(s: number): readonly number[] {
    const [start, end] = [this.storesAt[s], s + 1 < this.steps ? this.storesAt[s + 1] : this.stores.count];
    return Array.from({ length: end - start }, (_, i) => start + i);
  }

  override readsFrom(s: number): Step['reads'] {
    return readsOf(this, s);
  }

  override readable(thread: number, place: number): readonly bigint[] | undefined {
    const { stores, atoms } = this;
    if (atoms.of[place].length !== 1) return undefined;
    const [atom] = atoms.of[place];
    const { current, ahead } = this.known[thread];
    const floor = Math.max(stores.rank[current[atom]], stores.rank[ahead[atom]]);
    return newestFirst(stores.order[atom], floor).map((store) => {
      const [low, high] = stores.value(this.places[place], [store]);
      return (BigInt(high) << 32n) | BigInt(low);
    });
  }

  override changedBy(s: number): boolean {
    return this.changes(s);
  }

  /** Memory has the last in coherence order of what was redone. */
  override redo(s: number): void {
    for (const store of this.written(s)) {
      const atom = this.stores.atom[store];
      const top = this.stores.top(atom);
      this.redone.push(top);
      if (this.stores.rank[store] > this.stores.rank[top]) this.stores.show(store);
    }
  }
  override unredo(s: number): void {
    for (const _ of this.written(s)) this.stores.show(this.redone.pop()!);
  }
  override rewind(): Uint32Array {
    const memory = super.rewind();
    this.stores.showInitial();
    return memory;
  }
  override rankOf(s: number): number {
    return this.stores.rank[this.storesAt[s]] ?? 0;
  }

  flushedThread(): number {
    return -1;
  }

  /** What the thread of step `s` knew after it. */
  knownAfter(s: number): ThreadView {
    const thread = this.schedule[s];
    const next = this.stepsOf[thread][this.nth[s]];
    return next === undefined ? this.known[thread] : this.knownBefore[next];
  }

  override get plainAtoms(): number {
    return this.races.plainAtoms;
  }

  protected override observe(thread: number): void {
    if (this.observer !== null && this.stop === null && this.rules !== 'coherence') {
      const violation = this.races.at(this.steps - 1);
      if (violation !== undefined) this.stop = { kind: 'violated', violation };
    }
    super.observe(thread);
  }

  get spinningNow(): number {
    return this.spinning;
  }

  override addModelState(to: VarintBuffer): void {
    this.state.addTo(to);
  }

  override graphHash(): readonly number[] {
    return classOf(this);
  }

  /** The ways in which `thread` can take its next step, the newest store first. */
  waysOf(thread: number): readonly AccessChoice[] {
    if (this.waysAt[thread] !== this.moves) {
      this.ways[thread] = this.waysNow(thread);
      this.waysAt[thread] = this.moves;
    }
    return this.ways[thread];
  }

  /** Takes the next step of `thread` in that way, whether the rules allow it or not. */
  take(thread: number, from: readonly number[], after: readonly number[]): void {
    const s = this.steps;
    if (s === this.nodes.length) this.grow();
    const node = this.node[thread];
    const code = this.pending[thread];
    const kind = code & 31;
    const id = code >>> 5;
    this.moves++;
    this.knownBefore[s] = this.known[thread];
    this.sharedBefore[s] = this.shared;
    this.handedBefore[s] = this.handed[id];
    this.fromAt[s] = this.from.length;
    this.storesAt[s] = this.stores.count;
    this.nth[s] = this.stepsOf[thread].push(s);
    for (const store of from) this.from.push(store);
    this.footprints[s] = code;
    this.changed = NO_THREAD;
    this.values[s] = this.highs[s] = this.olds[s] = this.oldHighs[s] = 0;
    let low = 0;
    let high = 0;
    if (isFence(kind)) this.fence(thread, kind);
    else {
      const place = this.places[id];
      if (from.length > 0) [low, high] = this.stores.value(place, from);
      if (kind >= Kind.wait) this.queue(thread, kind, place, from, low);
      else if (kind >= Kind.lock) {
        this.locks(thread, kind, place, after);
        low = 0;
      } else if (!isWrite(kind)) this.loads(thread, kind, from, low, high);
      else if (kind === Kind.cmpxchg && low !== this.tree.expected[node]) {
        this.footprints[s] = code - Kind.cmpxchg + Kind.load;
        this.olds[s] = low;
        this.loads(thread, Kind.load, from, low, 0);
      } else if (isRmw(kind)) this.updates(thread, kind, place, from, after, low);
      else this.writes(thread, kind, place, after);
    }
    this.took(thread, node, kind, low, high);
  }

  protected override undo(): void {
    const s = --this.steps;
    const thread = this.schedule[s];
    const node = this.nodes[s];
    const code = this.tree.code[node];
    const place = code >>> 5;
    const kind = code & 31;
    this.moves++;
    while (this.stores.count > this.storesAt[s]) {
      const store = this.stores.count - 1;
      this.stores.unplace(store);
      this.stores.drop();
      this.carried.pop();
    }
    this.from.length = this.fromAt[s];
    this.stepsOf[thread].pop();
    this.known[thread] = this.knownBefore[s];
    this.shared = this.sharedBefore[s];
    this.handed[place] = this.handedBefore[s];
    if (kind === Kind.wait) this.asleep[thread] = NO_THREAD;
    else if (kind === Kind.wake) {
      for (let t = 0; t < this.threads; t++) if (this.values[s] & (1 << t)) this.asleep[t] = place;
    }
    this.returnTo(thread, node, s);
  }

  private loads(thread: number, kind: number, from: readonly number[], low: number, high: number): void {
    const { carried } = this;
    const known = this.known[thread];
    this.values[this.steps] = low;
    this.highs[this.steps] = high;
    const current = this.afterRead(thread, known.current, from);
    if (this.rules === 'coherence') {
      this.known[thread] = { ...known, current };
      return;
    }
    let seen = known.seen;
    for (const store of from) seen = this.views.join(seen, carried[store]);
    let acquired = current;
    if (kind === Kind.loadAcquire) for (const store of from) acquired = this.views.join(acquired, carried[store]);
    const { ahead, published, own } = known;
    this.known[thread] = { current: acquired, ahead, seen, published, own };
  }

  private writes(thread: number, kind: number, place: Place, after: readonly number[]): void {
    const s = this.steps;
    const known = this.known[thread];
    const node = this.node[thread];
    const [low, high] = [this.tree.operand[node], this.tree.operandHigh[node]];
    this.values[s] = low;
    this.highs[s] = high;
    [this.olds[s], this.oldHighs[s]] = this.stores.value(place, after);
    const carries = this.rules !== 'coherence' && kind === Kind.storeRelease;
    const first = this.store(place, low, high, after, false);
    const current = this.afterWrite(thread, known.current, first);
    const { ahead, seen, published } = known;
    this.carry(carries ? this.views.join(current, ahead) : this.withParts(published, first));
    this.known[thread] = { current, ahead, seen, published, own: this.afterWrite(thread, known.own, first) };
  }

  /** What a store carries, with all of its parts: who has read one, and then a fence, does not read the others from before it. */
  private withParts(view: MessageView, first: number): MessageView {
    const { stores } = this;
    if (stores.count - first === 1) return view;
    const whole = view.slice();
    for (let store = first; store < stores.count; store++) whole[stores.atom[store]] = store;
    return whole;
  }

  private updates(
    thread: number,
    kind: number,
    place: Place,
    from: readonly number[],
    after: readonly number[],
    old: number,
  ): void {
    const s = this.steps;
    const node = this.node[thread];
    const value = rmwResult(kind, old, this.tree.expected[node], this.tree.operand[node], place.bits);
    this.values[s] = value;
    this.olds[s] = old;
    if (this.rules !== 'coherence') this.fence(thread, Kind.mb);
    const known = this.known[thread];
    const first = this.store(place, value, 0, after, true);
    let current = this.afterWrite(thread, known.current, first);
    if (this.rules === 'coherence') {
      this.carry(current);
      this.known[thread] = { ...known, current };
      return;
    }
    for (const store of from) current = this.views.join(current, this.carried[store]);
    this.carry(current);
    const own = this.afterWrite(thread, known.own, first);
    this.known[thread] = { current, ahead: current, seen: current, published: current, own };
    if (this.rules === 'weak') this.shared = current;
  }

  private locks(thread: number, kind: number, place: Place, after: readonly number[]): void {
    const s = this.steps;
    const known = this.known[thread];
    const taken = kind === Kind.lock;
    this.values[s] = taken ? thread + 1 : 0;
    this.olds[s] = taken ? 0 : thread + 1;
    this.store(place, this.values[s], 0, after, taken);
    this.carry(this.views.initial);
    this.changed = place.id;
    if (this.rules === 'coherence') return;
    if (taken) this.known[thread] = { ...known, current: this.views.join(known.current, this.handed[place.id]) };
    else this.hand(place.id, this.views.join(known.current, known.ahead));
  }

  /** A wait queue: who waits or wakes has a full fence, and who wakes up knows what its waker knew. */
  private queue(thread: number, kind: number, place: Place, from: readonly number[], seen: number): void {
    const s = this.steps;
    this.changed = place.id;
    if (this.rules !== 'coherence' && kind !== Kind.resume) this.fence(thread, Kind.mb);
    if (kind === Kind.wait) {
      // Atomics.wait compares in the one order of all seq_cst accesses, whether it then sleeps or not.
      this.loads(thread, Kind.loadAcquire, from, seen, 0);
      if (seen === this.tree.expected[this.node[thread]]) this.asleep[thread] = place.id;
    } else if (kind === Kind.wake) {
      this.values[s] = this.wakeAll(place.id);
      if (this.rules !== 'coherence')
        this.hand(place.id, this.views.join(this.handed[place.id], this.known[thread].current));
    } else if (this.rules !== 'coherence') {
      const known = this.known[thread];
      this.known[thread] = { ...known, current: this.views.join(known.current, this.handed[place.id]) };
    }
  }

  private hand(id: number, view: MessageView): void {
    this.handed[id] = view;
    if (!this.handing.includes(id)) this.handing.push(id);
  }

  private fence(thread: number, kind: number): void {
    if (this.rules === 'coherence') return;
    const { views } = this;
    const known = this.known[thread];
    if (kind === Kind.rmb) this.known[thread] = { ...known, ahead: views.join(known.ahead, known.seen) };
    else if (kind === Kind.wmb) this.known[thread] = { ...known, published: views.join(known.published, known.own) };
    else {
      let all = views.join(views.join(known.current, known.ahead), known.seen);
      if (this.rules === 'weak') all = views.joinAtoms(all, this.shared);
      const current = all.slice();
      current[views.fences(thread)]++;
      this.known[thread] = { ...known, current, ahead: current, seen: current, published: current };
      if (this.rules === 'weak') this.shared = current;
    }
  }

  /** Adds the stores of the step that is being taken; returns the first. */
  private store(place: Place, low: number, high: number, after: readonly number[], update: boolean): number {
    const { stores } = this;
    const atoms = this.atoms.of[place.id];
    const first = stores.count;
    for (let i = 0; i < atoms.length; i++) {
      const [l, h] = stores.part(place, atoms[i], low, high);
      const store = stores.add(atoms[i], this.steps, l, h, update);
      if (stores.place(store, after[i])) this.changed = place.id;
    }
    return first;
  }

  /** What those know who read the stores of the step that is being taken. */
  private carry(view: MessageView): void {
    while (this.carried.length < this.stores.count) this.carried.push(view);
  }

  /** `view` after `thread` has read `from`, in its step that is being taken. */
  private afterRead(thread: number, view: MessageView, from: readonly number[]): MessageView {
    const after = view.slice();
    for (let i = 0; i < from.length; i++) after[this.stores.atom[from[i]]] = from[i];
    after[this.views.reads(thread)] = this.stepsOf[thread].length;
    return after;
  }

  /** The same where it has made the stores from `first` on. */
  private afterWrite(thread: number, view: MessageView, first: number): MessageView {
    const { atom } = this.stores;
    const after = view.slice();
    for (let store = first; store < atom.length; store++) after[atom[store]] = store;
    after[this.views.writes(thread)] = this.stepsOf[thread].length;
    return after;
  }

  private waysNow(thread: number): readonly AccessChoice[] {
    const code = this.pending[thread];
    const kind = code & 31;
    if (isFence(kind) || kind === Kind.wake || kind === Kind.resume) return [WAY];
    const { stores } = this;
    const atoms = this.atoms.of[code >>> 5];
    if (kind === Kind.lock || kind === Kind.unlock) {
      const last = [stores.last(atoms[0])];
      return [{ from: kind === Kind.lock ? last : NOTHING, after: last }];
    }
    const ways: AccessChoice[] = [];
    if (isWrite(kind) && !isRmw(kind)) {
      for (const after of this.placings(thread)) ways.push({ from: NOTHING, after });
      return ways;
    }
    for (const from of this.readings(thread, kind)) {
      if (!isWrite(kind) || this.fails(thread, from)) ways.push({ from, after: NOTHING });
      else if (this.isFree(from) && this.mayUpdate(thread, from)) ways.push({ from, after: from });
    }
    return ways;
  }

  /** Whether a cmpxchg that reads `from` fails. */
  fails(thread: number, from: readonly number[]): boolean {
    const code = this.pending[thread];
    if ((code & 31) !== Kind.cmpxchg) return false;
    return this.stores.value(this.places[code >>> 5], from)[0] !== this.tree.expected[this.node[thread]];
  }

  /** Whether no read-modify-write has read one of `from`. */
  isFree(from: readonly number[]): boolean {
    for (let i = 0; i < from.length; i++) if (this.isRead(from[i])) return false;
    return true;
  }

  /** Whether a read-modify-write has read `store`. */
  private isRead(store: number): boolean {
    const { order, atom, rank, update } = this.stores;
    const others = order[atom[store]];
    const next = rank[store] + 1;
    return next < others.length && update[others[next]];
  }

  /** Whether `from` is not older than what `thread` knows after an `mb`. */
  mayUpdate(thread: number, from: readonly number[]): boolean {
    if (this.rules === 'coherence') return true;
    const { rank, atom } = this.stores;
    const known = this.known[thread];
    return from.every((store) => {
      const a = atom[store];
      return (
        rank[store] >= rank[known.ahead[a]] &&
        rank[store] >= rank[known.seen[a]] &&
        (this.rules !== 'weak' || rank[store] >= rank[this.shared[a]])
      );
    });
  }

  /** What the next access of `thread` may read, by atom, newest first: for a read-modify-write, before its `mb` is counted. */
  readings(thread: number, kind: number): readonly (readonly number[])[] {
    const { stores } = this;
    const { current, ahead, seen } = this.known[thread];
    const { rank } = stores;
    const atoms = this.atoms.of[this.pending[thread] >>> 5];
    const waits = kind === Kind.wait && this.rules !== 'coherence';
    const candidates = atoms.map((a) => {
      let floor = Math.max(rank[current[a]], rank[ahead[a]]);
      if (waits) floor = Math.max(floor, rank[seen[a]], this.rules === 'weak' ? rank[this.shared[a]] : 0);
      return newestFirst(stores.order[a], floor);
    });
    return atoms.length === 1 ? alone(candidates[0]) : product(candidates).filter((from) => this.isWhole(from));
  }

  /** After which stores that of `thread` may come, by atom, newest first. */
  placings(thread: number): readonly (readonly number[])[] {
    const { stores } = this;
    const { current } = this.known[thread];
    const atoms = this.atoms.of[this.pending[thread] >>> 5];
    const candidates = atoms.map((a) =>
      newestFirst(stores.order[a], stores.rank[current[a]]).filter((store) => !this.isRead(store)),
    );
    return atoms.length === 1 ? alone(candidates[0]) : product(candidates).filter((after) => this.isInOrder(after));
  }

  /** Whether each part is not older than the step that another part is from: a store is whole. */
  private isWhole(from: readonly number[]): boolean {
    const { rank, atom } = this.stores;
    return from.every((store) =>
      from.every((other) => {
        const part = this.partOf(store, atom[other]);
        return part < 0 || rank[other] >= rank[part];
      }),
    );
  }

  /** Whether a store that comes after these is on the same side of each other store in all atoms. */
  private isInOrder(after: readonly number[]): boolean {
    const { rank, atom, order } = this.stores;
    return after.every((store, i) =>
      order[atom[store]].every((other, r) =>
        after.every((beside, j) => {
          const part = i === j ? -1 : this.partOf(other, atom[beside]);
          return part < 0 || r <= rank[store] === rank[part] <= rank[beside];
        }),
      ),
    );
  }

  /** What the step of `store` stored to another atom, or -1. */
  private partOf(store: number, atom: number): number {
    const { step, atom: atoms } = this.stores;
    if (step[store] < 0) return -1;
    for (let i = this.storesAt[step[store]]; step[i] === step[store]; i++) if (atoms[i] === atom) return i;
    return -1;
  }

  /** A thread that has gone an iteration of a spin goes another only where another value was stored to one of the locations since that one began. */
  protected override whoSpins(): number {
    let spinning = 0;
    for (let t = 0; t < this.threads; t++) {
      const kind = this.pending[t] & 31;
      if (this.pending[t] < 0 || kind === Kind.lock || kind === Kind.resume) continue;
      const spin = this.tree.spins.get(this.node[t]);
      if (spin === undefined) continue;
      const steps = this.stepsOf[t];
      const began = steps[Math.max(0, steps.length - spin.length)];
      const news = spin.reads.some((read) => this.isNews(read, began));
      if (this.blockOnSpin || !news) spinning |= 1 << t;
    }
    return spinning;
  }

  /** Whether a value other than `read` was stored there after step `began`. Of a place in several parts that is not told: any store may be one. */
  private isNews({ code, low, high }: SpinLoop['reads'][number], began: number): boolean {
    const { stores } = this;
    const place = this.places[code >>> 5];
    const atoms = this.atoms.of[place.id];
    return atoms.some((atom) =>
      stores.order[atom].some((store) => {
        if (stores.step[store] <= began) return false;
        if (atoms.length > 1) return true;
        const [l, h] = stores.value(place, [store]);
        return l !== low || h !== high;
      }),
    );
  }
}

/** The stores of an order from rank `floor` on. */
function newestFirst(order: readonly number[], floor: number): number[] {
  const stores: number[] = [];
  for (let i = order.length - 1; i >= floor; i--) stores.push(order[i]);
  return stores;
}

function alone(stores: readonly number[]): (readonly number[])[] {
  const lists: (readonly number[])[] = [];
  for (let i = 0; i < stores.length; i++) lists.push([stores[i]]);
  return lists;
}

/** All lists that have one of each of `lists`, the last of them changing first. */
function product(lists: readonly (readonly number[])[]): number[][] {
  const all: number[][] = [];
  const count = lists.reduce((of, list) => of * list.length, 1);
  for (let n = 0; n < count; n++) {
    const one: number[] = [];
    let stride = count;
    for (const list of lists) {
      stride /= list.length;
      one.push(list[Math.floor(n / stride) % list.length]);
    }
    all.push(one);
  }
  return all;
}
