import type { Scenario } from '../check/scenario.ts';
import { NO_RESULT, UNSUPPORTED_OPERATION } from '../explore/execution/violation.ts';
import type { Limits } from '../explore/limits.ts';
import type { MemoryModelName } from '../explore/memoryModels/registry.ts';
import { BadInput } from '../input/badInput.ts';
import { SCHEMA } from '../input/schema.ts';
import { type OpenedScenario, resolveScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';
import { createRun } from './createRun.ts';
import { inFull } from './expandLoops.ts';
import type { Failure } from './failure.ts';
import { type Finding, findingOf, writeFinding } from './finding.ts';
import { minimise } from './minimise/minimise.ts';
import { GRACE_SECONDS, searchHere } from './search/search.ts';
import { SearchPool } from './search/searchPool.ts';
import type { Reduction, ScenarioSearchResult, SchedulerName, SearchSpec } from './search/searchSpec.ts';
import { OUT_OF_TIME, withinTime } from './withinTime.ts';

/** What `exploreScenario` is told; `explore` fills in what is left out. */
export interface ExploreOptions extends SearchSpec {
  /** What ends the search before it is through. */
  readonly limits: Limits;
  /** Worker threads that search together; one: this thread alone. The search of states has one only. */
  readonly workers: number;
  /** How long a finding may be made smaller, in seconds; 0 leaves it as it was found. */
  readonly minimiseSeconds: number;
  /** Where findings are written; null: nowhere. */
  readonly directory: string | null;
}

/** `limit`: nothing was found as far as the search went. Only `passed` says that nothing is there. */
type Outcome = 'passed' | 'violated' | 'deadlock' | 'livelock' | 'crashed' | 'limit';

/** What came of an exploration, as data. */
export interface ExploreReport {
  /** The version of this form. */
  readonly schema: typeof SCHEMA;
  /** Its name. */
  readonly scenario: string;
  /** What memory the actors shared. */
  readonly memoryModel: MemoryModelName;
  /** Whether plain 64-bit stores were two of 32 bits. */
  readonly tearing: boolean;
  /** What made the choices. */
  readonly scheduler: SchedulerName;
  /** Which executions stood for others; `none` for a scheduler that draws. */
  readonly reduction: Reduction;
  /** The bound of the search; null: none. */
  readonly preemptions: number | null;
  /** Whether actors with the same operations were interchangeable. */
  readonly symmetry: boolean;
  /** Threads that searched together. */
  readonly workers: number;
  /** Where all draws started from. */
  readonly seed: number;
  /** In one word. */
  readonly outcome: Outcome;
  /** What ended the search, where that was a limit. */
  readonly limit: string | null;
  /** Where executions had to be cut short: all of up to so many steps were covered. */
  readonly completeTo: number | null;
  /** The loop that went on and on in the first execution that was cut short. */
  readonly loop: string | null;
  /** What the verdict rests on that is not known: loops that were bounded, or were taken for loops without a state. */
  readonly assumptions: readonly Assumption[];
  /** The `sometimes` that came true in no execution. */
  readonly unreached: readonly string[];
  /** Whether all was covered within the bounds asked for, and no property failed. Only then is it a proof. */
  readonly exhausted: boolean;
  /** Complete executions. */
  readonly executions: number;
  /** Executions that reached the limit of steps. */
  readonly cut: number;
  /** Executions that an assumption gave up, or that end in the round of a spin. */
  readonly blocked: number;
  /** Distinct happens-before classes among the complete executions; null where they are not counted. */
  readonly classes: number | null;
  /** Distinct reads-from classes among them. */
  readonly readsFrom: number | null;
  /** Whether there were more classes than can be kept apart: then these are lower bounds. */
  readonly classesCut: boolean;
  /** Distinct states; 0 where they are not counted. */
  readonly states: number;
  /** Steps of all executions. */
  readonly steps: number;
  /** Of wall time, with making findings smaller. */
  readonly seconds: number;
  /** Empty where nothing was found. */
  readonly findings: readonly WrittenFinding[];
}

/** What a verdict rests on. */
export interface Assumption {
  /** `bound`: so many iterations of a loop were explored. `comparison`: a loop looks as if no iteration left anything behind for the next. */
  readonly kind: 'bound' | 'comparison';
  /** The loop, or the operation that is performed again and again. */
  readonly loop: string;
  /** The same as a sentence. */
  readonly text: string;
}

/** `file` is where it was written, or null. */
export type WrittenFinding = Finding & { readonly file: string | null };

/**
 * Explores a scenario, makes what it finds small and writes it down: what `explore` calls. Throws `BadInput` where the scenario cannot be opened or be
 * searched like that, and where C code does what cannot be run here.
 */
export async function exploreScenario(of: ScenarioRef | Scenario, options: ExploreOptions): Promise<ExploreReport> {
  const start = performance.now();
  const what = await resolveScenario(of);
  const exhaustive = options.scheduler === 'exhaustive';
  const search = searchOf(options);
  refuseIdle(what.scenario, search, options.limits);
  const workers = exhaustive && search.reduction === 'states' ? 1 : options.workers;
  const result =
    workers === 1
      ? searchHere(what.scenario, search, options.limits)
      : await searchOn(workers, what, search, options.limits);
  const { violation, schedule, missing } = result;
  if (violation?.property === UNSUPPORTED_OPERATION || violation?.property === NO_RESULT)
    throw new BadInput(violation.message.replace(/^no plain data: /, ''));
  const isUndecided = result.limit !== undefined;
  const findings: WrittenFinding[] = [];
  if (violation !== undefined) {
    const { memoryModel, tearing } = search;
    const { cycle } = result;
    const failure = { ...what, ...violation, memoryModel, tearing, schedule, ...(cycle !== undefined && { cycle }) };
    findings.push(write(smallest(failure, options.minimiseSeconds), options));
  } else {
    const claims = isUndecided ? [] : [...missing, ...nothingCompleted(result, exhaustive)];
    findings.push(...claims.map((claim) => vacuous(what, search, claim, options)));
  }
  return {
    schema: SCHEMA,
    scenario: what.scenario.name,
    memoryModel: search.memoryModel,
    tearing: search.tearing,
    scheduler: search.scheduler,
    reduction: search.reduction,
    preemptions: search.preemptions ?? null,
    symmetry: search.symmetry ?? false,
    workers,
    seed: search.seed,
    outcome: outcomeOf(result, findings.length > 0),
    limit: violation === undefined ? (result.limit ?? null) : null,
    completeTo: result.completeTo ?? null,
    loop: result.cutBy?.loop ?? null,
    // An execution that ends badly is there, whatever iterations were left out; that one never ends rests on them.
    assumptions: violation === undefined || result.stop === 'livelock' ? assumptionsOf(result, search) : [],
    unreached: violation === undefined ? missing : [],
    exhausted: exhaustive && violation === undefined && result.limit === undefined,
    executions: result.executions,
    cut: result.cut,
    blocked: result.blocked,
    classes: result.classes,
    readsFrom: result.readsFrom,
    classesCut: result.classesCut,
    states: result.states,
    steps: result.steps,
    seconds: (performance.now() - start) / 1000,
    findings,
  };
}

/** A failure made small, as its actors really come to it. In time: what is left out may be what ends a loop without an access. */
function smallest(failure: Failure, seconds: number): Failure {
  const within = (call: () => Failure, most: number, otherwise: Failure): Failure => {
    const result = withinTime(most, call);
    return result === OUT_OF_TIME ? otherwise : result;
  };
  const least = seconds > 0 ? within(() => minimise(failure, seconds), seconds + GRACE_SECONDS, failure) : failure;
  return within(() => inFull(least), 1, least);
}

/** A scenario in which nothing happens proves nothing. */
function refuseIdle(scenario: Scenario, search: SearchSpec, { seconds }: Limits): void {
  const { execution } = createRun(scenario, 1, search);
  // One that does not come back is found to be that by the search.
  if (withinTime(Math.min(seconds, 1), () => execution.reset()) === OUT_OF_TIME) return;
  if (execution.live === 0 && !execution.isViolated)
    throw new BadInput(`${scenario.name}: no operation accesses memory: there is nothing to explore`);
}

function assumptionsOf({ bounds, compared }: ScenarioSearchResult, { loopRules }: SearchSpec): Assumption[] {
  const most = loopRules?.iterationsMax;
  return [
    ...bounds.map((loop) => ({ kind: 'bound' as const, loop, text: `for up to ${most} iterations of ${loop}` })),
    ...compared.map((loop) => ({
      kind: 'comparison' as const,
      loop,
      text: `if no iteration of the loop at ${loop} leaves anything behind for the next: up to 8 more were compared`,
    })),
  ];
}

/** The plain data of the search, for other threads; what does not apply is left out. */
function searchOf(options: ExploreOptions): SearchSpec {
  const { scheduler, reduction, preemptions, symmetry, memoryModel, tearing, seed, depth, stepsMax, loopRules } =
    options;
  const exhaustive = scheduler === 'exhaustive';
  return {
    scheduler,
    reduction: exhaustive ? reduction : 'none',
    ...(exhaustive && preemptions !== undefined && { preemptions }),
    ...(exhaustive && symmetry === true && reduction === 'states' && { symmetry }),
    memoryModel,
    tearing,
    seed,
    depth,
    stepsMax,
    loopRules,
  };
}

async function searchOn(
  workers: number,
  what: OpenedScenario,
  search: SearchSpec,
  limits: Limits,
): Promise<ScenarioSearchResult> {
  const pool = new SearchPool(workers);
  try {
    return await pool.search(what, search, limits);
  } finally {
    await pool.close();
  }
}

/** @param found whether there are findings. */
export function outcomeOf(
  { violation, stop, limit }: Pick<ScenarioSearchResult, 'violation' | 'stop' | 'limit'>,
  found: boolean,
): Outcome {
  if (violation !== undefined)
    return stop === 'deadlock' || stop === 'livelock' || stop === 'crashed' ? stop : 'violated';
  if (found) return 'violated';
  return limit === undefined ? 'passed' : 'limit';
}

/** What is claimed of every scenario: that some execution is complete. Where nothing was found before a limit was reached, one may still be. */
function nothingCompleted({ executions, cut, blocked, limit }: ScenarioSearchResult, exhaustive: boolean): string[] {
  if (executions + cut > 0) return [];
  if (blocked > 0) return ['an execution that no assume gives up'];
  return exhaustive && limit === undefined ? ['an execution that comes to its end'] : [];
}

/** A claim that no execution made true: what was explored says nothing about it. */
function vacuous(
  what: OpenedScenario,
  { memoryModel, tearing }: SearchSpec,
  claim: string,
  options: ExploreOptions,
): WrittenFinding {
  return write(
    { ...what, memoryModel, tearing, property: `sometimes: ${claim}`, message: 'no execution got there', schedule: [] },
    options,
  );
}

function write(failure: Failure, { directory }: ExploreOptions): WrittenFinding {
  const finding = findingOf(failure);
  return { ...finding, file: directory === null ? null : writeFinding(directory, finding) };
}
