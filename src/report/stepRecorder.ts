import type { Execution } from '../explore/execution/execution.ts';
import type { Observer } from '../explore/execution/observer.ts';
import type { Violation } from '../explore/execution/violation.ts';
import type { StepData } from './data.ts';

/** Effects of a step that the trace does not contain. */
export type StepEffects = Pick<StepData, 'sets' | 'buffered' | 'flushes' | 'mayRead'>;

/**
 * An observer in front of the execution's own one. It records what each step changes in memory, in
 * the store buffers and in the values that threads may read.
 */
export class StepRecorder implements Observer {
  readonly steps: StepEffects[] = [];
  /** The nonzero words of memory before the first step. */
  initial: (readonly [number, number])[] = [];
  /** Whether the observer reported the violation at a step, and not at quiescence. */
  violatedAtStep = false;
  private readonly execution: Execution;
  private readonly next: Observer;
  private readonly words: Uint32Array;
  /** By actor: the steps whose stores are in its buffer. */
  private readonly buffers: (readonly number[])[];
  /** Cells from which actors may read one of several values. */
  private readonly multiValued: readonly number[];
  /** By actor and place: the values that the actor may read, as text. */
  private readonly readable = new Map<number, string>();

  constructor(execution: Execution) {
    this.execution = execution;
    this.next = execution.observer!;
    this.words = new Uint32Array(execution.bytes.u32.length);
    this.buffers = execution.program.actors.map(() => []);
    this.multiValued = execution.places
      .filter(
        ({ kind, id }) =>
          (kind === 'cell' || kind === 'cell64') && execution.memory.readableValues(0, id) !== undefined,
      )
      .map(({ id }) => id);
    execution.observer = this;
  }

  start(): Violation | undefined {
    this.words.set(this.execution.bytes.u32);
    this.initial = [...this.words].flatMap((word, i) => (word === 0 ? [] : [[i, word] as const]));
    return this.next.start();
  }

  step(thread: number): Violation | undefined {
    this.recordLastStep();
    const violation = this.next.step(thread);
    this.violatedAtStep ||= violation !== undefined;
    return violation;
  }

  back(): void {
    throw new Error('a recorded execution does not undo steps');
  }

  /**
   * Records the last step once. A step that itself ends the execution is not observed; call this
   * after the run.
   */
  recordLastStep(): void {
    const { execution, steps } = this;
    if (steps.length === execution.steps) return;
    const actor = execution.schedule[execution.steps - 1] % this.buffers.length;
    const sets = this.changedWords();
    const buffer = this.bufferChange(actor);
    const mayRead = this.readableChanges();
    steps.push({ ...(sets.length > 0 && { sets }), ...buffer, ...(mayRead.length > 0 && { mayRead }) });
  }

  private changedWords(): (readonly [number, number])[] {
    const { bytes, changed, places } = this.execution;
    if (changed < 0) return [];
    const { offset, bits } = places[changed];
    const sets: (readonly [number, number])[] = [];
    for (let i = offset >>> 2; i < (offset + bits / 8 + 3) >>> 2; i++) {
      if (this.words[i] === bytes.u32[i]) continue;
      this.words[i] = bytes.u32[i];
      sets.push([i, bytes.u32[i]]);
    }
    return sets;
  }

  private bufferChange(actor: number): StepEffects {
    const before = this.buffers[actor];
    const now = [...this.execution.memory.bufferedStores(actor)];
    this.buffers[actor] = now;
    if (now.length > before.length) return { buffered: true };
    return now.length < before.length ? { flushes: before[0] } : {};
  }

  private readableChanges(): NonNullable<StepEffects['mayRead']> {
    const { execution } = this;
    const { actors, layout } = execution.program;
    return actors.flatMap((_, actor) =>
      this.multiValued.flatMap((place) => {
        const values = execution.memory.readableValues(actor, place)!.map(String);
        const key = actor * layout.places.length + place;
        // Before the first step, every actor reads the initial value.
        const before = this.readable.get(key) ?? (values.length === 1 ? values[0] : '');
        this.readable.set(key, values.join());
        return before === values.join() ? [] : [{ actor, place, values }];
      }),
    );
  }
}
