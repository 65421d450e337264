import type { Execution } from '../explore/execution/execution.ts';
import type { Observer } from '../explore/execution/observer.ts';
import type { Stop } from '../explore/execution/stop.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { type WaitingThread, waitingThreads } from '../explore/execution/waiting.ts';
import type { HappensBeforeOrder } from '../explore/happensBeforeOrder.ts';
import type { PropertyChecker } from '../explore/search/searchProgress.ts';
import type { Cell, Cell64, Lock, Place } from '../memory/cell.ts';
import { isChoice, kindOf, placeOf } from '../memory/kinds.ts';
import { overlapTable } from '../memory/layout.ts';
import { type MemoryImage, wordAt } from '../memory/memoryImage.ts';
import { PossiblyDetector } from './possibly.ts';
import type { PossibleViolation, Predicate, PredicateEvaluator } from './predicate.ts';
import { isViolation, type Properties, type StateView } from './property.ts';

/**
 * HOT. Checks the properties of a scenario on an execution, step by step.
 *
 * A predicate is a function of the places and results that it reads. Therefore it is evaluated
 * again only if one of those that it has ever read has changed.
 */
export class Checker implements PredicateEvaluator, PropertyChecker, StateView, Observer {
  readonly predicates: readonly Predicate[];
  readonly words: Uint32Array;
  private readonly bytes: MemoryImage;
  private readonly execution: Execution;
  private readonly properties: Properties;
  readonly watching: Uint32Array;
  watchingResults = 0;
  /** The predicates that are still evaluated: not a `sometimes` that was reached. */
  private open = -1;
  private started = false;
  /** The violation in the initial state, which all executions share. */
  private atStart: Violation | undefined = undefined;
  /** By place: the places that share bytes with it. */
  private readonly overlaps: readonly (readonly number[])[];
  private readonly locks: readonly Place[];
  private readonly finally: readonly (readonly [string, Properties['finally'][string]])[];
  /** The bit of the predicate that is being evaluated; 0: none. */
  private evaluating = 0;
  /** Whether results are part of a state: the scenario says so, or a property has read some. */
  resultsMatter: boolean;
  private possiblyDetector: PossiblyDetector | undefined;
  /** By number of steps: the state of each monitor. */
  private readonly states: unknown[][] = [];
  /** By number of steps: the key of `keyed`, the states that it was computed for. */
  private readonly keys: string[] = [];
  private readonly keyed: (readonly unknown[])[] = [];
  /** By number of steps, then by thread: how many operations had ended. */
  private readonly ended: Int32Array[] = [];
  private readonly monitored: boolean;
  private readonly event: { thread: number; operation: number; kind: number; place: Place; value: number; old: number };

  constructor(execution: Execution, properties: Properties) {
    this.execution = execution;
    this.words = execution.bytes.u32;
    this.bytes = execution.bytes;
    this.properties = properties;
    const { places } = execution;
    this.watching = new Uint32Array(places.length);
    this.overlaps = overlapTable(places);
    const list = (['always', 'sometimes'] as const).flatMap((kind) =>
      Object.entries(properties[kind]).map(([name, holds]) => ({ name, kind, holds })),
    );
    // From number 31 on, predicates share the last bit.
    this.predicates = list.map((predicate, i) => ({ ...predicate, bit: 1 << Math.min(i, 30), reached: false }));
    this.monitored = properties.monitors.length > 0;
    this.resultsMatter = properties.resultsMatter ?? false;
    this.locks = places.filter(({ kind }) => kind === 'mutex' || kind === 'spinlock');
    this.finally = Object.entries(properties.finally);
    this.event = { thread: 0, operation: 0, kind: 0, place: places[0], value: 0, old: 0 };
  }

  /** The names of the `sometimes` that were not reached. */
  get missing(): string[] {
    return this.predicates.filter(({ kind, reached }) => kind === 'sometimes' && !reached).map(({ name }) => name);
  }

  /** The names of the `sometimes` that were reached. */
  get reached(): string[] {
    return this.predicates.filter(({ kind, reached }) => kind === 'sometimes' && reached).map(({ name }) => name);
  }

  sees(place: Place): boolean {
    return this.properties.monitors.some((monitor) => monitor.sees(place));
  }

  /** A field and not a method, as properties may destructure it. */
  readonly read = (cell: Cell): number => {
    if ((this.watching[cell.id] & this.evaluating) !== this.evaluating) this.watch(cell.id);
    return wordAt(this.bytes, cell);
  };

  readonly read64 = (cell: Cell64): bigint => {
    this.watch(cell.id);
    const { u32 } = this.execution.bytes;
    const at = cell.offset >>> 2;
    return (BigInt(u32[at + 1]) << 32n) | BigInt(u32[at]);
  };

  readonly holder = (lock: Lock): number => {
    this.watch(lock.id);
    return this.execution.bytes.u32[lock.offset >>> 2] - 1;
  };

  get results(): readonly (readonly unknown[])[] {
    this.watchingResults |= this.evaluating;
    this.resultsMatter = this.properties.resultsMatter ?? true;
    return this.execution.results;
  }

  start(): Violation | undefined {
    const { monitors } = this.properties;
    if (monitors.length > 0) {
      this.states[0] = monitors.map((monitor) => monitor.init());
      this.ended[0] = this.execution.performed.slice();
    }
    if (!this.started) this.atStart = this.evaluate(-1);
    this.started = true;
    return this.atStart;
  }

  back(): void {}

  step(thread: number): Violation | undefined {
    const { execution } = this;
    const { changed } = execution;
    if (this.monitored) {
      const violation = this.stepMonitors(thread, execution.steps - 1);
      if (violation !== undefined) return violation;
    }
    const bits = (changed < 0 ? 0 : this.watching[changed]) | (execution.ended ? this.watchingResults : 0);
    return (bits & this.open) === 0 ? undefined : this.evaluate(bits);
  }

  atEnd(stop: Stop): Violation | undefined {
    if (stop.kind === 'violated' || stop.kind === 'crashed') return stop.violation;
    const race = this.execution.memory.violationAtEnd?.();
    if (race !== undefined) return race;
    if (stop.kind === 'deadlock') {
      const waiting = waitingThreads(this.execution);
      const property = this.properties.deadlock(waiting);
      return property === undefined ? undefined : { property, message: inWords(waiting) };
    }
    if (stop.kind === 'livelock') return { property: LIVELOCK, message: inWords(waitingThreads(this.execution)) };
    if (stop.kind !== 'finished') return undefined;
    for (const { name, offset } of this.locks) {
      if (this.words[offset >>> 2] !== 0) return { property: 'no lock is held at the end', message: `${name} is held` };
    }
    for (const [property, holds] of this.finally) {
      const seen = holds(this);
      if (seen !== true) return { property, message: seen === false ? 'does not hold at the end' : seen };
    }
    return undefined;
  }

  get judgesStates(): boolean {
    return this.predicates.some(({ reached }) => !reached);
  }

  possibly(order: HappensBeforeOrder, accept?: (taken: Int32Array) => boolean): PossibleViolation | undefined {
    this.possiblyDetector ??= new PossiblyDetector(this, this.execution);
    return this.possiblyDetector.find(order, accept);
  }

  key(): string {
    return this.keyAfter(this.execution.steps);
  }

  /** What `key` was after the first `steps` steps of the current execution. */
  keyAfter(steps: number): string {
    if (!this.monitored) return '';
    const states = this.states[steps];
    if (this.keyed[steps] === states) return this.keys[steps];
    // Most steps change no monitor. The same string is hashed once.
    const isUnchanged = steps > 0 && this.keyed[steps - 1] === states;
    this.keys[steps] = isUnchanged ? this.keys[steps - 1] : this.keyOf(states);
    this.keyed[steps] = states;
    return this.keys[steps];
  }

  private keyOf(states: readonly unknown[]): string {
    const { monitors } = this.properties;
    let key = '';
    for (let i = 0; i < monitors.length; i++) key += monitors[i].key(states[i]);
    return key;
  }

  /** Whether step number `steps`, counted from 1, changed the state of a monitor. */
  changedWith(steps: number): boolean {
    return this.monitored && this.states[steps] !== this.states[steps - 1];
  }

  evaluate(bits: number): Violation | undefined {
    const { predicates } = this;
    for (let i = 0; i < predicates.length; i++) {
      const predicate = predicates[i];
      if ((predicate.bit & bits) === 0 || predicate.reached) continue;
      this.evaluating = predicate.bit;
      const holds = predicate.holds(this);
      this.evaluating = 0;
      if (predicate.kind === 'sometimes') {
        if (holds) this.reach(predicate);
      } else if (!holds)
        return { property: predicate.name, message: `does not hold after step ${this.execution.steps}` };
    }
    return undefined;
  }

  private reach(predicate: Predicate): void {
    predicate.reached = true;
    this.open = 0;
    for (const { bit, reached } of this.predicates) if (!reached) this.open |= bit;
  }

  private watch(id: number): void {
    for (const other of this.overlaps[id]) this.watching[other] |= this.evaluating;
  }

  private stepMonitors(thread: number, s: number): Violation | undefined {
    const { execution, event } = this;
    const code = execution.tree.code[execution.nodes[s]];
    const ended = this.ended[s];
    event.thread = thread;
    event.operation = execution.tree.operation[execution.nodes[s]];
    event.kind = kindOf(code);
    event.place = execution.places[placeOf(code)];
    event.value = execution.values[s];
    event.old = execution.olds[s];
    const states = this.states[s];
    this.states[s + 1] = states;
    this.ended[s + 1] = ended;
    // A store buffer takes no step of the program.
    if (thread >= ended.length) return undefined;
    // A choice is a step of no place.
    if (isChoice(event.kind)) return this.endOperations(thread, ended);
    const { monitors } = this.properties;
    for (let i = 0; i < monitors.length; i++) {
      const next = monitors[i].step(states[i], event, this);
      if (isViolation(next)) return next;
      this.setState(i, next);
    }
    return this.endOperations(thread, ended);
  }

  private endOperations(thread: number, ended: Int32Array): Violation | undefined {
    const now = this.execution.performed[thread];
    if (ended[thread] === now) return undefined;
    const { monitors } = this.properties;
    for (let number = ended[thread]; number < now; number++) {
      const operation = this.execution.threads.performedOperation(thread, number);
      for (let i = 0; i < monitors.length; i++) {
        const state = this.states[this.execution.steps][i];
        const next = monitors[i].returned(
          state,
          thread,
          operation,
          this.execution.threads.resultOf(thread, number),
          this,
        );
        if (isViolation(next)) return next;
        this.setState(i, next);
      }
    }
    const later = ended.slice();
    later[thread] = now;
    this.ended[this.execution.steps] = later;
    return undefined;
  }

  /**
   * Sets the state of monitor `i` after the last step. The lists of earlier steps stay as they are.
   */
  private setState(i: number, state: unknown): void {
    const states = this.states[this.execution.steps];
    if (states[i] === state) return;
    if (states === this.states[this.execution.steps - 1]) this.states[this.execution.steps] = states.slice();
    this.states[this.execution.steps][i] = state;
  }
}

const inWords = (waiting: readonly WaitingThread[]): string => waiting.map(({ message }) => message).join('; ');

/** The property that an infinite execution violates. */
export const LIVELOCK = 'no livelock: some thread makes progress';
