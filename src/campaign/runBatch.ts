import { profileOf } from '../explore/profile.ts';
import { randomOf } from '../explore/random.ts';
import { formatSchedule, parseSchedule } from '../explore/schedule.ts';
import { createScheduler } from '../explore/schedulers/registry.ts';
import { TraceCounter } from '../explore/search/traceCounter.ts';
import { Uint53Set } from '../explore/search/uint53Set.ts';
import { type CheckedExecution, createRun, runOnce, scheduleOf } from '../run/createRun.ts';
import { Budget } from '../run/minimise/budget.ts';
import { type Failure, mergeRuns } from '../run/minimise/minimise.ts';
import { type OpenedScenario, openScenario } from '../scenario/scenarioRef.ts';
import {
  ALTERED_OF,
  type Batch,
  type BatchConfig,
  type BatchDone,
  type BatchFailure,
  type Candidate,
  EXECUTIONS,
} from './batch.ts';
import { Coverage } from './coverage/coverage.ts';
import { failureKey } from './failureKey.ts';
import { mutateSchedule, ReplayThenFallback } from './mutateSchedule.ts';

/** Schedules that are altered in one batch, at most: those that it was given, and the latest that covered something new. */
const PARENTS_MAX = 16;
/** Failures of one property that are looked at closer in one batch; all are counted. */
const FAILURES_MAX = 3;
/** Steps that may be taken to put runs of a thread together in one of them. */
const MERGE_STEPS = 200_000;

/** Runs a batch on this thread, from a fresh start: nothing that this thread has run before has a say. Throws `BadInput` where the scenario cannot be run. */
export async function runBatch(batch: Batch, work: BatchConfig): Promise<BatchDone> {
  const scenario = await openScenario(batch.source);
  // What looks like a loop without a state may have one: a campaign proves nothing, and need not guess.
  const run = createRun(scenario, work.stepsMax, work, [], { iterationsMax: Infinity, byComparison: false });
  const executions = new Executions(run, { source: batch.source, scenario }, batch, work);
  for (let index = 0; index < EXECUTIONS; index++) executions.add(index);
  return executions.done();
}

class Executions {
  private readonly run: CheckedExecution;
  private readonly sourced: OpenedScenario;
  private readonly batch: Batch;
  private readonly work: BatchConfig;
  private readonly coverage: Coverage;
  private readonly classes: TraceCounter;
  private readonly seen = new Uint53Set();
  private readonly scheduler: ReplayThenFallback;
  private readonly parents: number[][];
  private readonly counts = { complete: 0, blocked: 0, cut: 0, failed: 0, steps: 0 };
  private readonly drawn: number[] = [];
  private readonly altered: number[] = [];
  private readonly candidates: Candidate[] = [];
  private readonly failures: (Failure & { readonly execution: number })[] = [];

  constructor(run: CheckedExecution, sourced: OpenedScenario, batch: Batch, work: BatchConfig) {
    this.run = run;
    this.sourced = sourced;
    this.batch = batch;
    this.work = work;
    this.coverage = new Coverage(run, batch.family);
    this.classes = new TraceCounter(run.execution);
    this.scheduler = new ReplayThenFallback(
      createScheduler('portfolio', batch.seed, profileOf(run.execution, batch.seed), 3),
    );
    this.parents = batch.parents.map((text) => parseSchedule(text)!);
  }

  /** Execution number `index` of the batch. */
  add(index: number): void {
    const { run, batch, scheduler, parents, counts } = this;
    const isAltered = parents.length > 0 && index % ALTERED_OF < batch.altered;
    // The portfolio goes by the index as well: others than the schedulers' own numbers, or the same ones would always be altered.
    const random = randomOf(~batch.seed, index);
    scheduler.schedule = isAltered ? mutateSchedule(parents, run.execution.node.length, random) : [];
    const { stop, violation } = runOnce(run, scheduler, index);
    counts.steps += run.execution.steps;
    if (violation !== undefined) {
      counts.failed++;
      this.failedWith(violation, index);
      return;
    }
    const hash = this.classes.traceHash();
    if (stop.kind === 'finished') {
      counts.complete++;
      if (batch.isBase) (isAltered ? this.altered : this.drawn).push(hash);
    } else if (stop.kind === 'limit') counts.cut++;
    else counts.blocked++;
    const covered = this.coverage.add(this.seen.add(hash));
    if (covered === undefined) return;
    const schedule = scheduleOf(run);
    this.candidates.push({ ...covered, schedule: formatSchedule(schedule) });
    if (batch.altered === 0) return;
    if (parents.length >= PARENTS_MAX) parents.splice(batch.parents.length % PARENTS_MAX, 1);
    parents.push(schedule);
  }

  done(): BatchDone {
    const { batch, counts, drawn, altered, candidates } = this;
    return { number: batch.number, ...counts, drawn, altered, candidates, failures: this.distinct() };
  }

  private failedWith({ property, message }: { property: string; message: string }, execution: number): void {
    if (this.failures.filter((failure) => failure.property === property).length >= FAILURES_MAX) return;
    const { memoryModel, tearing } = this.work;
    const schedule = scheduleOf(this.run);
    this.failures.push({ ...this.sourced, memoryModel, tearing, property, message, schedule, execution });
  }

  private distinct(): BatchFailure[] {
    const byKey = new Map<string, BatchFailure>();
    for (const found of this.failures) {
      const { property, message, schedule, execution } = {
        ...found,
        ...mergeRuns(found, new Budget(Infinity, MERGE_STEPS)),
      };
      const key = failureKey({ ...found, schedule });
      if (byKey.has(key)) continue;
      byKey.set(key, { property, message, schedule: formatSchedule(schedule), key, execution });
    }
    return [...byKey.values()];
  }
}
