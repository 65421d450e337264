/**
 * A process with a canary in the program. It runs the searches that it is asked for: see `Trial`.
 */

import type { MemoryConfig } from '#dist/run/createRun.js';
import type { ExploreReport } from '#dist/run/exploreReport.js';
import { exploreScenario } from '#dist/run/exploreScenario.js';
import type { Finding } from '#dist/run/finding.js';
import { resolveScenarioName } from '#dist/run/resolveScenarioName.js';
import type { Reduction, SchedulerName } from '#dist/run/search/searchSpec.js';
import type { Canary } from './canary.ts';

/** One search. */
export interface Ask extends MemoryConfig {
  readonly scenario: Canary['scenario'];
  readonly scheduler: SchedulerName;
  /** For `exhaustive`. */
  readonly reduction: Reduction;
  readonly seed: number;
  readonly seconds: number;
  readonly executions: number | null;
  /** Seconds for making a finding smaller; 0 leaves it as it is. */
  readonly minimiseSeconds: number;
}

/** What came of it. `executions` counts the one that failed, too. */
export interface Answer extends Pick<ExploreReport, 'exhausted' | 'executions' | 'states'> {
  /** Nothing ends this exploration from outside. */
  readonly seconds: number;
  readonly finding: Finding | null;
}

const STEPS_MAX = 100_000;

process.on('message', async (ask: Ask) => {
  const { scenario, executions, seconds, ...search } = ask;
  const source = typeof scenario === 'string' ? await resolveScenarioName(scenario) : scenario;
  const report = await exploreScenario(source, {
    ...search,
    workers: 1,
    depth: 3,
    limits: { executions: executions ?? Infinity, seconds, bytes: 2 ** 30 },
    stepsMax: STEPS_MAX,
    directory: null,
  });
  // Draws that did not reach what is claimed to be reached have found nothing.
  const finding = report.findings.find(({ category }) => report.exhausted || category !== 'unreached') ?? null;
  const { exhausted, states } = report;
  const answer: Answer = {
    ...{ exhausted, states, finding },
    executions: report.executions + (finding === null ? 0 : 1),
    seconds: report.seconds!,
  };
  process.send!(answer);
});
process.on('disconnect', () => process.exit());
