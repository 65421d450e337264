import type { Scenario } from '../../check/scenario.ts';
import type { Violation } from '../../explore/execution/violation.ts';
import { Deadline, isPast } from '../../explore/limits.ts';
import { SCHEMA } from '../../input/schema.ts';
import { createPool, destroyPool } from '../../process/pool.ts';
import { takeRunningProperty } from '../../scenario/runningProperty.ts';
import { isVm, openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import { OUT_OF_TIME, withinTime } from '../withinTime.ts';
import { checkFinalState } from './checkFinalState.ts';
import { canCheckHistory, checkHistory } from './checkHistory.ts';
import { PATIENCE_SECONDS, runStressBatch, type StressRun } from './stressBatch.ts';

/** The result of running a scenario on free threads. It proves nothing. */
export interface StressReport {
  /** The version of the format. */
  readonly schema: typeof SCHEMA;
  /** The name of the scenario. */
  readonly scenario: string;
  /** Number of threads: one for each actor. */
  readonly threads: number;
  /**
   * `unknown`: a history could not be decided, or a property did not return. `limit`: nothing was
   * found in the runs that were run.
   */
  readonly outcome: 'violated' | 'crashed' | 'unknown' | 'limit';
  /** How often the scenario was run. */
  readonly runs: number;
  /** Number of operations in all runs. */
  readonly calls: number;
  /** Number of runs that an `assume` ended. Nothing was checked in them. */
  readonly blocked: number;
  /**
   * Number of histories that were checked for linearizability, by verdict. All 0 if the results of
   * the operations do not say enough. Then only the final memory was checked.
   */
  readonly histories: { readonly ok: number; readonly illegal: number; readonly unknown: number };
  /** The property that had not returned when the time was over. Left out: none. */
  readonly running?: string;
  /** Wall time. */
  readonly seconds: number;
  /** What failed, and in which run, from 0. None can be replayed. */
  readonly findings: readonly { readonly property: string; readonly message: string; readonly run: number }[];
}

const RUNS_PER_BATCH = 100;
/** Seconds beyond the limit in which a running batch may end. */
const GRACE_SECONDS = 0.5;

/**
 * Runs a scenario on free worker threads again and again. Checks the results of its operations and
 * the final memory. Ends at a finding, or at a limit; `runs` may be Infinity. Throws `BadInput`
 * if the scenario cannot be opened.
 */
export async function stress(
  source: ScenarioRef,
  limits: { readonly seconds: number; readonly runs: number },
): Promise<StressReport> {
  const scenario = await openScenario(source);
  const threads = scenario.program.actors.length;
  const deadline = new Deadline(limits.seconds);
  const checker = new RunChecker(source, scenario);
  const pool = createPool(workerFile('run/stress/stressWorker'), threads);
  let runs = 0;
  try {
    while (runs < limits.runs && !isPast(deadline.end) && checker.findings.length === 0) {
      const count = Math.min(RUNS_PER_BATCH, limits.runs - runs);
      const seconds = Math.min(limits.seconds - deadline.seconds + GRACE_SECONDS, PATIENCE_SECONDS);
      const batch = await runStressBatch(pool, source, scenario, count, seconds);
      if (!checker.checkAll(batch, runs, Math.max(GRACE_SECONDS, seconds))) break;
      runs += batch.length;
    }
  } finally {
    await destroyPool(pool);
  }
  const { outcome, calls, blocked, histories, findings } = checker;
  return {
    ...{ schema: SCHEMA, scenario: scenario.name, threads, outcome, runs, calls, blocked, histories },
    ...{ seconds: deadline.seconds, findings },
    ...(checker.running !== undefined && { running: checker.running }),
  };
}

/** Checks runs, and counts what they have come to. */
class RunChecker {
  calls = 0;
  blocked = 0;
  readonly histories = { ok: 0, illegal: 0, unknown: 0 };
  readonly findings: StressReport['findings'][number][] = [];
  /** The property that was ended because it did not return. */
  running: string | undefined;
  private isCrashed = false;
  private readonly source: ScenarioRef;
  private readonly scenario: Scenario;

  constructor(source: ScenarioRef, scenario: Scenario) {
    this.source = source;
    this.scenario = scenario;
  }

  get outcome(): StressReport['outcome'] {
    if (this.isCrashed) return 'crashed';
    if (this.findings.length > 0) return 'violated';
    return this.histories.unknown > 0 || this.running !== undefined ? 'unknown' : 'limit';
  }

  /**
   * Checks runs until something is found. Returns false if that takes too long, as where a property
   * does not return.
   *
   * @param first the number of the first run.
   */
  checkAll(batch: readonly StressRun[], first: number, seconds: number): boolean {
    const result = withinTime(seconds, () => batch.every((run, i) => this.check(run, first + i)));
    if (result === OUT_OF_TIME) this.running = takeRunningProperty();
    return result !== OUT_OF_TIME;
  }

  /** Returns whether nothing was found. */
  private check({ memory, calls, isBlocked, failed }: StressRun, run: number): boolean {
    this.calls += calls.reduce((sum, records) => sum + records.length, 0);
    if (isBlocked) {
      this.blocked++;
      return true;
    }
    if (failed !== undefined) {
      this.isCrashed = failed.category === 'crash' || failed.category === 'misuse';
      this.add(failed, run);
      return false;
    }
    const verdict = isVm(this.source) && canCheckHistory(this.source) ? checkHistory(this.source, calls) : undefined;
    if (verdict !== undefined) this.histories[verdict]++;
    for (const violation of checkFinalState(this.scenario, memory, calls)) this.add(violation, run);
    if (verdict === 'illegal' && this.findings.length === 0) this.add(NOT_LINEARIZABLE, run);
    return this.findings.length === 0;
  }

  private add({ property, message }: Violation, run: number): void {
    this.findings.push({ property, message, run });
  }
}

const NOT_LINEARIZABLE: Violation = {
  property: 'calls and returns fit the sequential model',
  message: 'no order of the calls explains what they returned',
};
