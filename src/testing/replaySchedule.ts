import type { Scenario } from '../check/scenario.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { SCHEMA } from '../input/schema.ts';
import { createRun, type MemoryConfig, takenSchedule } from '../run/createRun.ts';
import { exploreOutcome, type WrittenFinding } from '../run/exploreReport.ts';
import { createFinding } from '../run/finding.ts';
import { replay } from '../run/replay.ts';
import { type OmittedOperations, omitOperations } from '../scenario/omittedOperations.ts';
import { resolveScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';
import { describedReport, type Report } from './report.ts';

/** What to replay: see `Options`. */
interface ReplayRequest {
  readonly schedule: string;
  readonly skipped: OmittedOperations;
  readonly memory: MemoryConfig;
  readonly cycle: number | undefined;
}

/** Replays one schedule. Rejects with `BadInput` if it is impossible. */
export async function replaySchedule(
  what: ScenarioRef | Scenario,
  { schedule, skipped, memory, cycle }: ReplayRequest,
): Promise<Report> {
  const order = parseSchedule(schedule);
  if (order === undefined) throw new BadInput(`explore: replay is ${schedule}: runs like 0x5,1,0 are expected`);
  const { source, scenario } = await resolveScenario(what);
  const run = createRun(omitOperations(scenario, skipped), order.length + 1, memory);
  const violation = replay(run, order, scenario.name, cycle);
  const taken = takenSchedule(run);
  const findings = [violation ?? []].flat().map(
    (seen): WrittenFinding => ({
      ...createFinding({
        ...seen,
        ...memory,
        schedule: taken,
        ...(cycle !== undefined && { cycle }),
        source: skipped.length > 0 && !('rings' in source) ? { ...source, skipped } : source,
      }),
      file: null,
    }),
  );
  const report = {
    schema: SCHEMA,
    scenario: scenario.name,
    ...memory,
    scheduler: 'replay',
    reduction: 'none',
    preemptions: null,
    symmetry: false,
    workers: 1,
    seed: 0,
    outcome:
      violation === undefined
        ? 'limit'
        : exploreOutcome({ violation, stop: run.execution.stopped()?.kind, limit: undefined }, true),
    limit: violation === undefined ? 'one schedule' : null,
    completeTo: null,
    loop: null,
    assumptions: [],
    unreached: [],
    exhausted: false,
    executions: 1,
    cut: 0,
    blocked: 0,
    classes: null,
    readsFrom: null,
    classesCut: false,
    states: 0,
    steps: taken.length,
    seconds: 0,
    findings,
    testTimeout: null,
  } satisfies Omit<Report, 'text' | 'summary'>;
  return describedReport(report, what);
}
