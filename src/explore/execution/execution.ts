import { BeyondBound } from '../../loops/probe.ts';
import type { Place } from '../../memory/cell.ts';
import { EndKind, ExecutionTrie } from '../../memory/executionTrie.ts';
import { grownCopy } from '../../memory/grownCopy.ts';
import type { LoopRules } from '../../memory/loopRules.ts';
import {
  ContractViolation,
  isFence,
  isWrite,
  Kind,
  kindOf,
  type Memory,
  placeOf,
  rmwResult,
} from '../../memory/memory.ts';
import { type MemoryImage, wordAt } from '../../memory/memoryImage.ts';
import type { TreeOperation } from '../../memory/operationEnd.ts';
import { OperationRunner } from '../../memory/operationRunner.ts';
import type { AccessResult, Fences } from '../../memory/reexecutionMemory.ts';
import { resultText } from '../../memory/result.ts';
import { SetupMemory } from '../../memory/setupMemory.ts';
import { shortPlace } from '../../memory/sourceLine.ts';
import type { Step } from '../../memory/trace.ts';
import { isPast } from '../limits.ts';
import { ACTORS_MAX, type Program } from '../program.ts';
import { lowestSetBit, type Scheduler, type SchedulerView } from '../schedulers/scheduler.ts';
import type { VarintBuffer } from '../states/varintBuffer.ts';
import { NO_ACCESS, STUCK, stopOf, type Violation, type ViolationStop } from './violation.ts';

/**
 * How an execution stopped. `finished`: all threads have; `blocked`: a thread assumed what does not hold, or see `blockOnSpin`; `livelock`: all that are left go round
 * without writing anything; `limit`: it has taken its steps, or memory; `late`: the time of the search is over, in the midst of it; `pruned`: the scheduler
 * wanted no more of it.
 */
export type Stop =
  | { readonly kind: 'finished' | 'blocked' | 'deadlock' | 'livelock' | 'limit' | 'late' | 'pruned' }
  /** The observer found a violation, or an operation threw, or broke a rule of `Memory`. */
  | ViolationStop;

/** Looks at an execution as it goes. */
export interface Observer {
  /** After `reset`, before the first step. What it returns is the violation that ends the execution. */
  start(): Violation | undefined;
  /** After each step, and after the operations that ended with it. */
  step(thread: number): Violation | undefined;
  /** After `backTo(steps)`. */
  back(steps: number): void;
}

export const NO_THREAD = -1;
const WIDE = 0;
/** Logs that the tree may hold before it is forgotten between two executions: about 200 MB. */
const LOGS_MAX = 1 << 22;
/** Logs that one execution, or a search that never begins again, may come to. */
const LOGS_AT_ONCE = 1 << 24;
/** Steps between two looks at the clock. */
const STRIDE = 1024;

/**
 * HOT: see `npm run bench`, "explorer step". One execution of a program: memory, where each thread is, and the schedule so far. It runs forward under a
 * scheduler, or a step at a time, and back to any earlier step.
 *
 * A thread is a node of the `LogTree`; a step looks the next one up, and only where nobody has been before is the operation itself run.
 */
export class Execution implements SchedulerView {
  readonly program: Program;
  readonly bytes: MemoryImage;
  readonly tree = new ExecutionTrie();
  readonly places: readonly Place[];
  readonly stepsMax: number;
  observer: Observer | null = null;
  /**
   * What becomes of a thread that has gone a round (see `Spin`). False: it waits until it would see something else. True: it goes no further, and where it could,
   * the execution is `blocked`: it is another one, which has all of this but that round. Then no step of a thread depends on what it does not access.
   */
  blockOnSpin = false;
  /** When the time is over, as `isPast` tells. One execution may take long: 100,000 steps of one operation that goes on and on. */
  until = Infinity;
  /** Loops that were bounded by `loopRules.iterationsMax`, as they are named to people. */
  readonly bounds = new Set<string>();
  /** By first log of an operation: the result that it was given. */
  private readonly given = new Map<number, { readonly subject: TreeOperation; readonly thread: number }>();
  private iterationsMax = Infinity;
  /** Steps at which limits are looked at. */
  private pause = 0;

  /** `schedule[i]` is the thread that took step i, for i < `steps`. */
  schedule = new Uint8Array(1024);
  steps = 0;
  last = NO_THREAD;
  /** By step: the log its thread was at; the access code, a failed cmpxchg being a load. */
  nodes = new Int32Array(1024);
  footprints = new Int32Array(1024);
  /** By step: what was loaded or stored (for `wake`: the threads that woke, as bits), and what a written cell held before; lower and upper words. */
  values = new Uint32Array(1024);
  highs = new Uint32Array(1024);
  olds = new Uint32Array(1024);
  oldHighs = new Uint32Array(1024);
  /** What the last step did: the place whose value it changed, or NONE; whether operations ended with it. */
  changed = NO_THREAD;
  ended = false;

  /** Sets of threads, a bit each: not finished; going round (see `Spin`); stopped by an assumption. */
  live = 0;
  protected spinning = 0;
  halted = 0;
  /** Those that can take the next step. */
  enabled = 0;
  /** By thread: the log it is at, the access code it will take next (NONE at its end), its operation's index, and how many it has performed. */
  readonly node: Int32Array;
  readonly pending: Int32Array;
  readonly operation: Int32Array;
  readonly performed: Int32Array;
  /** By thread and number of the performed operation: its leaf, and the step that it ended with; NONE where it ended before the first. */
  private readonly leaves: number[][];
  private readonly endedAt: number[][];
  /** By thread: the id of the cell it sleeps on, or NONE. */
  readonly asleep: Int32Array;
  /** Set when a step ends the execution. */
  protected stop: Stop | null = null;

  protected readonly u32: Uint32Array;
  protected readonly threads: number;
  /** By place, four numbers: its word in memory, its shift and mask there (WIDE: it has the next word too), its bits. */
  protected readonly geometry: Int32Array;
  protected readonly spinlocks: readonly Place[];
  protected readonly initial: Uint32Array;
  /** By thread: what runs its operations where the tree does not know how they go on. */
  protected readonly replays: readonly OperationRunner[];
  /** By thread and operation: its first log; by the actor's last result where the operation asks for it. */
  private roots: Map<string, number>[][] = [];
  /** What memory held before each step that was redone. */
  protected readonly redone: number[] = [];
  private resultsNow: unknown[][] | null = null;
  protected readonly subjects: (readonly TreeOperation[])[];
  private first: First | null = null;
  /** By thread: the first one with the same operations, whose logs it shares. */
  private readonly like: readonly number[];

  /**
   * @param stepsMax the most steps an execution may take; then it stops with `limit`.
   * @param alike groups of threads whose operations are the same and do not ask for their thread: they share their logs.
   * @param lanes how many threads the schedule knows: those of the actors, and others that a memory model adds after them.
   * @param fences which of them are steps.
   */
  constructor(
    program: Program,
    stepsMax: number,
    alike: readonly (readonly number[])[] = [],
    { lanes = program.actors.length, fences = 'none' }: { readonly lanes?: number; readonly fences?: Fences } = {},
  ) {
    const n = program.actors.length;
    if (n === 0 || n > ACTORS_MAX) throw new RangeError(`a scenario has 1 to ${ACTORS_MAX} actors, this one has ${n}`);
    this.program = program;
    this.stepsMax = stepsMax;
    this.threads = n;
    this.like = program.actors.map((_, t) => alike.find((group) => group.includes(t))?.[0] ?? t);
    const buffer = new ArrayBuffer(program.layout.size);
    this.bytes = { u8: new Uint8Array(buffer), u16: new Uint16Array(buffer), u32: new Uint32Array(buffer) };
    this.u32 = this.bytes.u32;
    this.places = program.layout.places;
    program.init(new SetupMemory(buffer));
    this.initial = this.bytes.u32.slice();
    this.replays = program.actors.map(() => new OperationRunner(this.tree, this.places, this.bytes, fences));
    for (const replay of this.replays) {
      replay.isWatched = program.isWatched === true;
      replay.isLate = () => isPast(this.until);
    }
    this.geometry = Int32Array.from(
      this.places.flatMap(({ offset, bits }) => [
        offset >>> 2,
        (offset & 3) * 8,
        bits === 64 ? WIDE : bits === 32 ? -1 : (1 << bits) - 1,
        bits,
      ]),
    );
    this.spinlocks = this.places.filter((place) => place.kind === 'spinlock');
    this.node = new Int32Array(lanes);
    this.pending = new Int32Array(lanes).fill(NO_THREAD);
    this.operation = new Int32Array(n);
    this.performed = new Int32Array(n);
    this.asleep = new Int32Array(n);
    this.leaves = program.actors.map(() => []);
    this.endedAt = program.actors.map(() => []);
    this.subjects = program.actors.map(({ name, operations }, thread) =>
      operations.map((operation, i) => ({
        thread,
        index: i,
        label: `operation ${i + 1} of ${name}, ${operation.label}`,
        run: (mem) => operation.run(mem, this.lastResult(thread)),
        again: (result) => operation.until !== undefined && !operation.until(result),
      })),
    );
  }

  /** Says what may be left out of loops; before the first `reset`. */
  set loopRules(rules: LoopRules) {
    this.iterationsMax = rules.iterationsMax;
    for (const replay of this.replays) replay.loopRules = rules;
  }

  /** Back to the initial state. */
  reset(): void {
    this.bytes.u32.set(this.initial);
    this.steps = 0;
    this.pause = Math.min(this.stepsMax, STRIDE);
    this.last = NO_THREAD;
    this.spinning = 0;
    this.halted = 0;
    if (this.tree.size > LOGS_MAX) this.first = null;
    if (this.first === null) this.begin();
    const { live, halted, enabled, stop, node, operation, performed, pending } = this.first!;
    this.live = live;
    this.halted = halted;
    this.enabled = enabled;
    this.stop = stop;
    for (let t = 0; t < this.threads; t++) {
      this.node[t] = node[t];
      this.operation[t] = operation[t];
      this.performed[t] = performed[t];
      this.pending[t] = pending[t];
      this.asleep[t] = NO_THREAD;
    }
    this.resultsNow = null;
    if (this.observer === null || this.stop !== null) return;
    const violation = this.observer.start();
    if (violation !== undefined) this.stop = { kind: 'violated', violation };
  }

  /** Runs on under `scheduler` until something stops it. */
  run(scheduler: Scheduler): Stop {
    for (;;) {
      const stop = this.stopped();
      if (stop !== null) return stop;
      const next = scheduler.next(this);
      if (next < 0) return PRUNED;
      const ways = this.choiceCount(next);
      this.step(next, ways === 1 ? 0 : scheduler.chooseReadsFrom(ways));
    }
  }

  /** Why it goes no further, or null. */
  stopped(): Stop | null {
    if (this.stop !== null) return this.stop;
    if (this.enabled === 0) return this.atEnd();
    return this.steps >= this.pause ? this.limited() : null;
  }

  /** Whether it stopped at a violation. */
  get isViolated(): boolean {
    return this.stop !== null && (this.stop.kind === 'violated' || this.stop.kind === 'crashed');
  }

  /** Which limit of one execution it is that stopped with `limit`. */
  get limit(): string {
    return this.steps >= this.stepsMax
      ? `${this.stepsMax} steps in one execution`
      : `${LOGS_AT_ONCE} different logs of operations in memory`;
  }

  /** The loop that has begun the most iterations in what the threads are doing now: `the loop at a.mjs:7 in operation 1 of a, spin`. */
  longestLoop(): string | undefined {
    let most = LOOP_LEAST;
    let longest: string | undefined;
    for (let t = 0; t < this.threads; t++) {
      if (!(this.live & (1 << t)) || this.pending[t] < 0) continue;
      const isCycle = this.repeatsOf(t);
      const { label } = this.subjects[t][this.operation[t]];
      if (isCycle > most) [most, longest] = [isCycle, `${label}, which is performed again and again`];
      const loop = this.replays[t].longestLoop(this.subjectAt(t), this.node[t]);
      if (loop !== undefined && loop.iterations > most)
        [most, longest] = [loop.iterations, `the loop at ${loop.place} in ${label}`];
    }
    return longest;
  }

  /** Whether the operation that begins with log `root` does the same over other answers: see `OperationRunner.doesTheSame`. */
  doesTheSame(root: number, nodes: readonly number[], answers: readonly AccessResult[], end: number): boolean {
    const { subject, thread } = this.given.get(root)!;
    return this.replays[thread].doesTheSame(subject, nodes, answers, end);
  }

  /** What is wrong where an operation was running and did not come back: undefined where none was. */
  stuck(): Violation | undefined {
    const label = this.replays.map(({ running }) => running).find((running) => running !== null);
    if (label === undefined) return undefined;
    return { property: STUCK, message: `${label} runs on and on without an access` };
  }

  /** How often in a row `thread` has performed the operation that it is in. */
  private repeatsOf(thread: number): number {
    let isCycle = 0;
    for (let n = this.performed[thread] - 1; n >= 0; n--, isCycle++)
      if (this.tree.operation[this.leaves[thread][n]] !== this.operation[thread]) break;
    return isCycle;
  }

  /** The operation that `thread` is in, with the result that it was given. */
  private subjectAt(thread: number): TreeOperation {
    const before = this.lastResult(thread);
    const operation = this.operation[thread];
    const { run } = this.program.actors[thread].operations[operation];
    return { ...this.subjects[thread][operation], run: (mem: Memory) => run(mem, before) };
  }

  /** `thread` takes its next step. It is one of `enabled`. */
  step(thread: number, _alternative = 0): void {
    const { tree, geometry, u32 } = this;
    const s = this.steps;
    if (s === this.nodes.length) this.grow();
    const node = this.node[thread];
    const code = this.pending[thread];
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
    let changed = NO_THREAD;
    if (mask === WIDE) {
      low = held;
      high = u32[word + 1];
      this.highs[s] = high;
      this.values[s] = low;
      if (kind & 1) {
        this.olds[s] = low;
        this.oldHighs[s] = high;
        u32[word] = this.values[s] = tree.operand[node];
        u32[word + 1] = this.highs[s] = tree.operandHigh[node];
        changed = place;
        low = high = 0;
      }
    } else if (kind <= Kind.storeRelease) {
      if (kind & 1) {
        const value = tree.operand[node];
        u32[word] = (held & ~(mask << shift)) | (value << shift);
        this.values[s] = value;
        this.olds[s] = old;
        if (value !== old >>> 0) changed = place;
      } else {
        low = old >>> 0;
        this.values[s] = low;
      }
    } else if (kind <= Kind.fetchOr) {
      low = old >>> 0;
      const value = rmwResult(kind, low, tree.expected[node], tree.operand[node], geometry[4 * place + 3]);
      if (kind === Kind.cmpxchg && low !== tree.expected[node]) footprint = code - Kind.cmpxchg + Kind.load;
      u32[word] = (held & ~(mask << shift)) | (value << shift);
      this.values[s] = value;
      this.olds[s] = low;
      if (value !== low) changed = place;
    } else {
      low = this.synchronise(thread, kind, place, word);
      changed = place;
    }
    this.footprints[s] = footprint;
    this.changed = changed;
    this.took(thread, node, kind, low, high);
  }

  /** The step of `thread` that was at `node` is taken: on to what comes after the result (low, high). */
  protected took(thread: number, node: number, kind: number, low: number, high: number): void {
    const { tree } = this;
    this.schedule[this.steps] = thread;
    this.nodes[this.steps] = node;
    this.steps++;
    this.last = thread;
    this.ended = false;

    let next = tree.child(node, low, high);
    if (next === 0) {
      next = this.replays[thread].next(this.subjects[thread][this.operation[thread]], node, low, high);
      if (this.isOver) this.pause = 0;
    }
    if (tree.hasRetries) next = tree.retries.get(next) ?? next;
    if (tree.hasSpins && this.hasChanged(thread, next)) next = tree.headOf(next);
    const then = tree.code[next];
    if (then < 0) this.leave(thread, next);
    else {
      this.node[thread] = next;
      this.pending[thread] = then;
      if ((then & 31) >= Kind.lock) this.comesToWait(thread, then & 31, this.places[then >>> 5]);
    }
    if (kind >= Kind.lock || (this.pending[thread] & 31) >= Kind.lock || tree.hasSpins) this.who();
    this.observe(thread);
  }

  protected observe(thread: number): void {
    if (this.observer !== null && this.stop === null) {
      const violation = this.observer.step(thread);
      if (violation !== undefined) this.stop = { kind: 'violated', violation };
    }
  }

  /** Undoes all steps from `steps` on. */
  backTo(steps: number): void {
    this.stop = null;
    while (this.steps > steps) this.undo();
    this.pause = Math.min(this.stepsMax, steps + STRIDE);
    this.last = steps === 0 ? NO_THREAD : this.schedule[steps - 1];
    this.who();
    if (this.observer !== null) this.observer.back(steps);
  }

  /** In how many ways `thread` can take its next step: a memory model may let it read from several stores. */
  choiceCount(_thread: number): number {
    return 1;
  }

  /** Step `s` as a schedule says it. */
  choice(s: number): number {
    return this.schedule[s];
  }

  /** The steps so far as a schedule. */
  choices(): number[] {
    return Array.from({ length: this.steps }, (_, s) => this.choice(s));
  }

  /** The stores that step `s` has read from, where a memory model says that: see `Step`. */
  readsFrom(_s: number): Step['reads'] {
    return undefined;
  }

  /** The steps of `thread` whose stores are held back, oldest first, where a memory model has buffers. */
  bufferedStores(_thread: number): readonly number[] {
    return NOTHING;
  }

  /** What `thread` may read from a place, newest first, where a memory model lets it choose; undefined where the place is read in several parts. */
  readable(_thread: number, _place: number): readonly bigint[] | undefined {
    return undefined;
  }

  /** Adds what a state has beside memory and where each thread is: what a memory model holds back. */
  addModelState(_to: VarintBuffer): void {}

  /** How many locations were accessed plainly by now, where a memory model looks for data races: what `addModelState` adds depends on it. */
  get plainAtoms(): number {
    return 0;
  }

  /** Its class, as two words of hash, where a memory model has one of its own; see `Classes`. */
  graphHash(): readonly number[] | undefined {
    return undefined;
  }

  /** By thread and number of the performed operation: what it returned. */
  get results(): readonly (readonly unknown[])[] {
    this.resultsNow ??= this.leaves.map((leaves, t) =>
      Array.from({ length: this.performed[t] }, (_, i) => this.tree.end(leaves[i])),
    );
    return this.resultsNow;
  }

  /** The leaf of the operation that `thread` performed as its `number`-th, from 0; and which of its operations that was. */
  leafOf(thread: number, number: number): number {
    return this.leaves[thread][number];
  }
  performedOperation(thread: number, number: number): number {
    return this.tree.operation[this.leaves[thread][number]];
  }

  /** The steps so far, as plain data. */
  trace(): Step[] {
    /** By where a cell begins: the step whose store comes last so far. */
    const last = new Map<number, number>();
    return Array.from({ length: this.steps }, (_, i) => {
      const code = this.tree.code[this.nodes[i]];
      const kind = kindOf(code);
      const place = isFence(kind) ? undefined : this.places[placeOf(code)];
      const wide = place?.bits === 64;
      const lane = this.schedule[i];
      const reads = this.readsFrom(i);
      const before = place && this.changes(i) ? last.get(place.offset) : undefined;
      const isUnder = before !== undefined && this.rankOf(before) > this.rankOf(i);
      if (place && this.changes(i) && !isUnder) last.set(place.offset, i);
      return {
        thread: lane % this.threads,
        operation: this.tree.operation[this.nodes[i]],
        code,
        value: kind === Kind.wake ? 0n : join(this.values[i], wide ? this.highs[i] : 0),
        old: isWrite(kind) ? join(this.olds[i], wide ? this.oldHighs[i] : 0) : 0n,
        ...(lane >= this.threads && { leaves: true }),
        ...(reads && { reads }),
        ...(isUnder && { under: before }),
      };
    });
  }

  /** From which line of its operation's code step `s` came, as `file:line:column`: see `callerOf`. The operation is run again for that. */
  lineOf(s: number): string | undefined {
    return this.linesTo(s).get(this.nodes[s]);
  }

  /** The same of all steps, for which each operation is run again once. */
  lines(): (string | undefined)[] {
    const lines = new Map<number, string | undefined>();
    for (let s = this.steps - 1; s >= 0; s--)
      if (!lines.has(this.nodes[s])) for (const [node, line] of this.linesTo(s)) lines.set(node, line);
    return Array.from({ length: this.steps }, (_, s) => lines.get(this.nodes[s]));
  }

  /** By log of its operation up to step `s`: the line. */
  private linesTo(s: number): ReadonlyMap<number, string | undefined> {
    const thread = this.schedule[s] % this.threads;
    const node = this.nodes[s];
    // A store may leave its buffer when its operation has ended: the operation is as it was at its own step.
    let at = s;
    while (this.schedule[at] !== thread || this.nodes[at] !== node) at--;
    let number = this.performed[thread];
    while (number > 0 && this.endedAt[thread][number - 1] >= at) number--;
    const before = number === 0 ? undefined : this.tree.end(this.leaves[thread][number - 1]);
    const operation = this.tree.operation[node];
    const { run } = this.program.actors[thread].operations[operation];
    const subject = { ...this.subjects[thread][operation], run: (mem: Memory) => run(mem, before) };
    return this.replays[thread].linesTo(subject, node);
  }

  /** Why each thread that is not finished cannot go on: `vcpu0 waits for mmu_lock, held by vcpu1`. */
  waiting(): string[] {
    const lines: string[] = [];
    for (let t = 0; t < this.threads; t++) {
      if (!(this.live & (1 << t))) continue;
      const { name } = this.program.actors[t];
      if (this.halted & (1 << t)) {
        lines.push(`${name} assumed what does not hold`);
        continue;
      }
      const place = this.places[placeOf(this.pending[t])];
      if (this.spinning & (1 << t)) lines.push(`${name} goes round: ${this.round(t)}`);
      else if (kindOf(this.pending[t]) === Kind.lock) {
        const holder = this.bytes.u32[place.offset >>> 2] - 1;
        lines.push(
          `${name} waits for ${place.name}, held by ${holder === t ? 'itself' : this.program.actors[holder].name}`,
        );
      } else lines.push(`${name} sleeps on ${place.name}`);
    }
    return lines;
  }

  /** What the threads wait for that are not finished: locks, cells that they sleep on, cells that they spin over. */
  awaited(): Place[] {
    const awaited: Place[] = [];
    for (let t = 0; t < this.threads; t++) {
      if (!(this.live & (1 << t)) || this.pending[t] < 0) continue;
      const spin = this.tree.spins.get(this.node[t]);
      const codes = spin === undefined ? [this.pending[t]] : spin.reads.map(({ code }) => code);
      for (const code of codes) if (!isFence(kindOf(code))) awaited.push(this.places[placeOf(code)]);
    }
    return awaited;
  }

  /** All accesses that operations have been seen to make, in this execution or another. */
  *accessesSeen(): Generator<{ readonly thread: number; readonly operation: number; readonly code: number }> {
    const { tree } = this;
    const roots = new Int32Array(tree.size);
    for (let node = 1; node < tree.size; node++) {
      const parent = tree.parent[node];
      roots[node] = parent === 0 ? node : roots[parent];
      const code = tree.code[node];
      const of = this.given.get(roots[node]);
      if (code >= 0 && of !== undefined) yield { thread: of.thread, operation: tree.operation[node], code };
    }
  }

  /** Whether `thread` would fail if it took its pending cmpxchg now: then it only reads. */
  isFailingCmpxchg(thread: number): boolean {
    const { tree, node } = this;
    return wordAt(this.bytes, this.places[placeOf(this.pending[thread])]) !== tree.expected[node[thread]];
  }

  /** What the pending access of `thread` would be if it were taken now: see `footprints`. */
  pendingAccess(thread: number): number {
    const code = this.pending[thread];
    return (code & 31) === Kind.cmpxchg && this.isFailingCmpxchg(thread) ? code - Kind.cmpxchg + Kind.load : code;
  }

  /** Whether step `s` wrote: a successful cmpxchg does, a failed one does not. */
  changes(s: number): boolean {
    return isWrite(this.footprints[s] & 31);
  }

  /** Whether step `s` left another value than it found. */
  changedBy(s: number): boolean {
    if (!this.changes(s)) return false;
    const wide = this.geometry[4 * (this.footprints[s] >>> 5) + 2] === WIDE;
    return this.values[s] !== this.olds[s] || (wide && this.highs[s] !== this.oldHighs[s]);
  }

  /** How many operations ended with step `s`. */
  endedWith(s: number): number {
    const thread = this.schedule[s];
    if (thread >= this.threads) return 0;
    const endedAt = this.endedAt[thread];
    let ended = 0;
    for (let n = this.performed[thread]; n > 0 && endedAt[n - 1] >= s; n--) if (endedAt[n - 1] === s) ended++;
    return ended;
  }

  /** What the last operation returned that ended with step `s`, as its leaf. */
  lastLeaf(s: number): number {
    const thread = this.schedule[s];
    let n = this.performed[thread];
    while (n > 0 && this.endedAt[thread][n - 1] > s) n--;
    return n === 0 ? 0 : this.leaves[thread][n - 1];
  }

  /** Memory as it was before the first step, for those who look at other orders of the same steps. Returns what it was until now. */
  rewind(): Uint32Array {
    const memory = this.u32.slice();
    this.u32.set(this.initial);
    this.redone.length = 0;
    return memory;
  }

  /** Writes into memory what step `s` wrote; and takes back what was redone last. */
  redo(s: number): void {
    const word = this.geometry[4 * (this.footprints[s] >>> 5)];
    this.redone.push(this.u32[word], this.u32[word + 1]);
    if (this.changes(s)) this.put(this.footprints[s] >>> 5, this.values[s], this.highs[s]);
  }
  unredo(s: number): void {
    const word = this.geometry[4 * (this.footprints[s] >>> 5)];
    const high = this.redone.pop()!;
    this.u32[word] = this.redone.pop()!;
    if (word + 1 < this.u32.length) this.u32[word + 1] = high;
  }

  /** Where what step `s` wrote stands among all that was written there, where that is not the order of the steps. */
  rankOf(_s: number): number {
    return 0;
  }

  /** Sets how many operations each thread has performed, for the same. */
  setPerformed(performed: Int32Array): void {
    this.performed.set(performed);
    this.resultsNow = null;
  }

  /** The operations performed before the first step. */
  get performedFirst(): Int32Array {
    return this.first!.performed;
  }

  /** Whether an operation asked for the number of its thread. */
  get threadMatters(): boolean {
    return this.replays.some((replay) => replay.threadMatters);
  }

  // The rest.

  /** Brings all threads to their first accesses. What a thread does up to there depends on nothing, so it is done once. */
  private begin(): void {
    this.tree.clear();
    this.given.clear();
    this.roots = this.subjects.map((of) => of.map(() => new Map()));
    this.live = (1 << this.threads) - 1;
    this.stop = null;
    for (let t = 0; t < this.threads; t++) {
      this.performed[t] = 0;
      this.enter(t, 0);
    }
    this.who();
    this.first = {
      live: this.live,
      halted: this.halted,
      enabled: this.enabled,
      stop: this.stop,
      node: this.node.slice(),
      operation: this.operation.slice(),
      performed: this.performed.slice(),
      pending: this.pending.slice(),
    };
  }

  /** `thread` comes to its operation number `index`, and on to its next access. */
  private enter(thread: number, index: number): void {
    for (let next = index; ; ) {
      if (next === this.subjects[thread].length) {
        this.live &= ~(1 << thread);
        this.node[thread] = 0;
        this.pending[thread] = NO_THREAD;
        this.operation[thread] = next;
        return;
      }
      this.operation[thread] = next;
      const root = this.root(thread, next);
      if (this.tree.code[root] >= 0) {
        this.arrive(thread, root);
        return;
      }
      if (this.tree.code[root] === EndKind.again) {
        this.stop = {
          kind: 'crashed',
          violation: { property: NO_ACCESS, message: this.subjects[thread][next].label },
        };
        return;
      }
      next = this.end(thread, root);
      if (next < 0) return;
    }
  }

  private root(thread: number, index: number): number {
    const asks = this.program.actors[thread].operations[index].run.length > 1;
    const key = asks ? resultText(this.lastResult(thread)) : '';
    const roots = this.roots[this.like[thread]][index];
    let root = roots.get(key);
    if (root === undefined) {
      root = this.replays[thread].next(this.subjects[thread][index], 0, 0, 0);
      if (this.isOver) this.pause = 0;
      roots.set(key, root);
      this.given.set(root, { subject: this.subjectAt(thread), thread });
    }
    return root;
  }

  private lastResult(thread: number): unknown {
    const number = this.performed[thread] - 1;
    return number < 0 ? undefined : this.tree.end(this.leaves[thread][number]);
  }

  /** `thread` has come to a leaf, and goes on from there. */
  private leave(thread: number, leaf: number): void {
    const number = this.performed[thread] + 1;
    const next = this.end(thread, leaf);
    if (next < 0) return;
    const root = this.tree.operand[leaf];
    if (root !== 0) {
      this.operation[thread] = next;
      this.arrive(thread, root);
      return;
    }
    this.enter(thread, next);
    // Where the next operation begins with an access, that is where this leaf leads, always.
    if (this.performed[thread] === number && this.pending[thread] >= 0) this.tree.operand[leaf] = this.node[thread];
  }

  /** The operation of `thread` ends. Returns the one that comes next, or -1 where none does. */
  private end(thread: number, leaf: number): number {
    const code = this.tree.code[leaf];
    if (code === EndKind.returned || code === EndKind.again) {
      const number = this.performed[thread]++;
      this.leaves[thread][number] = leaf;
      this.endedAt[thread][number] = this.steps - 1;
      this.ended = true;
      this.resultsNow = null;
      if (code === EndKind.returned) return this.operation[thread] + 1;
      if (this.iterationsMax === Infinity || this.repeatsOf(thread) <= this.iterationsMax)
        return this.operation[thread];
      this.bounds.add(this.subjects[thread][this.operation[thread]].label);
      this.node[thread] = leaf;
      this.pending[thread] = NO_THREAD;
      this.halted |= 1 << thread;
      return -1;
    }
    this.node[thread] = leaf;
    this.pending[thread] = NO_THREAD;
    if (code === EndKind.assumed) {
      this.halted |= 1 << thread;
      const why = this.tree.end(leaf);
      if (why instanceof BeyondBound) this.bounds.add(`the loop at ${shortPlace(why.place)}`);
    } else this.stop = stopOf(this.tree.end(leaf));
    return -1;
  }

  /** `thread` comes to the access of `node`. */
  protected arrive(thread: number, node: number): void {
    const code = this.tree.code[node];
    this.node[thread] = node;
    this.pending[thread] = code;
    if ((code & 31) >= Kind.lock) this.comesToWait(thread, code & 31, this.places[code >>> 5]);
  }

  /** A lock, an unlock, a wait, a wake-up: what is read, and by `wait` compared. */
  private synchronise(thread: number, kind: number, place: number, word: number): number {
    const s = this.steps;
    const { u32 } = this.bytes;
    this.values[s] = 0;
    this.olds[s] = 0;
    if (kind === Kind.lock) {
      u32[word] = thread + 1;
      this.values[s] = thread + 1;
    } else if (kind === Kind.unlock) {
      u32[word] = 0;
      this.olds[s] = thread + 1;
    } else if (kind === Kind.wait) {
      const seen = u32[word];
      this.values[s] = seen;
      if (seen === this.tree.expected[this.node[thread]]) this.asleep[thread] = place;
      return seen;
    } else if (kind === Kind.wake) {
      this.values[s] = this.wakeAll(place);
    }
    return 0;
  }

  /** Wakes all that sleep on a place. Returns them, as bits. */
  protected wakeAll(place: number): number {
    let woken = 0;
    for (let t = 0; t < this.threads; t++) {
      if (this.asleep[t] !== place) continue;
      this.asleep[t] = NO_THREAD;
      woken |= 1 << t;
    }
    return woken;
  }

  /** Rules that are held against an access before it is taken, so that it is no step of the schedule. */
  protected comesToWait(thread: number, kind: number, place: Place): void {
    if (kind === Kind.unlock && !this.holds(thread, place.id))
      this.breach(
        'not the holder',
        `${this.program.actors[thread].name} unlocks ${place.name}, which it does not hold`,
      );
    if (kind === Kind.wait || (kind === Kind.lock && place.kind === 'mutex')) this.mayItSleep(thread, place);
  }

  /** Whether `thread` holds the lock at place `id`. */
  protected holds(thread: number, id: number): boolean {
    return this.bytes.u32[this.places[id].offset >>> 2] === thread + 1;
  }

  /** Nothing sleeps under a spinlock: neither on a mutex nor in a wait queue. */
  protected mayItSleep(thread: number, wanted: Place): void {
    for (const place of this.spinlocks) {
      if (!this.holds(thread, place.id)) continue;
      const { name } = this.program.actors[thread];
      this.breach('sleeps under a spinlock', `${name} may sleep on ${wanted.name} while it holds ${place.name}`);
    }
  }

  protected breach(rule: ContractViolation['rule'], message: string): void {
    this.stop = stopOf(new ContractViolation(rule, message));
  }

  private limited(): Stop | null {
    if (this.steps >= this.stepsMax) return LIMIT;
    if (this.isOver) return isPast(this.until) ? LATE : LIMIT;
    this.pause = Math.min(this.stepsMax, this.steps + STRIDE);
    return null;
  }

  private get isOver(): boolean {
    return this.tree.size > LOGS_AT_ONCE || isPast(this.until);
  }

  /** Works out who can take a step. */
  protected who(): void {
    const { pending, geometry, u32 } = this;
    let blocked = 0;
    for (let t = 0; t < pending.length; t++) {
      const code = pending[t];
      const kind = code & 31;
      if (kind === Kind.lock) {
        if (u32[geometry[(code >>> 5) << 2]] !== 0) blocked |= 1 << t;
      } else if (kind === Kind.resume && this.asleep[t] !== NO_THREAD) blocked |= 1 << t;
    }
    this.spinning = this.tree.hasSpins ? this.whoSpins() : 0;
    this.enabled = this.live & ~(blocked | this.spinning | this.halted);
  }

  /**
   * Whether the iteration of a loop that `thread` has completed with its last step, and that `node` closes, has changed memory. Only one that changed nothing can
   * be left out: others may come between the accesses of the next one.
   */
  private hasChanged(thread: number, node: number): boolean {
    const spin = this.tree.spins.get(node);
    if (spin === undefined || !spin.stores) return false;
    let left = spin.length;
    for (let s = this.steps - 1; s >= 0 && left > 0; s--) {
      if (this.schedule[s] !== thread) continue;
      if (this.changedBy(s)) return true;
      left--;
    }
    return false;
  }

  protected whoSpins(): number {
    let spinning = 0;
    for (let t = 0; t < this.threads; t++) {
      const code = this.pending[t];
      if (code < 0 || kindOf(code) === Kind.lock || kindOf(code) === Kind.resume) continue;
      const spin = this.tree.spins.get(this.node[t]);
      if (spin !== undefined && (this.blockOnSpin || this.goesRound(t))) spinning |= 1 << t;
    }
    return spinning;
  }

  /** Whether `thread`, which has gone a round of a spin, would see the same again. */
  protected goesRound(thread: number): boolean {
    for (const { code, low, high } of this.tree.spins.get(this.node[thread])!.reads) {
      const place = this.places[placeOf(code)];
      if (wordAt(this.bytes, place) !== low) return false;
      if (place.bits === 64 && this.bytes.u32[(place.offset >>> 2) + 1] !== high) return false;
    }
    return true;
  }

  private round(thread: number): string {
    const { reads } = this.tree.spins.get(this.node[thread])!;
    return reads.map(({ code, low }) => `${this.places[placeOf(code)].name} → ${low}`).join(', ');
  }

  private atEnd(): Stop {
    if (this.live === 0) return FINISHED;
    if (this.halted !== 0) return BLOCKED;
    for (let rest = this.spinning; rest !== 0; rest &= rest - 1)
      if (!this.goesRound(lowestSetBit(rest))) return BLOCKED;
    return this.spinning !== 0 ? LIVELOCK : DEADLOCK;
  }

  protected put(place: number, low: number, high: number): void {
    const { geometry } = this;
    const { u32 } = this.bytes;
    const word = geometry[4 * place];
    const shift = geometry[4 * place + 1];
    const mask = geometry[4 * place + 2];
    if (mask === WIDE) {
      u32[word] = low;
      u32[word + 1] = high;
    } else u32[word] = (u32[word] & ~(mask << shift)) | (low << shift);
  }

  protected undo(): void {
    const s = --this.steps;
    const thread = this.schedule[s];
    const node = this.nodes[s];
    const code = this.tree.code[node];
    const kind = code & 31;
    const place = code >>> 5;
    if (isWrite(kind)) this.put(place, this.olds[s], this.oldHighs[s]);
    else if (kind === Kind.wait) this.asleep[thread] = NO_THREAD;
    else if (kind === Kind.wake) {
      for (let t = 0; t < this.threads; t++) if (this.values[s] & (1 << t)) this.asleep[t] = place;
    }
    this.returnTo(thread, node, s);
  }

  /** Puts `thread` back to where it was before step `s`, at `node`. */
  protected returnTo(thread: number, node: number, s: number): void {
    this.node[thread] = node;
    this.pending[thread] = this.tree.code[node];
    this.operation[thread] = this.tree.operation[node];
    for (let n = this.performed[thread]; n > 0 && this.endedAt[thread][n - 1] === s; n--)
      this.performed[thread] = n - 1;
    this.resultsNow = null;
    this.live |= 1 << thread;
    this.halted &= ~(1 << thread);
  }

  protected grow(): void {
    const size = this.nodes.length * 2;
    this.schedule = grownCopy(this.schedule, size);
    this.nodes = grownCopy(this.nodes, size);
    this.footprints = grownCopy(this.footprints, size);
    this.values = grownCopy(this.values, size);
    this.highs = grownCopy(this.highs, size);
    this.olds = grownCopy(this.olds, size);
    this.oldHighs = grownCopy(this.oldHighs, size);
  }
}

/** Where each thread stands before the first step. */
interface First {
  readonly live: number;
  readonly halted: number;
  readonly enabled: number;
  readonly stop: Stop | null;
  readonly node: Int32Array;
  readonly operation: Int32Array;
  readonly performed: Int32Array;
  readonly pending: Int32Array;
}

/** Iterations from which on a loop is taken to be why an execution does not end. */
const LOOP_LEAST = 1;

const NOTHING: readonly number[] = [];
const FINISHED: Stop = { kind: 'finished' };
const BLOCKED: Stop = { kind: 'blocked' };
const DEADLOCK: Stop = { kind: 'deadlock' };
const LIVELOCK: Stop = { kind: 'livelock' };
const LIMIT: Stop = { kind: 'limit' };
const LATE: Stop = { kind: 'late' };
const PRUNED: Stop = { kind: 'pruned' };

const join = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);
