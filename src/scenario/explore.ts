import { BEYOND } from '../explore/execution.ts';
import type { Limits } from '../explore/limits.ts';
import type { MemoryModel } from '../explore/memoryModels/make.ts';
import { BadInput } from './badInput.ts';
import { type Finding, findingOf, writeFinding } from './finding.ts';
import { type Failure, minimise } from './minimise.ts';
import type { Scenario } from './scenario.ts';
import { type Reduction, type SchedulerName, type Search, type Searched, searchHere } from './search.ts';
import { SearchPool } from './searchPool.ts';
import { type Source, type Sourced, sourced } from './source.ts';
import { SCHEMA } from './spec.ts';

/** What `exploreScenario` is told; `explore` fills in what is left out. */
export interface ExploreOptions extends Search {
  /** What ends the search before it is through. */
  readonly limits: Limits;
  /** Worker threads that search together; one: this thread alone. The search of states has one only. */
  readonly workers: number;
  /** How long a finding may be made smaller, in seconds; 0 leaves it as it was found. */
  readonly minimiseSeconds: number;
  /** Where findings are written; null: nowhere. */
  readonly directory: string | null;
  /** The bug that was put into the subject, for its findings. */
  readonly canary?: string | undefined;
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
  readonly memoryModel: MemoryModel;
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

/** `file` is where it was written, or null. */
export type WrittenFinding = Finding & { readonly file: string | null };

/**
 * Explores a scenario, makes what it finds small and writes it down: what `explore` calls. Throws `BadInput` where the scenario cannot be opened or be
 * searched like that, and where C code does what cannot be run here.
 */
export async function exploreScenario(of: Source | Scenario, options: ExploreOptions): Promise<ExploreReport> {
  const start = performance.now();
  const what = await sourced(of);
  const exhaustive = options.scheduler === 'exhaustive';
  const search = searchOf(options);
  const workers = exhaustive && search.reduction === 'states' ? 1 : options.workers;
  const result =
    workers === 1
      ? searchHere(what.scenario, search, options.limits)
      : await searchOn(workers, what, search, options.limits);
  const { violation, schedule, missing } = result;
  if (violation?.property === BEYOND) throw new BadInput(violation.message);
  const findings: WrittenFinding[] = [];
  if (violation !== undefined) {
    const { memoryModel, tearing } = search;
    const failure = { ...what, ...violation, memoryModel, tearing, schedule };
    findings.push(write(options.minimiseSeconds > 0 ? minimise(failure, options.minimiseSeconds) : failure, options));
  } else {
    const claims = [...missing, ...nothingCompleted(result, exhaustive)];
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

/** The plain data of the search, for other threads; what does not apply is left out. */
function searchOf(options: ExploreOptions): Search {
  const { scheduler, reduction, preemptions, symmetry, memoryModel, tearing, seed, depth, stepsMax } = options;
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
  };
}

async function searchOn(workers: number, what: Sourced, search: Search, limits: Limits): Promise<Searched> {
  const pool = new SearchPool(workers);
  try {
    return await pool.search(what, search, limits);
  } finally {
    await pool.close();
  }
}

/** @param found whether there are findings. */
export function outcomeOf(
  { violation, stop, limit }: Pick<Searched, 'violation' | 'stop' | 'limit'>,
  found: boolean,
): Outcome {
  if (violation !== undefined)
    return stop === 'deadlock' || stop === 'livelock' || stop === 'crashed' ? stop : 'violated';
  if (found) return 'violated';
  return limit === undefined ? 'passed' : 'limit';
}

/** What is claimed of every scenario: that some execution is complete. Where nothing was found before a limit was reached, one may still be. */
function nothingCompleted({ executions, cut, blocked, limit }: Searched, exhaustive: boolean): string[] {
  if (executions + cut > 0) return [];
  if (blocked > 0) return ['an execution that no assume gives up'];
  return exhaustive && limit === undefined ? ['an execution that comes to its end'] : [];
}

/** A claim that no execution made true: what was explored says nothing about it. */
function vacuous(
  what: Sourced,
  { memoryModel, tearing }: Search,
  claim: string,
  options: ExploreOptions,
): WrittenFinding {
  return write(
    { ...what, memoryModel, tearing, property: `sometimes: ${claim}`, message: 'no execution got there', schedule: [] },
    options,
  );
}

function write(failure: Failure, { directory, canary }: ExploreOptions): WrittenFinding {
  const finding = findingOf(failure, canary);
  return { ...finding, file: directory === null ? null : writeFinding(directory, finding) };
}
