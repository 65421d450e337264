import type { Execution, Observer, Stop, Violation } from '../explore/execution.ts';
import type { Cell, Cell64, Lock, Place } from '../memory/cell.ts';
import { kindOf, placeOf, writes } from '../memory/memory.ts';
import { isViolation, type Look, type Properties, type StepEvent } from './property.ts';

/** Holds an execution against its properties, step by step. */
export class Checker implements Observer, Look {
  readonly results: readonly (readonly unknown[])[];
  readonly words: Uint32Array;
  readonly resultsMatter: boolean;
  private readonly execution: Execution;
  private readonly properties: Properties;
  private readonly always: readonly (readonly [string, (look: Look) => boolean])[];
  /** The `sometimes` that no execution has reached so far. */
  private readonly open: Map<string, (look: Look) => boolean>;
  /** `states[i]` are the monitors' states after step i; `ended[i]` by thread how many operations had ended. */
  private readonly states: unknown[][] = [];
  private readonly ended: Int32Array[] = [];
  private steps = 0;
  private readonly event: { thread: number; operation: number; kind: number; place: Place; value: number; old: number };

  constructor(execution: Execution, properties: Properties) {
    this.execution = execution;
    this.results = execution.results;
    this.words = execution.bytes.u32;
    this.resultsMatter = properties.resultsMatter;
    this.properties = properties;
    this.always = Object.entries(properties.always);
    this.open = new Map(Object.entries(properties.sometimes));
    this.event = { thread: 0, operation: 0, kind: 0, place: execution.program.layout.places[0], value: 0, old: 0 };
    this.states[0] = properties.monitors.map((monitor) => monitor.init());
    this.ended[0] = execution.performed.slice();
  }

  /** Names of the `sometimes` that have not come true. */
  get missing(): string[] {
    return [...this.open.keys()];
  }

  start(): void {
    this.steps = 0;
  }

  back(steps: number): void {
    this.steps = steps;
  }

  step(thread: number): Violation | undefined {
    const memory = this.execution.memories[thread];
    const p = memory.length - 1;
    const code = memory.codes[p];
    const ended = this.ended[this.steps];
    const { event } = this;
    event.thread = thread;
    event.operation = this.execution.script[thread][ended[thread]];
    event.kind = kindOf(code);
    event.place = this.execution.program.layout.places[placeOf(code)];
    event.value = memory.values[p];
    event.old = memory.olds[p];
    const states = this.states[this.steps];
    this.steps++;
    this.states[this.steps] = states;
    this.ended[this.steps] = ended;

    const violation = this.monitor(states, event) ?? this.endOperations(thread, ended);
    if (violation !== undefined) return violation;
    if (writes(event.kind) && memory.values[p] !== memory.olds[p]) {
      for (const [property, holds] of this.always) {
        if (!holds(this)) return { property, message: `does not hold after step ${this.steps}` };
      }
    }
    for (const [name, reached] of this.open) if (reached(this)) this.open.delete(name);
    return undefined;
  }

  /** What the way an execution stopped says. */
  end(stop: Stop): Violation | undefined {
    if (stop.kind === 'violated' || stop.kind === 'crashed') return stop.violation;
    if (stop.kind === 'deadlock') {
      const waiting = this.execution.waiting();
      return { property: this.properties.deadlock(waiting), message: waiting.join('; ') };
    }
    if (stop.kind !== 'finished') return undefined;
    for (const place of this.execution.program.layout.places) {
      if ((place.kind === 'mutex' || place.kind === 'spinlock') && this.holder(place) >= 0) {
        return { property: 'no lock is held at the end', message: `${place.name} is held` };
      }
    }
    for (const [property, holds] of Object.entries(this.properties.finally)) {
      const seen = holds(this);
      if (seen !== true) return { property, message: seen === false ? 'does not hold at the end' : seen };
    }
    return undefined;
  }

  /** The monitors' states as text, for those who compare states of the whole. */
  key(): string {
    const states = this.states[this.steps];
    let key = '';
    for (let i = 0; i < states.length; i++) key += this.properties.monitors[i].key(states[i]);
    return key;
  }

  /** A field, not a method: properties may take it apart. */
  readonly read = (cell: Cell): number => {
    const { u8, u16, u32 } = this.execution.bytes;
    if (cell.bits === 32) return u32[cell.offset >>> 2];
    return cell.bits === 16 ? u16[cell.offset >>> 1] : u8[cell.offset];
  };

  readonly read64 = (cell: Cell64): bigint => {
    const { u32 } = this.execution.bytes;
    const at = cell.offset >>> 2;
    return (BigInt(u32[at + 1]) << 32n) | BigInt(u32[at]);
  };

  readonly holder = (lock: Lock): number => this.execution.bytes.u32[lock.offset >>> 2] - 1;

  private monitor(states: readonly unknown[], event: StepEvent): Violation | undefined {
    const { monitors } = this.properties;
    for (let i = 0; i < monitors.length; i++) {
      const next = monitors[i].step(states[i], event, this);
      if (isViolation(next)) return next;
      this.set(i, next);
    }
    return undefined;
  }

  private endOperations(thread: number, ended: Int32Array): Violation | undefined {
    const now = this.execution.performed[thread];
    if (ended[thread] === now) return undefined;
    const { monitors } = this.properties;
    for (let number = ended[thread]; number < now; number++) {
      const operation = this.execution.script[thread][number];
      for (let i = 0; i < monitors.length; i++) {
        const state = this.states[this.steps][i];
        const next = monitors[i].returned(state, thread, operation, this.results[thread][number], this);
        if (isViolation(next)) return next;
        this.set(i, next);
      }
    }
    const later = ended.slice();
    later[thread] = now;
    this.ended[this.steps] = later;
    return undefined;
  }

  /** States of an earlier step are never changed: the first new state of a step makes a list of its own. */
  private set(i: number, state: unknown): void {
    const states = this.states[this.steps];
    if (states[i] === state) return;
    if (states === this.states[this.steps - 1]) this.states[this.steps] = states.slice();
    this.states[this.steps][i] = state;
  }
}
