import type { Violation } from '../explore/execution/violation.ts';
import { profileOf } from '../explore/profile.ts';
import { randomOf } from '../explore/random.ts';
import { formatSchedule, parseSchedule } from '../explore/schedule.ts';
import { createScheduler } from '../explore/schedulers/registry.ts';
import { TraceCounter } from '../explore/search/traceCounter.ts';
import { Uint53Set } from '../explore/search/uint53Set.ts';
import { type CheckedExecution, createRun, runOnce, takenSchedule } from '../run/createRun.ts';
import type { Failure } from '../run/failure.ts';
import { Budget } from '../run/minimise/budget.ts';
import { mergeRuns } from '../run/minimise/mergeRuns.ts';
import { type OpenedScenario, openScenario } from '../scenario/scenarioRef.ts';
import {
  BATCH_EXECUTIONS,
  type Batch,
  type BatchConfig,
  type BatchFailure,
  type BatchResult,
  type CorpusCandidate,
  MUTATION_PERIOD,
} from './batch.ts';
import { Coverage } from './coverage/coverage.ts';
import { endLate } from './endLate.ts';
import { failureKey } from './failureKey.ts';
import { mutateSchedule, ReplayThenFallback } from './mutateSchedule.ts';

/**
 * Maximum number of schedules that a batch mutates: those that it was given, and the latest ones
 * that covered something new.
 */
const PARENTS_MAX = 16;
/** Failures of one property that a batch reports. All failures are counted. */
const FAILURES_MAX = 3;
/** Steps that may be spent on merging the context switches of one failure. */
const MERGE_STEPS = 200_000;

/**
 * Runs a batch on this thread. The result does not depend on what the thread has run before. Throws
 * `BadInput` if the scenario cannot be run, and `TaskLate` if it takes longer than `seconds`.
 */
export async function runBatch(batch: Batch, config: BatchConfig, seconds = Infinity): Promise<BatchResult> {
  const scenario = await openScenario(batch.source);
  // A campaign proves nothing, so it need not assume that a loop has no state.
  const run = createRun(scenario, config.stepsMax, config, [], { iterationsMax: Infinity, byComparison: false });
  const runBatchHere = (): BatchResult => {
    const runner = new BatchRunner(run, { source: batch.source, scenario }, batch, config);
    for (let index = 0; index < BATCH_EXECUTIONS; index++) runner.run(index);
    return runner.result();
  };
  return endLate(seconds, runBatchHere, () => run.execution.threads.code.interrupted()?.label);
}

class BatchRunner {
  private readonly checked: CheckedExecution;
  private readonly opened: OpenedScenario;
  private readonly batch: Batch;
  private readonly config: BatchConfig;
  private readonly coverage: Coverage;
  private readonly traces: TraceCounter;
  private readonly seenClasses = new Uint53Set();
  private readonly scheduler: ReplayThenFallback;
  private readonly parents: number[][];
  private readonly counts = { complete: 0, blocked: 0, cut: 0, failed: 0, steps: 0 };
  private readonly drawnClasses: number[] = [];
  private readonly mutatedClasses: number[] = [];
  private readonly candidates: CorpusCandidate[] = [];
  private readonly failures: (Failure & { readonly execution: number })[] = [];

  constructor(checked: CheckedExecution, opened: OpenedScenario, batch: Batch, config: BatchConfig) {
    this.checked = checked;
    this.opened = opened;
    this.batch = batch;
    this.config = config;
    this.coverage = new Coverage(checked, batch.family);
    this.traces = new TraceCounter(checked.execution);
    this.scheduler = new ReplayThenFallback(
      createScheduler('portfolio', batch.seed, profileOf(checked.execution, batch.seed), 3),
    );
    this.parents = batch.parents.map((text) => parseSchedule(text)!);
  }

  /** @param index the number of the execution in the batch. */
  run(index: number): void {
    const { checked, batch, scheduler, parents, counts } = this;
    const isMutated = parents.length > 0 && index % MUTATION_PERIOD < batch.mutated;
    // The portfolio draws from `batch.seed` and the index as well. Another seed keeps the two
    // apart.
    const random = randomOf(~batch.seed, index);
    scheduler.schedule = isMutated ? mutateSchedule(parents, checked.execution.node.length, random) : [];
    const { stop, violation } = runOnce(checked, scheduler, index);
    counts.steps += checked.execution.steps;
    if (violation !== undefined) {
      counts.failed++;
      this.addFailure(violation, index);
      return;
    }
    const traceHash = this.traces.traceHash();
    if (stop.kind === 'finished') {
      counts.complete++;
      if (batch.isBase) (isMutated ? this.mutatedClasses : this.drawnClasses).push(traceHash);
    } else if (stop.kind === 'limit') counts.cut++;
    else counts.blocked++;
    const covered = this.coverage.add(this.seenClasses.add(traceHash));
    if (covered === undefined) return;
    const schedule = takenSchedule(checked);
    this.candidates.push({ ...covered, schedule: formatSchedule(schedule) });
    if (batch.mutated === 0) return;
    if (parents.length >= PARENTS_MAX) parents.splice(batch.parents.length % PARENTS_MAX, 1);
    parents.push(schedule);
  }

  result(): BatchResult {
    const { batch, counts, drawnClasses, mutatedClasses, candidates } = this;
    const failures = this.distinctFailures();
    return { number: batch.number, ...counts, drawnClasses, mutatedClasses, candidates, failures };
  }

  private addFailure(violation: Violation, execution: number): void {
    if (this.failures.filter(({ property }) => property === violation.property).length >= FAILURES_MAX) return;
    const { memoryModel, tearing } = this.config;
    const schedule = takenSchedule(this.checked);
    this.failures.push({ ...this.opened, ...violation, memoryModel, tearing, schedule, execution });
  }

  /** Merges context switches first, so that more failures have the same key. */
  private distinctFailures(): BatchFailure[] {
    const byKey = new Map<string, BatchFailure>();
    for (const found of this.failures) {
      const { property, message, category, schedule, execution } = {
        ...found,
        ...mergeRuns(found, new Budget(Infinity, MERGE_STEPS)),
      };
      const key = failureKey({ ...found, schedule });
      if (byKey.has(key)) continue;
      const failure = { property, message, ...(category && { category }) };
      byKey.set(key, { ...failure, schedule: formatSchedule(schedule), key, execution });
    }
    return [...byKey.values()];
  }
}
