import type { Scenario } from '../check/scenario.ts';
import type { Limits } from '../explore/limits.ts';
import { type MemoryModelName, memoryModels } from '../explore/memoryModels/registry.ts';
import { checkWritable } from '../files/checkWritable.ts';
import { BadInput } from '../input/badInput.ts';
import { SCHEMA } from '../input/schema.ts';
import { type OpenedScenario, resolveScenario, type ScenarioRef } from '../scenario/scenarioRef.ts';
import { createRun } from './createRun.ts';
import { assumptionsOf, type ExploreReport, exploreOutcome } from './exploreReport.ts';
import { type FindingOptions, reportFindings } from './reportFindings.ts';
import { searchHere } from './search/search.ts';
import type { Reduction, ScenarioSearchResult, SearchSpec } from './search/searchSpec.ts';
import { OUT_OF_TIME, withinTime } from './withinTime.ts';

/** The options of `exploreScenario`, without defaults. */
export interface ExploreOptions extends SearchSpec, FindingOptions {
  /** The limits of the search. */
  readonly limits: Limits;
  /** Threads that search together, this one included. A search of states uses this one only. */
  readonly workers: number;
}

/**
 * Explores a scenario, minimises what it finds and writes the findings. `explore` calls this.
 * Throws `BadInput` if the scenario cannot be opened, or if the search does not apply to it. It
 * also throws if an operation does what the explorer cannot run.
 */
export async function exploreScenario(what: ScenarioRef | Scenario, options: ExploreOptions): Promise<ExploreReport> {
  const start = performance.now();
  const opened = await resolveScenario(what);
  const exhaustive = options.scheduler === 'exhaustive';
  if (options.directory !== null) checkWritable(options.directory, 'findings');
  const search = searchSpecOf(options);
  refuseUnknownSearch(options);
  refuseIdle(opened.scenario, search, options.limits);
  const workers = exhaustive && search.reduction === 'states' ? 1 : options.workers;
  const found =
    workers === 1
      ? searchHere(opened.scenario, search, options.limits)
      : await searchOnThreads(workers, opened, search, options.limits);
  const result = { ...found, limit: found.limit ?? boundAsLimit(found, search) };
  const { violation, missing } = result;
  if (violation?.category === 'unsupported') throw new BadInput(violation.message);
  const findings = await reportFindings(opened, search, result, options);
  return {
    schema: SCHEMA,
    scenario: opened.scenario.name,
    memoryModel: search.memoryModel,
    tearing: search.tearing,
    scheduler: search.scheduler,
    reduction: search.reduction,
    preemptions: search.preemptions ?? null,
    symmetry: search.symmetry ?? false,
    workers,
    seed: search.seed,
    outcome: exploreOutcome(result, findings.length > 0),
    limit: violation === undefined ? limitText(result) : null,
    completeTo: result.completeTo ?? null,
    loop: result.cutBy?.loop ?? null,
    // A violation at the end of an execution needs no assumption. A livelock does.
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

function limitText({ limit, running }: ScenarioSearchResult): string | null {
  if (limit === undefined) return null;
  return running === undefined ? limit.text : `${limit.text}, when ${running} had not returned`;
}

/**
 * The limit that ended a search in which no execution came to its end within the bound of
 * iterations: such a search shows nothing.
 */
function boundAsLimit(
  { executions, cut, bounds, violation }: ScenarioSearchResult,
  { loopRules }: SearchSpec,
): ScenarioSearchResult['limit'] {
  if (violation !== undefined || executions + cut > 0 || bounds.length === 0) return undefined;
  const text = `${loopRules?.iterationsMax} iterations of ${bounds[0]}, which every execution reaches`;
  return { kind: 'execution', text };
}

/** The reduction of an exhaustive search where none is named. */
export const defaultReduction = (memoryModel: MemoryModelName): Reduction =>
  memoryModels[memoryModel].searchGraphs === undefined ? 'states' : 'optimal';

/** Throws `BadInput` for a search that the memory model does not have. */
function refuseUnknownSearch({
  memoryModel,
  scheduler,
  reduction,
  preemptions,
  symmetry,
  workers,
}: ExploreOptions): void {
  if (memoryModels[memoryModel].searchGraphs === undefined) return;
  const refuse = (what: string): never => {
    throw new BadInput(`under ${memoryModel} there is one search, exhaustive with reduction optimal: no ${what}`);
  };
  if (scheduler !== 'exhaustive') refuse(`scheduler ${scheduler}`);
  if (reduction !== 'optimal') refuse(`reduction ${reduction}`);
  if (preemptions !== undefined) refuse('bound of preemptions');
  if (symmetry === true) refuse('symmetry');
  if (workers !== 1) refuse(`search with ${workers} workers`);
}

/** Throws `BadInput` for a scenario without an access: it would prove nothing. */
function refuseIdle(scenario: Scenario, search: SearchSpec, { seconds }: Limits): void {
  const { execution } = createRun(scenario, 1, search);
  // The search reports an operation that is stuck.
  if (withinTime(Math.min(seconds, 0.1), () => execution.reset()) === OUT_OF_TIME) return;
  if (execution.live === 0 && !execution.isViolated)
    throw new BadInput(`${scenario.name}: no operation accesses memory: there is nothing to explore`);
}

/** The part of the options that other threads need, without options that do not apply. */
function searchSpecOf(options: ExploreOptions): SearchSpec {
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

async function searchOnThreads(
  threads: number,
  opened: OpenedScenario,
  search: SearchSpec,
  limits: Limits,
): Promise<ScenarioSearchResult> {
  // Imported late, because most searches use no other thread.
  const { SearchPool } = await import('./search/searchPool.ts');
  const pool = new SearchPool(threads);
  try {
    return await pool.search(opened, search, limits);
  } finally {
    await pool.close();
  }
}
