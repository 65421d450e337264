import type { Place } from '../../memory/cell.ts';
import type { ExecutionTrie } from '../../memory/executionTrie.ts';
import * as kinds from '../../memory/kinds.ts';
import type { LoopRules } from '../../memory/loopRules.ts';
import type { MemoryImage } from '../../memory/memoryImage.ts';
import type { Fences } from '../../memory/reexecutionMemory.ts';
import { SetupMemory } from '../../memory/setupMemory.ts';
import { WaitQueues } from '../../memory/waitQueues.ts';
import { isPast, NO_DEADLINE } from '../limits.ts';
import type { MemoryModel } from '../memoryModels/memoryModel.ts';
import { ACTORS_MAX, type Program } from '../program.ts';
import { encodeChoice } from '../schedule.ts';
import { lowestSetBit, type Scheduler, type SchedulerView } from '../schedulers/scheduler.ts';
import { LockRules } from './locks.ts';
import type { Observer } from './observer.ts';
import { SpinLoops } from './spinLoops.ts';
import { NONE, StepLog } from './stepLog.ts';
import { BLOCKED, DEADLOCK, FINISHED, LATE, LIMIT, LIVELOCK_STOP, PRUNED, type Stop } from './stop.ts';
import { Threads } from './threads.ts';

/** A memory model as an execution is made with it. */
export interface MemoryModelType<M extends MemoryModel = MemoryModel> {
  /** Which fences are steps. */
  readonly fences: Fences;
  /**
   * Whether each actor has a store buffer: a thread of the schedule, behind those of the actors.
   */
  readonly hasBuffers: boolean;
  create(execution: Execution<M>): M;
}

/** Trie nodes after which the trie is forgotten between two executions: about 200 MB. */
const NODES_MAX = 1 << 22;
/** Trie nodes that one execution, or a search that never resets, may come to. */
const NODES_AT_ONCE = 1 << 24;
// Local constants: see "Hot code" in CONTRIBUTING.md.
const { isData, Kind, kindOf, placeOf } = kinds;
const CHOOSE = kinds.accessCode(Kind.choose, 0);

/** Steps between two looks at the clock. */
const STRIDE = 1024;

/**
 * HOT: see `npm run bench`, "explorer step". One execution of a program: the state of memory and
 * threads, and the steps so far. It runs under a scheduler or a step at a time, and can go back to
 * any earlier step.
 *
 * Operations are not run for each step: a thread is a node of the trie, and a step looks its child
 * up.
 */
export class Execution<M extends MemoryModel = MemoryModel> extends StepLog implements SchedulerView {
  readonly program: Program;
  readonly places: readonly Place[];
  /** Memory, where each location has its last store. */
  readonly bytes: MemoryImage;
  readonly memory: M;
  readonly threads: Threads;
  readonly queues: WaitQueues;
  readonly spins: SpinLoops;
  readonly stepsMax: number;
  observer: Observer | null = null;
  /**
   * Whether a thread that completed one iteration of a spin loop stops for good, and the execution
   * counts as blocked. Otherwise it is disabled until a location that it reads changes.
   */
  blockOnSpin = false;
  /** When the time is over, by `isPast`. A single execution may be long. */
  until = NO_DEADLINE;

  /** The thread that took the last step, or NONE. */
  last = NONE;
  /** The place whose value the last step changed, or NONE. */
  changed = NONE;
  /** Threads that can take the next step, as bits. */
  enabled = 0;
  /** Threads that are disabled as they would repeat an iteration of a spin loop, as bits. */
  spinning = 0;

  /** Parts of `threads` and `queues`: see there. */
  readonly tree: ExecutionTrie;
  readonly node: Int32Array;
  readonly pending: Int32Array;
  readonly operation: Int32Array;
  readonly performed: Int32Array;
  readonly asleep: Int32Array;

  /** Memory before the first step. */
  readonly initial: Uint32Array;
  private readonly hasBuffers: boolean;
  /** By place: its word in memory. */
  private readonly words: Int32Array;
  private enabledAtStart = 0;
  private stop: Stop | null = null;
  /** The next step at which the limits are checked. */
  private nextLimitCheck = 0;

  /**
   * @param stepsMax the most steps; then the execution stops with `limit`.
   * @param alike groups of threads whose operations are equal and do not ask for their thread: they
   *   share trie nodes.
   * @throws RangeError for no actor, or more than `ACTORS_MAX`.
   */
  constructor(
    program: Program,
    stepsMax: number,
    { fences, hasBuffers, create }: MemoryModelType<M>,
    alike: readonly (readonly number[])[] = [],
  ) {
    super();
    const n = program.actors.length;
    if (n === 0 || n > ACTORS_MAX) throw new RangeError(`a scenario has 1 to ${ACTORS_MAX} actors, this one has ${n}`);
    this.program = program;
    this.places = program.layout.places;
    this.stepsMax = stepsMax;
    this.hasBuffers = hasBuffers;
    const buffer = new ArrayBuffer(program.layout.size);
    this.bytes = { u8: new Uint8Array(buffer), u16: new Uint16Array(buffer), u32: new Uint32Array(buffer) };
    program.init(new SetupMemory(buffer));
    this.initial = this.bytes.u32.slice();
    this.words = Int32Array.from(this.places, ({ offset }) => offset >>> 2);
    this.threads = new Threads(program, new LockRules(program, (thread, id) => this.memory.holdsLock(thread, id)), {
      places: this.places,
      bytes: this.bytes,
      fences,
      alike,
      scheduled: hasBuffers ? 2 * n : n,
      isLate: () => isPast(this.until),
      onRun: () => {
        if (this.isOver) this.nextLimitCheck = 0;
      },
    });
    this.queues = new WaitQueues(n, this.places);
    this.spins = new SpinLoops(this.threads, this);
    const { tree, node, pending } = this.threads;
    [this.tree, this.node, this.pending] = [tree, node, pending];
    this.operation = this.threads.operation;
    this.performed = this.threads.performed;
    this.asleep = this.queues.asleep;
    this.memory = create(this);
  }

  /** Says which iterations of loops may be left out; before the first `reset`. */
  set loopRules(rules: LoopRules) {
    this.threads.iterationsMax = rules.iterationsMax;
    this.threads.code.loopRules = rules;
  }

  /** Back to the initial state. */
  reset(): void {
    const { threads } = this;
    this.memory.reset();
    this.bytes.u32.set(this.initial);
    this.asleep.fill(NONE);
    this.steps = 0;
    this.nextLimitCheck = Math.min(this.stepsMax, STRIDE);
    this.last = NONE;
    this.spinning = 0;
    if (this.tree.size > NODES_MAX) threads.forget();
    if (!threads.isStarted) {
      threads.begin();
      this.updateEnabled();
      this.enabledAtStart = this.enabled;
    }
    threads.reset();
    this.enabled = this.enabledAtStart;
    this.stop = threads.failure;
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
      const choices = this.choiceCount(next);
      this.step(next, choices === 1 ? 0 : scheduler.chooseReadsFrom(choices));
    }
  }

  /** Why it goes no further, or null. */
  stopped(): Stop | null {
    if (this.stop !== null) return this.stop;
    if (this.enabled === 0) return this.atEnd();
    return this.steps >= this.nextLimitCheck ? this.checkLimits() : null;
  }

  private atEnd(): Stop {
    const { live, halted } = this.threads;
    if (live === 0) return FINISHED;
    if (halted !== 0) return BLOCKED;
    for (let rest = this.spinning; rest !== 0; rest &= rest - 1) {
      const thread = lowestSetBit(rest);
      if (!this.memory.readsSame(thread, this.spins.of(thread)!)) return BLOCKED;
    }
    return this.spinning !== 0 ? LIVELOCK_STOP : DEADLOCK;
  }

  private checkLimits(): Stop | null {
    if (this.steps >= this.stepsMax) return LIMIT;
    if (this.isOver) return isPast(this.until) ? LATE : LIMIT;
    this.nextLimitCheck = Math.min(this.stepsMax, this.steps + STRIDE);
    return null;
  }

  private get isOver(): boolean {
    return this.tree.size > NODES_AT_ONCE || isPast(this.until);
  }

  /** Which limit of one execution it is that stopped with `limit`. */
  get limit(): string {
    return this.steps >= this.stepsMax
      ? `${this.stepsMax} steps in one execution`
      : `${NODES_AT_ONCE} nodes in the execution trie`;
  }

  /** Whether it stopped at a violation. */
  get isViolated(): boolean {
    return this.stop !== null && (this.stop.kind === 'violated' || this.stop.kind === 'crashed');
  }

  /** Takes the next step of `thread`, one of `enabled`. For `choice` see `choiceCount`. */
  step(thread: number, choice = 0): void {
    if (this.steps === this.nodes.length) this.grow();
    this.memory.apply(thread, choice);
  }

  /**
   * For memory models: `thread` has taken the step of `node`, with the result (low, high).
   *
   * @param isAccess whether it was a load, store or read-modify-write.
   */
  completeStep(thread: number, node: number, isAccess: boolean, low: number, high: number): void {
    const { tree, threads } = this;
    const s = this.steps;
    this.schedule[s] = thread;
    this.nodes[s] = node;
    this.steps = s + 1;
    this.last = thread;
    threads.ended = false;
    let next = tree.child(node, low, high);
    if (next === 0) next = threads.extend(thread, node, low, high);
    if (tree.hasRetries) next = tree.retries.get(next) ?? next;
    if (tree.hasSpins && this.spins.hasWritten(thread, next, this.memory)) next = tree.headOf(next);
    const code = tree.code[next];
    let mayBlock = !isAccess || this.hasBuffers || tree.hasSpins;
    if (code < 0) {
      threads.finishOperation(thread, next, s);
      if (threads.failure !== null) this.stop = threads.failure;
      mayBlock ||= !isData(kindOf(this.pending[thread]));
    } else {
      this.node[thread] = next;
      this.pending[thread] = code;
      if (!isData(kindOf(code))) {
        threads.checkLocks(thread, code);
        if (threads.failure !== null) this.stop = threads.failure;
        mayBlock = true;
      }
    }
    if (mayBlock) this.updateEnabled();
    if (this.observer !== null) this.observe(thread, this.observer);
  }

  /**
   * For memory models: store buffer `thread` has flushed the store that was issued at `node`.
   */
  completeFlush(thread: number, node: number): void {
    this.schedule[this.steps] = thread;
    this.nodes[this.steps] = node;
    this.steps++;
    this.last = thread;
    this.threads.ended = false;
    this.updateEnabled();
    if (this.observer !== null) this.observe(thread, this.observer);
  }

  /** Works out `spinning` and `enabled`. */
  private updateEnabled(): void {
    const { pending, words, asleep } = this;
    const { u32 } = this.bytes;
    let waiting = 0;
    for (let t = 0; t < asleep.length; t++) {
      const code = pending[t];
      const kind = kindOf(code);
      if (kind === Kind.lock) {
        if (u32[words[placeOf(code)]] !== 0) waiting |= 1 << t;
      } else if (kind === Kind.resume && asleep[t] !== NONE) waiting |= 1 << t;
    }
    if (this.hasBuffers) waiting |= this.memory.waitingForFlush();
    this.spinning = this.tree.hasSpins ? this.spins.spinning(this.memory, this.blockOnSpin) : 0;
    this.enabled = this.threads.live & ~(waiting | this.spinning | this.threads.halted);
  }

  private observe(thread: number, observer: Observer): void {
    if (this.stop !== null) return;
    const violation = this.memory.violation() ?? observer.step(thread);
    if (violation !== undefined) this.stop = { kind: 'violated', violation };
  }

  /** Undoes all steps from `steps` on. */
  backTo(steps: number): void {
    const { threads, memory, schedule } = this;
    this.stop = null;
    threads.failure = null;
    while (this.steps > steps) {
      const s = --this.steps;
      const thread = schedule[s];
      memory.undo(s);
      if (thread < threads.count) threads.returnTo(thread, this.nodes[s], s);
    }
    this.nextLimitCheck = Math.min(this.stepsMax, steps + STRIDE);
    this.last = steps === 0 ? NONE : this.schedule[steps - 1];
    this.updateEnabled();
    if (this.observer !== null) this.observer.back(steps);
  }

  /** In how many ways `thread` can take its next step: it may choose, or read several stores. */
  choiceCount(thread: number): number {
    return this.pending[thread] === CHOOSE ? this.tree.operand[this.node[thread]] : this.memory.choiceCount(thread);
  }

  /** The steps so far as a schedule. */
  choices(): number[] {
    const choiceOf = (s: number): number => (this.footprints[s] === CHOOSE ? this.values[s] : this.memory.choiceOf(s));
    return Array.from({ length: this.steps }, (_, s) => encodeChoice(this.schedule[s], choiceOf(s)));
  }

  /** See `Threads`. */
  get live(): number {
    return this.threads.live;
  }
  get halted(): number {
    return this.threads.halted;
  }
  get ended(): boolean {
    return this.threads.ended;
  }
  get results(): readonly (readonly unknown[])[] {
    return this.threads.results;
  }

  /** How many operations ended with step `s`. */
  endedWith(s: number): number {
    const thread = this.schedule[s];
    return thread < this.threads.count ? this.threads.endedWith(thread, s) : 0;
  }
}
