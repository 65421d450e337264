import { type RandomSchedulerName, randomSchedulerNames } from '#dist/explore/schedulers/registry.js';
import type { SchedulerName } from '#dist/run/search/searchSpec.js';
import { type Canary, isExpected, patchOf } from './canary.ts';
import { Trial } from './trial.ts';
import type { Answer, Ask } from './trialProcess.ts';

/** How canaries are run. */
export interface Effort {
  /** For each scheduler that draws: seeds from `seed` on. */
  readonly seeds: number;
  readonly seed: number;
  /** That one seed may take; of a single core. */
  readonly seconds: number;
  /** That a proof may take. */
  readonly proofSeconds: number;
  /** How much longer than its limit a search may take before it is given up as hung. */
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

/** A scheduler that draws: in how many of how many seeds it found something, and the medians over the seeds, null where half of them found nothing. */
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
  /** The property that caught it, the one found most; the others. */
  readonly by: string | null;
  readonly alsoBy: readonly string[];
  /** Whether all of these are of those named. */
  readonly asExpected: boolean;
  /** Of the portfolio: medians to the first finding. */
  readonly executions: number | null;
  readonly seconds: number | null;
  /** Context switches of the minimal schedule. */
  readonly switches: number | null;
  readonly proofs: Readonly<Partial<Record<ProofName, Proof>>>;
  readonly schedulers: Readonly<Partial<Record<RandomSchedulerName, Draws>>>;
  /** The proofs that exhaust the unmodified scenario, so that they have to catch it. */
  readonly demanded: readonly ProofName[];
  /** What did not catch it that should have. */
  readonly missedBy: readonly string[];
  /** Why the process that ran it did not come to its end. */
  readonly error: string | null;
}

/** An unmodified subject. */
export interface Unmodified {
  readonly scenario: string;
  readonly memoryModel: Canary['memoryModel'];
  /** The canary whose scaffold was there; null: the subject as it is. */
  readonly scaffoldOf: string | null;
  readonly proofs: Readonly<Partial<Record<ProofName, Proof>>>;
  /** Executions that were drawn beside them. */
  readonly draws: number;
  /** What was found, which nothing should be; or why it did not come to its end. */
  readonly falseAlarms: readonly string[];
}

/** The share of seeds in which the portfolio has to catch a canary. */
const SHARE = 0.95;
/** How long the finding of a canary may be made smaller, in seconds. */
const MINIMISE_SECONDS = 5;
/** Schedules that the portfolio, which has every scheduler, draws of an unmodified subject. */
const DRAWN = 2_000;

export const nameOf = ({ scenario }: Pick<Canary, 'scenario'>): string =>
  typeof scenario === 'string' ? scenario : scenario.name;

/** @param exhausts which proofs come to an end on the unmodified scenario: those must catch it. */
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
    asExpected: by !== null && [by, ...alsoBy].every((property) => isExpected(canary, property)),
    ...{ by, alsoBy, demanded, missedBy, switches, proofs, schedulers, error },
    executions: portfolio?.executions ?? null,
    seconds: portfolio?.seconds ?? null,
  };
}

/** Runs the subject as it is, but for the scaffold, in the scenario of a canary: nothing may be found, by the proofs nor by schedules that are drawn. */
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

/** Whether the median is a miss, whatever the other seeds find. */
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
