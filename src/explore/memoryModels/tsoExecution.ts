import { isRmw, isWrite, Kind, rmwResult } from '../../memory/memory.ts';
import type { Step } from '../../memory/trace.ts';
import { Execution, NO_THREAD } from '../execution/execution.ts';
import type { Program } from '../program.ts';
import type { VarintBuffer } from '../states/varintBuffer.ts';
import { ByteRanges } from './byteRanges.ts';
import { CoherenceOrder } from './coherenceOrder.ts';
import { classOf, type Relations, readsOf } from './relations.ts';

const NOTHING: readonly number[] = [];

/**
 * HOT under `tso`. An execution in which each thread has a store buffer: thread n + t, of n actors, is the buffer of thread t, and its next step lets the
 * oldest store out (Sewell, Sarkar, Owens, Zappa Nardelli, Myreen: "x86-TSO", CACM 2010; `docs/memory-models.md`).
 */
export class TsoExecution extends Execution implements Relations {
  readonly atoms: ByteRanges;
  readonly stores: CoherenceOrder;
  /** By thread: the steps whose stores are in its buffer, oldest first. */
  private readonly buffers: number[][];
  /** By step: the stores that it read from, and the first of its own; of one that lets a store out, the step that put it in. */
  private readonly from: (readonly number[])[] = [];
  private readonly storesAt: number[] = [];
  private readonly lets: number[] = [];

  constructor(program: Program, stepsMax: number, alike: readonly (readonly number[])[] = []) {
    super(program, stepsMax, alike, { lanes: 2 * program.actors.length, fences: 'mb' });
    this.atoms = new ByteRanges(this.places);
    this.stores = new CoherenceOrder(this.atoms, this.bytes);
    this.buffers = program.actors.map(() => []);
  }

  override reset(): void {
    while (this.steps > 0) this.undo();
    super.reset();
  }

  storesRead(s: number): readonly number[] {
    return this.lets[s] >= 0 ? NOTHING : this.from[s];
  }

  written(s: number): readonly number[] {
    if (this.lets[s] >= 0) return NOTHING;
    const { step } = this.stores;
    const written: number[] = [];
    for (let store = this.storesAt[s]; step[store] === s; store++) written.push(store);
    return written;
  }

  override readsFrom(s: number): Step['reads'] {
    return readsOf(this, s);
  }

  override bufferedStores(thread: number): readonly number[] {
    return this.buffers[thread];
  }

  override changedBy(s: number): boolean {
    return this.changes(s) && super.changedBy(s);
  }

  /** A store that goes into a buffer changes nothing yet. */
  override changes(s: number): boolean {
    return super.changes(s) && (this.lets[s] >= 0 || this.written(s).every((store) => this.stores.update[store]));
  }

  /** The actor that the stores of step `s` are of, where it lets one out; else -1. */
  flushedThread(s: number): number {
    return this.lets[s] < 0 ? -1 : this.schedule[s] - this.threads;
  }

  override graphHash(): readonly number[] {
    return classOf(this);
  }

  override addModelState(to: VarintBuffer): void {
    for (const buffer of this.buffers) {
      to.add(buffer.length);
      for (const s of buffer) {
        to.add(this.footprints[s]);
        to.add(this.values[s]);
        to.add(this.highs[s]);
      }
    }
  }

  override step(thread: number): void {
    if (this.steps === this.nodes.length) this.grow();
    if (thread >= this.threads) this.letOut(thread - this.threads);
    else this.take(thread);
  }

  private take(thread: number): void {
    const s = this.steps;
    const node = this.node[thread];
    const code = this.pending[thread];
    const kind = code & 31;
    const place = this.places[code >>> 5];
    this.from[s] = NOTHING;
    this.lets[s] = -1;
    this.storesAt[s] = this.stores.count;
    this.footprints[s] = code;
    this.changed = NO_THREAD;
    this.values[s] = this.highs[s] = this.olds[s] = this.oldHighs[s] = 0;
    let low = 0;
    let high = 0;
    if (kind === Kind.mb) {
      // Its buffer is empty.
    } else if (this.isBuffered(kind, place.kind)) {
      this.values[s] = this.tree.operand[node];
      this.highs[s] = this.tree.operandHigh[node];
      this.store(code >>> 5, false);
      this.buffers[thread].push(s);
      this.head(thread);
    } else if (kind >= Kind.lock) low = this.locksAndQueues(thread, kind, code >>> 5);
    else {
      this.from[s] = this.atoms.of[place.id].map((atom) => this.newest(thread, atom));
      [low, high] = this.stores.value(place, this.from[s]);
      this.values[s] = low;
      this.highs[s] = high;
      if (isRmw(kind)) {
        this.olds[s] = low;
        if (kind === Kind.cmpxchg && low !== this.tree.expected[node])
          this.footprints[s] = code - Kind.cmpxchg + Kind.load;
        else {
          this.values[s] = rmwResult(kind, low, this.tree.expected[node], this.tree.operand[node], place.bits);
          this.store(place.id, true);
        }
      }
    }
    this.took(thread, node, kind, low, high);
    this.who();
  }

  /** The oldest store of `thread` gets to memory. */
  private letOut(thread: number): void {
    const s = this.steps;
    const issued = this.buffers[thread].shift()!;
    const place = this.places[this.footprints[issued] >>> 5];
    this.lets[s] = issued;
    this.from[s] = NOTHING;
    this.storesAt[s] = this.stores.count;
    this.schedule[s] = this.threads + thread;
    this.nodes[s] = this.nodes[issued];
    this.footprints[s] = this.footprints[issued];
    this.values[s] = this.values[issued];
    this.highs[s] = this.highs[issued];
    [this.olds[s], this.oldHighs[s]] = this.stores.value(
      place,
      this.atoms.of[place.id].map((atom) => this.stores.last(atom)),
    );
    this.changed = NO_THREAD;
    for (const store of this.written(issued)) this.arrives(store, place.id);
    this.steps = s + 1;
    this.last = this.threads + thread;
    this.ended = false;
    this.head(thread);
    this.who();
    this.observe(this.threads + thread);
  }

  protected override undo(): void {
    const s = --this.steps;
    const thread = this.schedule[s];
    const issued = this.lets[s];
    if (issued >= 0) {
      const { step } = this.stores;
      let store = this.storesAt[issued];
      while (step[store + 1] === issued) store++;
      for (; store >= this.storesAt[issued]; store--) this.stores.unplace(store);
      this.buffers[thread - this.threads].unshift(issued);
      this.head(thread - this.threads);
      return;
    }
    const node = this.nodes[s];
    const code = this.tree.code[node];
    const kind = code & 31;
    const buffer = this.buffers[thread];
    const isBuffered = buffer.length > 0 && buffer[buffer.length - 1] === s;
    while (this.stores.count > this.storesAt[s]) {
      if (!isBuffered) this.stores.unplace(this.stores.count - 1);
      this.stores.drop();
    }
    if (isBuffered) {
      buffer.pop();
      this.head(thread);
    } else if (kind === Kind.wait) this.asleep[thread] = NO_THREAD;
    else if (kind === Kind.wake) {
      for (let t = 0; t < this.threads; t++) if (this.values[s] & (1 << t)) this.asleep[t] = code >>> 5;
    }
    this.returnTo(thread, node, s);
  }

  /** A lock, the unlock of a mutex, a wait, a wake-up: those come when the buffer is empty. */
  private locksAndQueues(thread: number, kind: number, id: number): number {
    const s = this.steps;
    this.changed = id;
    if (kind === Kind.lock || kind === Kind.unlock) {
      this.values[s] = kind === Kind.lock ? thread + 1 : 0;
      this.olds[s] = kind === Kind.lock ? 0 : thread + 1;
      if (kind === Kind.lock) this.from[s] = [this.stores.last(this.atoms.of[id][0])];
      this.store(id, true);
    } else if (kind === Kind.wait) {
      this.from[s] = this.atoms.of[id].map((atom) => this.stores.last(atom));
      const [seen] = this.stores.value(this.places[id], this.from[s]);
      this.values[s] = seen;
      if (seen === this.tree.expected[this.node[thread]]) this.asleep[thread] = id;
      return seen;
    } else if (kind === Kind.wake) {
      this.values[s] = this.wakeAll(id);
    }
    return 0;
  }

  /** Adds the stores of the step that is being taken. At once in memory, or held back. */
  private store(id: number, atOnce: boolean): void {
    const s = this.steps;
    const place = this.places[id];
    for (const atom of this.atoms.of[id]) {
      const [low, high] = this.stores.part(place, atom, this.values[s], this.highs[s]);
      const store = this.stores.add(atom, s, low, high, atOnce);
      if (atOnce) this.arrives(store, id);
    }
  }

  private arrives(store: number, id: number): void {
    if (this.stores.place(store, this.stores.last(this.stores.atom[store]))) this.changed = id;
  }

  /** The store that `thread` reads an atom from: its own newest, as long as that is in its buffer. */
  private newest(thread: number, atom: number): number {
    const buffer = this.buffers[thread];
    for (let i = buffer.length - 1; i >= 0; i--)
      for (let store = this.storesAt[buffer[i]]; this.stores.step[store] === buffer[i]; store++)
        if (this.stores.atom[store] === atom) return store;
    return this.stores.last(atom);
  }

  /** What the buffer of `thread` will do next. */
  private head(thread: number): void {
    const lane = this.threads + thread;
    const buffer = this.buffers[thread];
    this.pending[lane] = buffer.length > 0 ? this.footprints[buffer[0]] : NO_THREAD;
    if (buffer.length > 0) this.live |= 1 << lane;
    else this.live &= ~(1 << lane);
  }

  private isBuffered(kind: number, of: string): boolean {
    return kind === Kind.unlock ? of === 'spinlock' : kind <= Kind.storeRelease && isWrite(kind);
  }

  /** What has to find the thread's buffer empty waits for that. */
  protected override who(): void {
    super.who();
    for (let t = 0; t < this.threads; t++) {
      const code = this.pending[t];
      const kind = code & 31;
      if (code < 0 || this.buffers[t].length === 0 || kind < Kind.xchg || kind === Kind.resume) continue;
      if (!this.isBuffered(kind, this.places[code >>> 5].kind)) this.enabled &= ~(1 << t);
    }
  }

  /** A spinlock that was given back, and is not yet in memory, is not held any more by those who know. */
  protected override holds(thread: number, id: number): boolean {
    const given = this.buffers[thread].some((s) => this.footprints[s] >>> 5 === id);
    return super.holds(thread, id) && !given;
  }

  /** Whether `thread`, which has gone a round of a spin, would see the same again, now and when its own stores are out. */
  protected override goesRound(thread: number): boolean {
    return this.tree.spins.get(this.node[thread])!.reads.every(({ code, low, high }) => {
      const place = this.places[code >>> 5];
      const from = this.atoms.of[place.id].map((atom) => this.newest(thread, atom));
      const [l, h] = this.stores.value(place, from);
      return l === low && h === high;
    });
  }
}
