import type { Execution, Observer } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import type { StepData } from './data.ts';

/** What a step did that a trace does not say. */
export type StepEffects = Pick<StepData, 'sets' | 'buffered' | 'lets' | 'sees'>;

/** Looks at an execution as it goes, in front of its observer: what each step changes in memory, in store buffers, and in what threads may see. */
export class StepRecorder implements Observer {
  readonly steps: StepEffects[] = [];
  /** Words of memory before the first step, those that are not 0. */
  initial: (readonly [number, number])[] = [];
  /** Whether the observer has seen the violation at a step, and not when all was over. */
  violatedAtStep = false;
  private readonly execution: Execution;
  private readonly behind: Observer;
  private readonly words: Uint32Array;
  private readonly held: (readonly number[])[];
  /** Cells from which actors may read several values. */
  private readonly chosen: readonly number[];
  /** By actor and place: what it may read, as text. */
  private readonly views = new Map<number, string>();

  constructor(execution: Execution) {
    this.execution = execution;
    this.behind = execution.observer!;
    this.words = new Uint32Array(execution.bytes.u32.length);
    this.held = execution.program.actors.map(() => []);
    this.chosen = execution.places
      .filter(({ kind, id }) => (kind === 'cell' || kind === 'cell64') && execution.readable(0, id) !== undefined)
      .map(({ id }) => id);
    execution.observer = this;
  }

  start(): Violation | undefined {
    this.words.set(this.execution.bytes.u32);
    this.initial = [...this.words].flatMap((word, i) => (word === 0 ? [] : [[i, word] as const]));
    return this.behind.start();
  }

  step(thread: number): Violation | undefined {
    this.look();
    const violation = this.behind.step(thread);
    this.violatedAtStep ||= violation !== undefined;
    return violation;
  }

  back(): void {
    throw new Error('nothing goes back here');
  }

  /** Looks at the last step, where that was not done: nobody is asked about one that ends the execution by itself. */
  look(): void {
    const { execution, steps } = this;
    if (steps.length === execution.steps) return;
    const actor = execution.schedule[execution.steps - 1] % this.held.length;
    const sets = this.sets();
    const sees = this.sees();
    steps.push({
      ...(sets.length > 0 && { sets }),
      ...this.bufferedStores(actor),
      ...(sees.length > 0 && { sees }),
    });
  }

  private sets(): (readonly [number, number])[] {
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

  private bufferedStores(actor: number): StepEffects {
    const before = this.held[actor];
    const now = [...this.execution.bufferedStores(actor)];
    this.held[actor] = now;
    if (now.length > before.length) return { buffered: true };
    return now.length < before.length ? { lets: before[0] } : {};
  }

  private sees(): NonNullable<StepEffects['sees']> {
    const { execution } = this;
    const { actors, layout } = execution.program;
    return actors.flatMap((_, actor) =>
      this.chosen.flatMap((id) => {
        const values = execution.readable(actor, id)!.map(String);
        const key = actor * layout.places.length + id;
        // At first, everybody sees the initial value alone.
        const before = this.views.get(key) ?? (values.length === 1 ? values[0] : '');
        this.views.set(key, values.join());
        return before === values.join() ? [] : [{ actor, place: id, values }];
      }),
    );
  }
}
