import { AloneMemory } from '../memory/alone.ts';
import type { Cell, Lock, Place } from '../memory/cell.ts';
import { accessCode, Breach, Kind, kindNames, kindOf, placeOf, writes } from '../memory/memory.ts';
import { type Bytes, ReplayMemory, SUSPENDED, type Turns } from '../memory/replay.ts';
import type { Step } from '../memory/trace.ts';

import { ACTORS_MAX, type Program } from './program.ts';
import type { Scheduler, View } from './scheduler.ts';

/** What went wrong: the property that does not hold, and what was seen instead. */
export interface Violation {
  readonly property: string;
  readonly message: string;
}

/** How a run of an execution stopped. `finished`: all threads have; `pruned`: the scheduler wanted no more of it. */
export type Stop =
  | { readonly kind: 'finished' | 'deadlock' | 'limit' | 'pruned' }
  /** The observer found a violation, or an operation threw, or broke a rule of `Memory`. */
  | { readonly kind: 'violated' | 'crashed'; readonly violation: Violation };

/** Looks at an execution as it goes. */
export interface Observer {
  /** After `reset`, before the first step. */
  start(): void;
  /** After each step, and after what its thread did up to its next access. What it returns is the violation that ends the execution. */
  step(thread: number): Violation | undefined;
  /** After `backTo(steps)`. */
  back(steps: number): void;
}

const NONE = -1;
/** `go` while a thread unwinds; while the threads' first accesses are looked up; while an operation that has ended runs once more. */
const UNWINDING = -2;
const PROBING = -3;
const CHECKING = -4;

/**
 * HOT, with `ReplayMemory`. One execution of a program: memory, the threads' logs, the schedule so far. It runs forward under a scheduler and
 * goes back to any earlier step, since a thread is its log (`ReplayMemory`) and a write keeps what it overwrote.
 *
 * It throws `SUSPENDED` through a thread only when the next step is another thread's; a thread that goes on is answered in place.
 */
export class Execution implements Turns, View {
  readonly program: Program;
  readonly bytes: Bytes;
  readonly memories: readonly ReplayMemory[];
  /** `schedule[i]` is the thread that took step i, for i < `steps`. */
  schedule = new Uint8Array(1024);
  steps = 0;
  enabled = 0;
  last = NONE;
  readonly pending: Int32Array;
  /** By thread: how many operations it has performed, and what they returned. */
  readonly performed: Int32Array;
  readonly results: unknown[][];
  /** By thread and number of the performed operation: where in the thread's log it begins, and which of the actor's operations it is. */
  readonly starts: Int32Array[];
  readonly script: Int32Array[];
  observer: Observer | null = null;

  private readonly buffer: ArrayBuffer;
  private readonly initial: Uint32Array;
  private readonly threads: number;
  readonly stepsMax: number;
  private readonly secondPass: boolean;
  /** Threads that have not finished; threads that wait for a lock or a wake-up. */
  private live = 0;
  private blocked = 0;
  /** By thread: the id of the cell it sleeps on, or NONE. */
  private readonly asleep: Int32Array;
  /** The thread that was resumed and has not yet reached its access. */
  private go = NONE;
  private following = NONE;
  private observed = 0;
  private stop: Stop | null = null;
  private scheduler!: Scheduler;
  /** An operation threw before its first access: so it does in every execution. */
  private broken: Stop | null = null;
  /** Where each thread stands before the first step. */
  private readonly first: { live: number; performed: Int32Array; pending: Int32Array; results: unknown[][] };

  /**
   * @param stepsMax the most steps an execution may take; then it stops with `limit`.
   * @param secondPass runs each operation that ends once more over its log and compares what it returns: finds what depends on
   *   anything outside. Costs about as much again.
   */
  constructor(program: Program, stepsMax: number, secondPass: boolean) {
    const n = program.actors.length;
    if (n === 0 || n > ACTORS_MAX) throw new RangeError(`a scenario has 1 to ${ACTORS_MAX} actors, this one has ${n}`);
    this.program = program;
    this.stepsMax = stepsMax;
    this.secondPass = secondPass;
    this.threads = n;
    this.buffer = new ArrayBuffer(program.layout.size);
    this.bytes = {
      u8: new Uint8Array(this.buffer),
      u16: new Uint16Array(this.buffer),
      u32: new Uint32Array(this.buffer),
    };
    this.memories = program.actors.map((_, thread) => new ReplayMemory(thread, this.bytes, this));
    program.init(new AloneMemory(this.buffer));
    this.initial = this.bytes.u32.slice();
    this.pending = new Int32Array(n).fill(NONE);
    this.performed = new Int32Array(n);
    this.asleep = new Int32Array(n).fill(NONE);
    this.results = program.actors.map(() => []);
    this.starts = program.actors.map((actor) => new Int32Array(actor.operations.length + 64));
    this.script = program.actors.map((actor) => new Int32Array(actor.operations.length + 64));
    // What a thread does up to its first access depends on nothing, so it is done once.
    this.live = (1 << n) - 1;
    for (let thread = 0; thread < n; thread++) {
      this.go = PROBING;
      this.resume(thread);
    }
    this.go = NONE;
    this.first = {
      live: this.live,
      performed: this.performed.slice(),
      pending: this.pending.slice(),
      results: this.results.map((results) => results.slice()),
    };
  }

  /** Back to the initial state. */
  reset(): void {
    this.bytes.u32.set(this.initial);
    this.steps = 0;
    this.observed = 0;
    this.last = NONE;
    this.stop = null;
    this.blocked = 0;
    this.live = this.first.live;
    this.enabled = this.live;
    for (let t = 0; t < this.threads; t++) {
      this.memories[t].length = 0;
      this.pending[t] = this.first.pending[t];
      this.performed[t] = this.first.performed[t];
      this.asleep[t] = NONE;
      if (this.results[t].length > this.first.results[t].length) this.results[t].length = this.first.results[t].length;
    }
    if (this.observer !== null) this.observer.start();
  }

  /** Runs on under `scheduler` until something stops it. `thread`: the one that takes the next step, if that is settled already. */
  run(scheduler: Scheduler, thread = NONE): Stop {
    this.scheduler = scheduler;
    this.stop = this.broken;
    if (this.stop !== null) return this.stop;
    let next = thread === NONE ? this.choose() : thread;
    while (next !== NONE) {
      this.go = next;
      next = this.resume(next);
    }
    return this.stop!;
  }

  /** Undoes all steps from `steps` on. */
  backTo(steps: number): void {
    while (this.steps > steps) this.undo();
    this.last = steps === 0 ? NONE : this.schedule[steps - 1];
    this.observed = steps;
    this.stop = null;
    this.blocked = 0;
    for (let t = 0; t < this.threads; t++) if (this.live & (1 << t) && this.waits(t)) this.blocked |= 1 << t;
    this.enabled = this.live & ~this.blocked;
    if (this.observer !== null) this.observer.back(steps);
  }

  /** The steps so far, as plain data. */
  trace(): Step[] {
    const at = new Int32Array(this.threads);
    const steps: Step[] = [];
    for (let i = 0; i < this.steps; i++) {
      const thread = this.schedule[i];
      steps.push(this.stepAt(thread, at[thread]++));
    }
    return steps;
  }

  /** Entry `p` of a thread's log. */
  stepAt(thread: number, p: number): Step {
    const { codes, values, olds, highs, oldHighs } = this.memories[thread];
    const code = codes[p];
    const kind = kindOf(code);
    const wide = this.program.layout.places[placeOf(code)].bits === 64;
    const starts = this.starts[thread];
    let number = this.performed[thread];
    while (number > 0 && starts[number] > p) number--;
    return {
      thread,
      operation: this.script[thread][number],
      code,
      value: kind === Kind.wake ? 0n : join(values[p], wide ? highs[p] : 0),
      old: writes(kind) ? join(olds[p], wide ? oldHighs[p] : 0) : 0n,
    };
  }

  /** Why each thread that is not finished cannot go on: `vcpu0 waits for mmu_lock, held by vcpu1`. */
  waiting(): string[] {
    const lines: string[] = [];
    for (let t = 0; t < this.threads; t++) {
      if (!(this.live & (1 << t))) continue;
      const place = this.program.layout.places[placeOf(this.pending[t])];
      const name = this.program.actors[t].name;
      if (kindOf(this.pending[t]) === Kind.lock) {
        const holder = this.bytes.u32[place.offset >>> 2] - 1;
        lines.push(
          `${name} waits for ${place.name}, held by ${holder === t ? 'itself' : this.program.actors[holder].name}`,
        );
      } else lines.push(`${name} sleeps on ${place.name}`);
    }
    return lines;
  }

  /** The thread's place for hashing: the id of the cell it sleeps on, or -1. */
  sleepsOn(thread: number): number {
    return this.asleep[thread];
  }

  // What the threads' memories call.

  reach(thread: number, code: number): boolean {
    if (this.go === thread) {
      this.go = NONE;
      this.took(thread);
      return true;
    }
    if (this.go !== NONE) return this.irregular(thread, code);
    this.pending[thread] = code;
    const kind = code & 15;
    if (this.observer !== null && !this.observe()) return this.suspend(NONE);
    if (kind >= Kind.lock) this.comesToWait(thread, code, kind);
    const next = this.choose();
    if (next !== thread) return this.suspend(next);
    this.took(thread);
    return true;
  }

  locked(lock: Lock): void {
    this.waiters(accessCode(Kind.lock, lock.id), true);
  }

  unlocked(lock: Lock): void {
    this.waiters(accessCode(Kind.lock, lock.id), false);
  }

  slept(thread: number, cell: Cell): void {
    this.asleep[thread] = cell.id;
  }

  woken(cell: Cell): number {
    let woken = 0;
    for (let t = 0; t < this.threads; t++) {
      if (this.asleep[t] !== cell.id) continue;
      this.asleep[t] = NONE;
      woken |= 1 << t;
    }
    this.blocked &= ~woken;
    this.enabled = this.live & ~this.blocked;
    return woken;
  }

  describe(code: number): string {
    return code === NONE ? 'the end' : `${kindNames[kindOf(code)]} ${this.program.layout.places[placeOf(code)].name}`;
  }

  // The rest.

  /** Runs `thread` until it is suspended or finished; returns the thread that takes the next step, or NONE with `stop` set. */
  private resume(thread: number): number {
    const memory = this.memories[thread];
    const { operations } = this.program.actors[thread];
    this.following = NONE;
    for (let number = this.performed[thread]; ; number++) {
      const index = this.script[thread][number];
      if (index === operations.length) break;
      const operation = operations[index];
      memory.pos = this.starts[thread][number];
      let result: unknown;
      try {
        result = operation.run(memory);
        if (this.go !== NONE && this.go !== PROBING) this.wrongEnd(thread, this.go);
        if (memory.pos !== memory.length) this.endedEarly(thread, memory.pos);
        if (this.secondPass) this.again(thread, number, result);
      } catch (error) {
        if (this.go === UNWINDING && error === SUSPENDED) {
          this.go = NONE;
          return this.following;
        }
        return this.fail(error);
      }
      this.results[thread][number] = result;
      this.next(thread, number + 1, operation.until === undefined || operation.until(result) ? index + 1 : index);
    }
    this.live &= ~(1 << thread);
    this.enabled = this.live & ~this.blocked;
    this.pending[thread] = NONE;
    if (this.go === PROBING) return NONE;
    return this.observer !== null && !this.observe() ? NONE : this.choose();
  }

  /** The thread comes to its operation number `number`, which is `index` among the actor's. */
  private next(thread: number, number: number, index: number): void {
    if (number === this.starts[thread].length) {
      for (const of of [this.starts, this.script]) {
        const wider = new Int32Array(number * 2);
        wider.set(of[thread]);
        of[thread] = wider;
      }
    }
    this.starts[thread][number] = this.memories[thread].length;
    this.script[thread][number] = index;
    this.performed[thread] = number;
  }

  private choose(): number {
    if (this.enabled === 0) {
      this.stop = this.live === 0 ? FINISHED : DEADLOCK;
      return NONE;
    }
    if (this.steps >= this.stepsMax) {
      this.stop = LIMIT;
      return NONE;
    }
    const next = this.scheduler.next(this);
    if (next === NONE) this.stop = PRUNED;
    return next;
  }

  private took(thread: number): void {
    if (this.steps === this.schedule.length) {
      const wider = new Uint8Array(this.steps * 2);
      wider.set(this.schedule);
      this.schedule = wider;
    }
    this.schedule[this.steps++] = thread;
    this.last = thread;
  }

  private suspend(next: number): false {
    this.following = next;
    this.go = UNWINDING;
    return false;
  }

  /** Marks a thread that comes to a lock that is held, or to the wake-up it sleeps for, as blocked. */
  private comesToWait(thread: number, code: number, kind: number): void {
    if (kind === Kind.lock || kind === Kind.wait) this.mayItSleep(thread, code, kind);
    if (kind === Kind.unlock) this.mustHold(thread, this.program.layout.places[placeOf(code)]);
    if (this.waits(thread)) {
      this.blocked |= 1 << thread;
      this.enabled = this.live & ~this.blocked;
    }
  }

  /** Whether a thread's pending access has to wait for another thread. */
  private waits(thread: number): boolean {
    const code = this.pending[thread];
    const kind = kindOf(code);
    if (kind === Kind.lock) return this.bytes.u32[this.program.layout.places[placeOf(code)].offset >>> 2] !== 0;
    return kind === Kind.resume && this.asleep[thread] !== NONE;
  }

  /** Nothing sleeps under a spinlock: neither on a mutex nor in a wait queue. */
  private mayItSleep(thread: number, code: number, kind: number): void {
    const { places } = this.program.layout;
    const wanted = places[placeOf(code)];
    if (kind === Kind.lock && wanted.kind !== 'mutex') return;
    for (const place of places) {
      if (place.kind !== 'spinlock' || this.bytes.u32[place.offset >>> 2] !== thread + 1) continue;
      const name = this.program.actors[thread].name;
      throw new Breach('sleeps under a spinlock', `${name} may sleep on ${wanted.name} while it holds ${place.name}`);
    }
  }

  /** Asked before the unlock is taken, so that it is no step of the schedule. */
  private mustHold(thread: number, lock: Place): void {
    if (this.bytes.u32[lock.offset >>> 2] === thread + 1) return;
    throw new Breach(
      'not the holder',
      `${this.program.actors[thread].name} unlocks ${lock.name}, which it does not hold`,
    );
  }

  /** Blocks, or frees, all threads whose pending access is `code`. */
  private waiters(code: number, block: boolean): void {
    for (let t = 0; t < this.threads; t++) {
      if (this.pending[t] !== code || !(this.live & (1 << t)) || t === this.last) continue;
      if (block) this.blocked |= 1 << t;
      else this.blocked &= ~(1 << t);
    }
    this.enabled = this.live & ~this.blocked;
  }

  private observe(): boolean {
    while (this.observed < this.steps) {
      this.observed++;
      const violation = this.observer!.step(this.last);
      if (violation === undefined) continue;
      this.stop = { kind: 'violated', violation };
      return false;
    }
    return true;
  }

  private undo(): void {
    const thread = this.schedule[--this.steps];
    const memory = this.memories[thread];
    const p = --memory.length;
    const code = memory.codes[p];
    const kind = kindOf(code);
    const place = this.program.layout.places[placeOf(code)];
    if (writes(kind)) {
      const at = place.offset;
      if (place.bits === 32) this.bytes.u32[at >>> 2] = memory.olds[p];
      else if (place.bits === 16) this.bytes.u16[at >>> 1] = memory.olds[p];
      else if (place.bits === 8) this.bytes.u8[at] = memory.olds[p];
      else {
        this.bytes.u32[at >>> 2] = memory.olds[p];
        this.bytes.u32[(at >>> 2) + 1] = memory.oldHighs[p];
      }
    } else if (kind === Kind.wait) this.asleep[thread] = NONE;
    else if (kind === Kind.wake) {
      for (let t = 0; t < this.threads; t++) if (memory.values[p] & (1 << t)) this.asleep[t] = place.id;
    }
    const starts = this.starts[thread];
    let number = this.performed[thread];
    while (number > 0 && starts[number] > p) number--;
    this.performed[thread] = number;
    if (this.results[thread].length > number) this.results[thread].length = number;
    this.pending[thread] = code;
    this.live |= 1 << thread;
  }

  /** Runs an operation that has ended over its log once more. */
  private again(thread: number, number: number, result: unknown): void {
    const memory = this.memories[thread];
    memory.pos = this.starts[thread][number];
    const before = this.go;
    this.go = CHECKING;
    const second = this.program.actors[thread].operations[this.script[thread][number]].run(memory);
    this.go = before;
    if (memory.pos !== memory.length) this.endedEarly(thread, memory.pos);
    const [a, b] = [plain(result), plain(second)];
    if (a !== b)
      throw new Breach(
        'differs on the second pass',
        `${this.label(thread)} returned ${a}, then ${b} over the same results`,
      );
  }

  private irregular(thread: number, code: number): false {
    if (this.go === PROBING) {
      this.pending[thread] = code;
      if (kindOf(code) >= Kind.lock) this.comesToWait(thread, code, kindOf(code));
      return this.suspend(NONE);
    }
    if (this.go === CHECKING) {
      throw new Breach(
        'differs on the second pass',
        `${this.label(thread)} went on to ${this.describe(code)} when run again over the same results`,
      );
    }
    if (this.go === UNWINDING) {
      throw new Breach(
        'swallowed suspension',
        `${this.label(thread)} caught what mem threw, and went on to ${this.describe(code)}`,
      );
    }
    throw new Breach(
      'outside the schedule',
      `${this.label(thread)} used the memory of ${this.program.actors[thread].name} out of turn`,
    );
  }

  private wrongEnd(thread: number, go: number): never {
    if (go === UNWINDING)
      throw new Breach('swallowed suspension', `${this.label(thread)} caught what mem threw, and returned`);
    return this.endedEarly(thread, this.memories[thread].pos);
  }

  private endedEarly(thread: number, pos: number): never {
    const { codes, length } = this.memories[thread];
    const missing = pos < length ? codes[pos] : this.pending[thread];
    throw new Breach(
      'differs on the second pass',
      `${this.label(thread)} did not come to ${this.describe(missing)} again`,
    );
  }

  private fail(error: unknown): number {
    const stop = stopOf(
      error === SUSPENDED ? new Breach('swallowed suspension', 'what mem threw was thrown again later') : error,
    );
    if (this.go === PROBING) this.broken ??= stop;
    else this.stop = stop;
    this.go = NONE;
    return NONE;
  }

  private label(thread: number): string {
    const actor = this.program.actors[thread];
    const index = this.script[thread][this.performed[thread]];
    return `operation ${index + 1} of ${actor.name}, ${actor.operations[index].label}`;
  }
}

/** A breach by the code under test is a violation like any other; a breach of the rules for operations says that nothing can be decided. */
function stopOf(error: unknown): Stop {
  if (!(error instanceof Breach)) {
    return {
      kind: 'crashed',
      violation: {
        property: 'no operation crashes',
        message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      },
    };
  }
  const kind = error.rule === 'not the holder' || error.rule === 'sleeps under a spinlock' ? 'violated' : 'crashed';
  return { kind, violation: { property: RULES[error.rule], message: error.message } };
}

const RULES: Record<Breach['rule'], string> = {
  'not the holder': 'a lock is given back by its holder',
  'sleeps under a spinlock': 'R12 nothing sleeps under a spinlock',
  'swallowed suspension': 'operations let through what mem throws',
  'differs on the second pass': 'operations depend on nothing but mem',
  'outside the schedule': 'operations use their own mem',
};

const FINISHED: Stop = { kind: 'finished' };
const DEADLOCK: Stop = { kind: 'deadlock' };
const LIMIT: Stop = { kind: 'limit' };
const PRUNED: Stop = { kind: 'pruned' };

const join = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

/** A result as text, to compare. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v)) ?? 'nothing';
