import { Classes } from '../explore/classes.ts';
import type { Stop, Violation } from '../explore/execution.ts';
import { hunt } from '../explore/hunt.ts';
import { searchInterleavings } from '../explore/interleavings.ts';
import type { Limits } from '../explore/limits.ts';
import { searchOptimal } from '../explore/optimal.ts';
import { profileOf } from '../explore/profile.ts';
import { drawingNames, makeScheduler } from '../explore/schedulers/make.ts';
import type { SearchResult } from '../explore/search.ts';
import { States } from '../explore/states.ts';
import { type Finding, findingOf, writeFinding } from './finding.ts';
import { type Failure, minimise } from './minimise.ts';
import { runOf, scheduleOf } from './run.ts';
import type { Scenario } from './scenario.ts';
import { type Source, type Sourced, sourced } from './source.ts';
import { SCHEMA } from './spec.ts';

export const schedulerNames = ['exhaustive', ...drawingNames] as const;
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
  /** Where findings are written; null: nowhere. */
  readonly directory: string | null;
}

/** `limit`: nothing was found as far as the search went. Only `passed` says that nothing is there. */
type Outcome = 'passed' | 'violated' | 'deadlock' | 'livelock' | 'crashed' | 'limit';

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
  readonly findings: readonly WrittenFinding[];
}

/** `file` is where it was written, or null. */
export type WrittenFinding = Finding & { readonly file: string | null };

/** Explores a scenario, makes what it finds small and writes it down. */
export async function exploreScenario(of: Source | Scenario, options: ExploreOptions): Promise<ExploreReport> {
  const start = performance.now();
  const { scheduler, seed, limits } = options;
  const what = await sourced(of);
  const { scenario } = what;
  const run = runOf(scenario, options.stepsMax);
  const { execution, checker } = run;
  const classes = new Classes(execution);
  const exhaustive = scheduler === 'exhaustive';
  const reduction = exhaustive ? options.reduction : 'none';
  let result: SearchResult;
  if (!exhaustive) {
    const drawing = makeScheduler(scheduler, seed, profileOf(execution, seed), options.depth);
    result = hunt(execution, checker, drawing, limits, 0, classes);
  } else if (reduction === 'optimal') result = searchOptimal(execution, checker, limits, { classes });
  else if (reduction === 'states')
    result = searchInterleavings(execution, checker, limits, { states: new States(execution, checker) });
  else result = searchInterleavings(execution, checker, limits, { classes });
  const { missing } = checker;
  const { violation } = result;
  const stop = execution.stopped();
  const failures: Failure[] = violation === undefined ? [] : [{ ...what, ...violation, schedule: scheduleOf(run) }];
  const findings = failures.map((failure) =>
    write(options.minimiseSeconds > 0 ? minimise(failure, options.minimiseSeconds) : failure, options.directory),
  );
  if (violation === undefined) {
    const none = result.blocked > 0 && result.executions + result.cut === 0;
    const claims = none ? [...missing, 'an execution that no assume gives up'] : missing;
    findings.push(...claims.map((claim) => vacuous(what, claim, options.directory)));
  }
  return {
    schema: SCHEMA,
    scenario: scenario.name,
    memoryModel: 'sc',
    scheduler,
    reduction,
    seed,
    outcome: outcomeOf(stop, violation, findings.length > 0, result.limit),
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

export function outcomeOf(
  stop: Stop | null,
  violation: Violation | undefined,
  found: boolean,
  limit: string | undefined,
): Outcome {
  if (violation !== undefined) {
    const kind = stop?.kind;
    return kind === 'deadlock' || kind === 'livelock' || kind === 'crashed' ? kind : 'violated';
  }
  if (found) return 'violated';
  return limit === undefined ? 'passed' : 'limit';
}

/** A claim that no execution made true: what was explored says nothing about it. */
function vacuous(what: Sourced, claim: string, directory: string | null): WrittenFinding {
  return write(
    { ...what, property: `sometimes: ${claim}`, message: 'no execution got there', schedule: [] },
    directory,
  );
}

function write(failure: Failure, directory: string | null): WrittenFinding {
  const finding = findingOf(failure);
  return { ...finding, file: directory === null ? null : writeFinding(directory, finding) };
}
