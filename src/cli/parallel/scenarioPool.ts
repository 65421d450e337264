import type { Piscina } from 'piscina';
import { wallClock } from '../../explore/limits.ts';
import { BadInput } from '../../input/badInput.ts';
import { createPool, destroyPool } from '../../process/pool.ts';
import { isStopRequested } from '../../process/stopRequest.ts';
import type { EndReason } from '../../process/supervision.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import type { CheckOptions, CheckResult } from '../checkScenario.ts';
import type { ScenarioAnswer, ScenarioTask } from './scenarioWorker.ts';

/** How often times and memory are checked, in milliseconds. */
const CHECK_MS = 50;
/** The part of the memory limit at which fewer scenarios run at a time. */
const MEMORY_SHARE = 0.75;
/** How long the memory of a thread that was ended may take to be free, in milliseconds. */
const FREE_MS = 500;
/** How often a scenario whose thread dies is tried. */
const ATTEMPTS = 2;

/** How the run of a scenario ended. `died`: its thread did, with that error. */
type Outcome =
  | { readonly kind: 'answer'; readonly answer: ScenarioAnswer; readonly differs: boolean }
  | { readonly kind: 'late' }
  | { readonly kind: 'died'; readonly error: Error };

interface RunningScenario {
  readonly deadline: Float64Array;
  readonly abort: AbortController;
}

/**
 * Explores scenarios on worker threads, those that come first before others. Each has the whole
 * time and memory of a scenario. If memory is short, the last ones are begun again later, with one
 * thread less.
 */
export class ScenarioPool {
  private readonly scenarios: readonly BuiltInScenario[];
  private readonly options: CheckOptions;
  private readonly pool: Piscina;
  /** How many scenarios may run at a time. */
  threads: number;
  /** Indices of scenarios that are to be run, in ascending order. */
  private queue: number[];
  private readonly running = new Map<number, RunningScenario>();
  private readonly outcomes = new Map<number, Outcome>();
  private readonly attempts = new Map<number, number>();
  /** Called at each new outcome. */
  private onOutcome: () => void = () => {};
  private readonly timer: NodeJS.Timeout;
  private readonly bytesMax: number;
  /** Until then, memory of an ended thread may still be in use. */
  private freedAt = 0;

  constructor(scenarios: readonly BuiltInScenario[], options: CheckOptions, threads: number) {
    this.scenarios = scenarios;
    this.options = options;
    this.threads = threads;
    this.queue = scenarios.map((_, i) => i);
    this.bytesMax = process.memoryUsage.rss() + MEMORY_SHARE * options.memory * 2 ** 20;
    this.pool = createPool(workerFile('cli/parallel/scenarioWorker'), threads);
    // A thread that dies rejects its task. The pool itself reports it too.
    this.pool.on('error', () => {});
    this.timer = setInterval(() => this.check(), CHECK_MS);
    this.fill();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.queue = [];
    await destroyPool(this.pool);
  }

  /**
   * The result of a scenario, which `checkScenario` would have with `differs` too. Throws what that
   * throws.
   */
  async result(index: number, differs: boolean, end: (reason: EndReason) => Promise<never>): Promise<CheckResult> {
    for (;;) {
      const outcome = await this.outcomeOf(index);
      if (outcome.kind === 'late') return end('late');
      if (outcome.kind === 'died') {
        if ((outcome.error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') return end('out of memory');
        throw outcome.error;
      }
      const { answer } = outcome;
      if (answer.kind === 'error') throw answer.isUsage ? new BadInput(answer.message) : new Error(answer.message);
      if (outcome.differs === differs) return answer.result;
      // It was begun before an earlier one had ended.
      this.outcomes.delete(index);
      this.again(index);
      this.fill();
    }
  }

  private async outcomeOf(index: number): Promise<Outcome> {
    for (;;) {
      const outcome = this.outcomes.get(index);
      if (outcome !== undefined) return outcome;
      await new Promise<void>((resolve) => {
        this.onOutcome = resolve;
      });
    }
  }

  private fill(): void {
    while (this.running.size < this.threads && this.queue.length > 0 && !isStopRequested())
      this.start(this.queue.shift()!);
  }

  private start(index: number): void {
    const abort = new AbortController();
    const deadline = new Float64Array(new SharedArrayBuffer(8)).fill(Infinity);
    const differs = [...this.outcomes].some(([i, outcome]) => i < index && hasDifferences(outcome));
    this.running.set(index, { deadline, abort });
    const task: ScenarioTask = { scenario: this.scenarios[index], options: this.options, differs, deadline };
    this.pool.run(task, { signal: abort.signal }).then(
      (answer: ScenarioAnswer) => this.ended(index, { kind: 'answer', answer, differs }),
      (error: Error) => {
        if (!abort.signal.aborted) this.died(index, error);
      },
    );
  }

  private ended(index: number, outcome: Outcome): void {
    this.running.delete(index);
    this.outcomes.set(index, outcome);
    this.fill();
    this.onOutcome();
  }

  /** Other scenarios may have taken the memory. */
  private died(index: number, error: Error): void {
    const attempts = (this.attempts.get(index) ?? 0) + 1;
    this.attempts.set(index, attempts);
    if (attempts >= ATTEMPTS) {
      this.ended(index, { kind: 'died', error });
      return;
    }
    this.running.delete(index);
    this.threads = Math.max(1, this.threads - 1);
    this.again(index);
    this.fill();
  }

  private again(index: number): void {
    this.queue = [...this.queue, index].sort((a, b) => a - b);
  }

  private check(): void {
    const now = wallClock();
    for (const [index, { deadline, abort }] of this.running)
      if (deadline[0] < now) {
        abort.abort();
        this.ended(index, { kind: 'late' });
      }
    if (this.running.size < 2 || now < this.freedAt || process.memoryUsage.rss() < this.bytesMax) return;
    const last = Math.max(...this.running.keys());
    this.running.get(last)!.abort.abort();
    this.running.delete(last);
    this.threads = Math.max(1, this.threads - 1);
    this.freedAt = now + FREE_MS;
    this.again(last);
  }
}

const hasDifferences = (outcome: Outcome): boolean =>
  outcome.kind === 'answer' && outcome.answer.kind === 'result' && outcome.answer.result.differences.length > 0;
