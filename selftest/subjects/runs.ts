import { type RandomSchedulerName, randomSchedulerNames } from '#dist/explore/schedulers/registry.js';
import type { SchedulerName } from '#dist/run/search/searchSpec.js';
import { type Canary, isExpected, patchOf } from './canary.ts';
import { Trial } from './trial.ts';
import type { Answer, Ask } from './trialProcess.ts';

/** How much is spent on a canary. */
export interface Effort {
  /** Seeds of each scheduler, from `seed` on. */
  readonly seeds: number;
  readonly seed: number;
  /** Limit for one seed, in seconds of one core. */
  readonly seconds: number;
  /** Limit for a proof, in seconds. */
  readonly proofSeconds: number;
  /** Seconds beyond its limit after which a search counts as hung. */
  readonly graceSeconds?: number;
}

export const proofNames = ['states', 'optimal'] as const;
export type ProofName = (typeof proofNames)[number];

/** An exhaustive search. */
export interface Proof {
  readonly property: string | null;
  readonly exhausted: boolean;
  readonly executions: number;
  readonly states: number;
  readonly seconds: number;
}

/**
 * One scheduler: in how many of how many seeds it found something. The medians over the seeds are
 * null if half of them found nothing.
 */
export interface Draws {
  readonly caught: number;
  readonly of: number;
  readonly executions: number | null;
  readonly seconds: number | null;
}

export interface CanaryResult {
  readonly name: string;
  readonly source: string;
  readonly tracker: Canary['tracker'];
  readonly scenario: string;
  readonly memoryModel: Canary['memoryModel'];
  readonly expectedBy: readonly string[];
  readonly caught: boolean;
  /** The property that caught it most often; and the others. */
  readonly by: string | null;
  readonly alsoBy: readonly string[];
  /** Whether the canary names `by`. */
  readonly asExpected: boolean;
  /** Medians of the portfolio, to the first finding. */
  readonly executions: number | null;
  readonly seconds: number | null;
  /** Context switches of the minimal schedule. */
  readonly switches: number | null;
  readonly proofs: Readonly<Partial<Record<ProofName, Proof>>>;
  readonly schedulers: Readonly<Partial<Record<RandomSchedulerName, Draws>>>;
  /** The proofs that exhaust the unmodified scenario: these must catch the bug. */
  readonly demanded: readonly ProofName[];
  /** What should have caught it and did not. */
  readonly missedBy: readonly string[];
  /** Why the process did not end as it should; null: it did. */
  readonly error: string | null;
}

/** An unmodified subject. */
export interface Unmodified {
  readonly scenario: string;
  readonly memoryModel: Canary['memoryModel'];
  /** The canary whose scaffold was put in; null: none. */
  readonly scaffoldOf: string | null;
  readonly proofs: Readonly<Partial<Record<ProofName, Proof>>>;
  /** Executions of the portfolio. */
  readonly draws: number;
  /** Properties that failed, which none should; or why the process ended. */
  readonly falseAlarms: readonly string[];
}

/** The share of seeds in which the portfolio has to catch a canary. */
const SHARE = 0.95;
/** Seconds for making the finding of a canary smaller. */
const MINIMISE_SECONDS = 5;
/** Executions of the portfolio on an unmodified subject. */
const DRAWN = 2_000;

export const nameOf = ({ scenario }: Pick<Canary, 'scenario'>): string =>
  typeof scenario === 'string' ? scenario : scenario.name;

/** @param exhausts the proofs that exhaust the unmodified scenario: these must catch the bug. */
export async function runCanary(
  canary: Canary,
  effort: Effort,
  exhausts: ReadonlySet<ProofName>,
): Promise<CanaryResult> {
  const { name, source, tracker, memoryModel, expectedBy } = canary;
  const trial = new Trial(patchOf(canary), effort.graceSeconds);
  const answers: Answer[] = [];
  const proofs: Partial<Record<ProofName, Proof>> = {};
  const schedulers: Partial<Record<RandomSchedulerName, Draws>> = {};
  let switches: number | null = null;
  let error: string | null = null;
  try {
    for (const reduction of proofNames) {
      const answer = await trial.ask(proving(canary, effort, reduction));
      answers.push(answer);
      proofs[reduction] = proofOf(answer);
    }
    const proved = proofs.states?.property != null;
    const minimal = await trial.ask({
      ...(proved ? proving(canary, effort, 'states') : drawing(canary, effort, 'portfolio')),
      minimiseSeconds: MINIMISE_SECONDS,
    });
    switches = minimal.finding?.contextSwitches ?? null;
    for (const scheduler of randomSchedulerNames) {
      const drawn: Answer[] = [];
      for (let i = 0; i < effort.seeds && !isMissed(drawn, effort.seeds); i++)
        drawn.push(await trial.ask({ ...drawing(canary, effort, scheduler), seed: effort.seed + i }));
      answers.push(...drawn);
      schedulers[scheduler] = drawsOf(drawn);
    }
  } catch (thrown) {
    error = (thrown as Error).message;
  } finally {
    trial.close();
  }
  const { portfolio } = schedulers;
  const demanded = proofNames.filter((proof) => exhausts.has(proof));
  const missedBy = [
    ...demanded.filter((proof) => (proofs[proof]?.property ?? null) === null),
    ...((portfolio?.caught ?? 0) < SHARE * effort.seeds ? ['portfolio'] : []),
  ];
  const [by = null, ...alsoBy] = byFrequency(answers.flatMap(({ finding }) => finding?.property ?? []));
  return {
    ...{ name, source, tracker, scenario: nameOf(canary), memoryModel, expectedBy },
    caught: error === null && missedBy.length === 0,
    asExpected: by !== null && isExpected(canary, by),
    ...{ by, alsoBy, demanded, missedBy, switches, proofs, schedulers, error },
    executions: portfolio?.executions ?? null,
    seconds: portfolio?.seconds ?? null,
  };
}

/**
 * Runs the scenario of a canary without the bug, with the scaffold alone. Neither a proof nor the
 * portfolio may find anything.
 */
export async function runUnmodified(canary: Canary, effort: Effort): Promise<Unmodified> {
  const trial = new Trial(canary.scaffold, effort.graceSeconds);
  const proofs: Partial<Record<ProofName, Proof>> = {};
  const answers: Answer[] = [];
  const errors: string[] = [];
  let draws = 0;
  try {
    for (const reduction of proofNames) {
      const answer = await trial.ask(proving(canary, effort, reduction));
      answers.push(answer);
      proofs[reduction] = proofOf(answer);
    }
    const drawn = await trial.ask({ ...drawing(canary, effort, 'portfolio'), executions: DRAWN });
    answers.push(drawn);
    draws = drawn.executions;
  } catch (thrown) {
    errors.push((thrown as Error).message);
  } finally {
    trial.close();
  }
  return {
    scenario: nameOf(canary),
    memoryModel: canary.memoryModel,
    scaffoldOf: canary.scaffold.length > 0 ? canary.name : null,
    ...{ proofs, draws },
    falseAlarms: [...byFrequency(answers.flatMap(({ finding }) => finding?.property ?? [])), ...errors],
  };
}

const proving = (canary: Canary, effort: Effort, reduction: ProofName): Ask => ({
  ...drawing(canary, effort, 'exhaustive'),
  reduction,
  seconds: effort.proofSeconds,
});

const drawing = ({ scenario, memoryModel }: Canary, { seed, seconds }: Effort, scheduler: SchedulerName): Ask => ({
  ...{ scenario, memoryModel, tearing: false, scheduler, seed, seconds },
  reduction: 'none',
  executions: null,
  minimiseSeconds: 0,
});

const proofOf = ({ finding, exhausted, executions, states, seconds }: Answer): Proof => ({
  property: finding?.property ?? null,
  ...{ exhausted, executions, states, seconds },
});

/** Whether the median is null, whatever the other seeds find. */
const isMissed = (drawn: readonly Answer[], seeds: number): boolean =>
  drawn.filter(({ finding }) => finding === null).length > seeds / 2;

function drawsOf(drawn: readonly Answer[]): Draws {
  const hits = drawn.filter(({ finding }) => finding !== null);
  const median = (of: (answer: Answer) => number): number | null =>
    hits.map(of).sort((a, b) => a - b)[Math.floor((drawn.length - 1) / 2)] ?? null;
  return {
    caught: hits.length,
    of: drawn.length,
    executions: median(({ executions }) => executions),
    seconds: median(({ seconds }) => seconds),
  };
}

function byFrequency(names: readonly string[]): string[] {
  const count = (name: string) => names.filter((other) => other === name).length;
  return [...new Set(names)].sort((a, b) => count(b) - count(a));
}
