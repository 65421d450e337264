import { Classes } from '../explore/classes.ts';
import type { Violation } from '../explore/execution.ts';
import { hunt } from '../explore/hunt.ts';
import { searchInterleavings } from '../explore/interleavings.ts';
import type { Limits } from '../explore/limits.ts';
import { searchOptimal } from '../explore/optimal.ts';
import type { Scheduler } from '../explore/scheduler.ts';
import { Guided } from '../explore/schedulers/guided.ts';
import { Pct } from '../explore/schedulers/pct.ts';
import { portfolio } from '../explore/schedulers/portfolio.ts';
import { RandomWalk } from '../explore/schedulers/randomWalk.ts';
import type { SearchResult } from '../explore/search.ts';
import { States } from '../explore/states.ts';
import { buildVm } from './build.ts';
import { type Finding, findingOf, writeFinding } from './finding.ts';
import { type Failure, minimise } from './minimise.ts';
import { type Run, runOf, runOnce, scheduleOf } from './run.ts';
import { SCHEMA, type VmSpec } from './spec.ts';

export const schedulerNames = ['exhaustive', 'portfolio', 'random-walk', 'pct'] as const;
type SchedulerName = (typeof schedulerNames)[number];

export const reductionNames = ['none', 'optimal', 'states'] as const;
type Reduction = (typeof reductionNames)[number];

export interface ExploreOptions {
  readonly scheduler: SchedulerName;
  /** For `exhaustive`. */
  readonly reduction: Reduction;
  readonly seed: number;
  /** For `pct`: the depth of the bugs it is to find; 2 or more. */
  readonly depth: number;
  readonly limits: Limits;
  /** Steps of one execution, at most. */
  readonly stepsMax: number;
  /** How long a finding may be made smaller, in seconds; 0 leaves it as it was found. */
  readonly minimiseSeconds: number;
  /** Where findings are written. */
  readonly directory: string;
}

/** `limit`: nothing was found as far as the search went. Only `passed` says that nothing is there. */
type Outcome = 'passed' | 'violated' | 'deadlock' | 'crashed' | 'limit';

export interface ExploreReport {
  readonly schema: typeof SCHEMA;
  readonly scenario: string;
  readonly memoryModel: 'sc';
  readonly scheduler: SchedulerName;
  readonly reduction: Reduction;
  readonly seed: number;
  readonly outcome: Outcome;
  /** What ended the search, where that was a limit. */
  readonly limit: string | null;
  readonly exhausted: boolean;
  /** Complete executions; `cut` ones reached the limit of steps, `blocked` ones were given up. */
  readonly executions: number;
  readonly cut: number;
  readonly blocked: number;
  /** Distinct happens-before classes among the complete executions; null where they are not counted. */
  readonly classes: number | null;
  readonly states: number;
  readonly steps: number;
  readonly seconds: number;
  readonly findings: readonly (Finding & { readonly file: string })[];
}

/** Explores a scenario, makes what it finds small and writes it down. */
export function exploreScenario(spec: VmSpec, options: ExploreOptions): ExploreReport {
  const start = performance.now();
  const { scheduler, seed, limits } = options;
  const scenario = buildVm(spec);
  const exhaustive = scheduler === 'exhaustive';
  const run = runOf(scenario, options.stepsMax);
  const { execution, checker } = run;
  const classes = new Classes(execution);
  const reduction = exhaustive ? options.reduction : 'none';
  let result: SearchResult;
  if (!exhaustive) result = hunt(execution, checker, schedulerOf(options, run, spec.actors.length), limits, 0, classes);
  else if (reduction === 'optimal') result = searchOptimal(execution, checker, limits, { classes });
  else if (reduction === 'states')
    result = searchInterleavings(execution, checker, limits, { states: new States(execution, checker) });
  else result = searchInterleavings(execution, checker, limits, { classes });
  const { missing } = checker;
  const { violation } = result;
  const failures: Failure[] = violation === undefined ? [] : [{ spec, ...violation, schedule: scheduleOf(run) }];
  const findings = failures.map((failure) =>
    write(options.minimiseSeconds > 0 ? minimise(failure, options.minimiseSeconds) : failure, options.directory),
  );
  if (violation === undefined) findings.push(...missing.map((claim) => vacuous(spec, claim, options.directory)));
  return {
    schema: SCHEMA,
    scenario: spec.name,
    memoryModel: 'sc',
    scheduler,
    reduction,
    seed,
    outcome: outcomeOf(violation, findings.length > 0, result.limit),
    limit: violation === undefined ? (result.limit ?? null) : null,
    exhausted: exhaustive && violation === undefined && result.limit === undefined,
    executions: result.executions,
    cut: result.cut,
    blocked: result.blocked,
    classes: reduction === 'states' ? null : classes.seen.size,
    states: result.states,
    steps: result.steps,
    seconds: (performance.now() - start) / 1000,
    findings,
  };
}

function outcomeOf(violation: Violation | undefined, found: boolean, limit: string | undefined): Outcome {
  if (violation !== undefined) {
    if (violation.property === 'no operation crashes' || violation.property.startsWith('operations ')) return 'crashed';
    return /^L[145]/.test(violation.property) ? 'deadlock' : 'violated';
  }
  if (found) return 'violated';
  return limit === undefined ? 'passed' : 'limit';
}

function schedulerOf({ scheduler, seed, depth }: ExploreOptions, run: Run, threads: number): Scheduler {
  runOnce(run, new Guided([]));
  const { steps } = run.execution;
  if (scheduler === 'random-walk') return new RandomWalk(seed);
  return scheduler === 'pct' ? new Pct(seed, depth, threads, steps) : portfolio(seed, threads, steps);
}

/** A claim that no execution made true: what was explored says nothing about it. */
function vacuous(spec: VmSpec, claim: string, directory: string): Finding & { file: string } {
  return write({ spec, property: `sometimes: ${claim}`, message: 'no execution got there', schedule: [] }, directory);
}

function write(failure: Failure, directory: string): Finding & { file: string } {
  const finding = findingOf(failure);
  return { ...finding, file: writeFinding(directory, finding) };
}
