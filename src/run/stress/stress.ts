import { Piscina } from 'piscina';
import { memoryStateView } from '../../check/memoryStateView.ts';
import type { Scenario } from '../../check/scenario.ts';
import { CRASH, type Violation } from '../../explore/execution/violation.ts';
import { Deadline } from '../../explore/limits.ts';
import { SCHEMA } from '../../input/schema.ts';
import { SetupMemory } from '../../memory/setupMemory.ts';
import { isVm, openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { workerFile } from '../../scenario/workerFile.ts';
import { checkHistory, hasHistory } from './checkHistory.ts';
import type { StressPart, StressTask } from './stressWorker.ts';

/** What came of free threads. They prove nothing. */
export interface StressReport {
  /** The version of this form. */
  readonly schema: typeof SCHEMA;
  /** Its name. */
  readonly scenario: string;
  /** Worker threads: one an actor. */
  readonly threads: number;
  /** `unknown`: a history could not be decided. `limit`: nothing was found in the rounds that were run. */
  readonly outcome: 'violated' | 'crashed' | 'unknown' | 'limit';
  /** How often the scenario was run. */
  readonly rounds: number;
  /** Operations that were performed in all of them. */
  readonly calls: number;
  /** Rounds that an assumption ended; nothing was checked in them. */
  readonly blocked: number;
  /** Histories held against the model, by verdict. All 0 where calls do not say enough: then memory alone was checked. */
  readonly histories: { readonly ok: number; readonly illegal: number; readonly unknown: number };
  /** Of wall time. */
  readonly seconds: number;
  /** What failed, and in which round, from 0; none can be replayed. */
  readonly findings: readonly { readonly property: string; readonly message: string; readonly round: number }[];
}

const ROUNDS_A_BATCH = 100;
/** Seconds beyond the limit in which a batch that has begun may end. */
const GRACE = 0.5;
/** Seconds that no batch takes unless a thread loops for ever. */
const PATIENCE = 60;

/**
 * Runs a scenario on free worker threads, again and again, and checks what they returned and what they left: until a finding, or until one of the
 * limits, of which `rounds` may be Infinity. Throws `BadInput` where the source cannot be opened.
 */
export async function stress(
  source: ScenarioRef,
  limits: { readonly seconds: number; readonly rounds: number },
): Promise<StressReport> {
  const scenario = await openScenario(source);
  const threads = scenario.program.actors.length;
  const deadline = new Deadline(limits.seconds);
  const histories = { ok: 0, illegal: 0, unknown: 0 };
  const findings: { property: string; message: string; round: number }[] = [];
  let rounds = 0;
  let calls = 0;
  let blocked = 0;
  let crashed = false;
  const pool = new Piscina({
    filename: workerFile('run/stress/stressWorker'),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  try {
    while (rounds < limits.rounds && deadline.seconds < limits.seconds && findings.length === 0) {
      const count = Math.min(ROUNDS_A_BATCH, limits.rounds - rounds);
      const left = limits.seconds - deadline.seconds;
      const batch = await runBatch(pool, source, scenario, count, Math.min(left + GRACE, PATIENCE));
      for (const [i, round] of batch.entries()) {
        calls += round.calls.reduce((sum, of) => sum + of.length, 0);
        if (round.gaveUp) {
          blocked++;
          continue;
        }
        if (round.failed !== undefined) {
          crashed = round.failed.property === CRASH;
          findings.push({ ...round.failed, round: rounds + i });
          break;
        }
        if (isVm(source) && hasHistory(source)) histories[checkHistory(source, round.calls)]++;
        findings.push(...checkRest(scenario, round).map((finding) => ({ ...finding, round: rounds + i })));
        if (histories.illegal > 0 && findings.length === 0) {
          findings.push({
            property: 'calls and returns fit the sequential model',
            message: 'no order of the calls explains what they returned',
            round: rounds + i,
          });
        }
        if (findings.length > 0) break;
      }
      rounds += batch.length;
    }
  } finally {
    await pool.destroy();
  }
  const outcome = crashed ? 'crashed' : findings.length > 0 ? 'violated' : histories.unknown > 0 ? 'unknown' : 'limit';
  return {
    schema: SCHEMA,
    scenario: scenario.name,
    threads,
    outcome,
    rounds,
    calls,
    blocked,
    histories,
    seconds: deadline.seconds,
    findings,
  };
}

interface Round {
  readonly memory: SharedArrayBuffer;
  readonly calls: StressPart['calls'];
  /** Whether a thread assumed what did not hold. */
  readonly gaveUp: boolean;
  readonly failed: Violation | undefined;
}

/** The rounds of a batch. None where it was not over in time: they say nothing, unless it had `PATIENCE`. */
async function runBatch(
  pool: Piscina,
  source: ScenarioRef,
  { program }: Scenario,
  count: number,
  seconds: number,
): Promise<Round[]> {
  const memories = Array.from({ length: count }, () => {
    const memory = new SharedArrayBuffer(program.layout.size);
    program.init(new SetupMemory(memory));
    return memory;
  });
  const control = new SharedArrayBuffer(16);
  // A thread that waits says so itself after its deadline; one that loops for ever is ended here.
  const signal = AbortSignal.timeout(Math.ceil(1000 * seconds));
  const parts = await Promise.allSettled(
    program.actors.map(
      (_, thread) =>
        pool.run({ source, thread, memories, control } satisfies StressTask, { signal }) as Promise<StressPart>,
    ),
  );
  if (seconds < PATIENCE && parts.some((part) => part.status === 'rejected' && isLate(part.reason))) return [];
  const done = parts.map(
    (part): StressPart =>
      part.status === 'fulfilled'
        ? part.value
        : { calls: [[]], gaveUp: [], failed: { round: 0, property: CRASH, message: lost(part.reason) } },
  );
  const first = Math.min(...done.map((part) => part.failed?.round ?? Infinity));
  return memories.slice(0, Math.min(count, first + 1)).map((memory, round) => ({
    memory,
    calls: done.map((part) => part.calls[round] ?? []),
    gaveUp: done.some((part) => part.gaveUp.includes(round)),
    failed: failureIn(done, round),
  }));
}

const isLate = (reason: unknown): boolean => (reason as Error).name === 'AbortError';

const lost = (reason: unknown): string => (isLate(reason) ? 'a thread did not come back' : (reason as Error).message);

function failureIn(parts: readonly StressPart[], round: number): Violation | undefined {
  const failed = parts.find((part) => part.failed?.round === round)?.failed;
  return failed && { property: failed.property, message: failed.message };
}

function checkRest({ properties }: Scenario, { memory, calls }: Round): Violation[] {
  const look = memoryStateView(
    memory,
    calls.map((of) => of.map((record) => record.result)),
  );
  const findings: Violation[] = [];
  for (const [property, holds] of Object.entries(properties.always)) {
    if (!holds(look)) findings.push({ property, message: 'does not hold at the end' });
  }
  for (const [property, holds] of Object.entries(properties.finally)) {
    const seen = holds(look);
    if (seen !== true) findings.push({ property, message: seen === false ? 'does not hold at the end' : seen });
  }
  return findings;
}
