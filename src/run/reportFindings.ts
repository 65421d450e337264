import type { Deadline } from '../explore/limits.ts';
import { memoryModels } from '../explore/memoryModels/registry.ts';
import { contextSwitches } from '../explore/schedule.ts';
import { errorCode } from '../files/fileErrors.ts';
import { BadInput } from '../input/badInput.ts';
import { extendGuards } from '../process/supervision.ts';
import type { OpenedScenario } from '../scenario/scenarioRef.ts';
import type { MemoryConfig } from './createRun.ts';
import { expandLoops } from './expandLoops.ts';
import type { WrittenFinding } from './exploreReport.ts';
import type { Failure } from './failure.ts';
import { createFinding, type Finding, findingDocument, writeFinding } from './finding.ts';
import { GRACE_SECONDS } from './search/search.ts';
import type { ScenarioSearchResult, SearchSpec } from './search/searchSpec.ts';
import { OUT_OF_TIME, withinTime } from './withinTime.ts';

/** How findings are reported. */
export interface FindingOptions {
  /** Limit of the time to minimise a finding. 0 leaves it as it was found. */
  readonly minimiseSeconds: number;
  /** Limit in steps, for a result that does not depend on the speed of the machine. */
  readonly minimiseSteps?: number;
  /** When it ends at the latest; left out: no such limit. */
  readonly deadline?: Deadline;
  /** The folder that findings are written to. Null: none are written. */
  readonly directory: string | null;
}

/**
 * The findings of a search: its violation, minimised, or else one finding for each claim that no
 * execution made true. A search that reached a limit says nothing about claims.
 */
export async function reportFindings(
  opened: OpenedScenario,
  search: SearchSpec,
  result: ScenarioSearchResult,
  { minimiseSeconds, minimiseSteps, deadline, directory }: FindingOptions,
): Promise<WrittenFinding[]> {
  const { memoryModel, tearing } = search;
  const { violation, schedule, cycle } = result;
  const write = (failure: Failure): WrittenFinding => writeIfPossible(createFinding(failure), directory);
  if (violation !== undefined) {
    const failure = { ...opened, ...violation, memoryModel, tearing, schedule, ...(cycle !== undefined && { cycle }) };
    const isMinimised = memoryModels[memoryModel].searchGraphs === undefined;
    const seconds = Math.min(minimiseSeconds, deadline?.secondsLeft ?? Infinity);
    const least = isMinimised ? await minimised(failure, seconds, minimiseSteps) : failure;
    // A mistake of the operation's author: no other thread is needed for it.
    if (least.category === 'misuse' && contextSwitches(least.schedule) === 0)
      throw new BadInput(`${opened.scenario.name}: ${least.message}`);
    return [write(least)];
  }
  if (result.limit !== undefined) return [];
  const claims = [...result.missing, ...completionClaim(result, search.scheduler === 'exhaustive')];
  return claims.map((claim) => write(unreachedClaim(opened, { memoryModel, tearing }, claim)));
}

/** A finding that cannot be written is reported all the same. */
function writeIfPossible(finding: Finding, directory: string | null): WrittenFinding {
  if (directory === null) return { ...finding, file: null };
  try {
    return { ...finding, file: writeFinding(directory, finding) };
  } catch (error) {
    const why = errorCode(error);
    if (why === undefined) throw error;
    return { ...finding, file: null, unwritten: { file: findingDocument(directory, finding).file, why } };
  }
}

/**
 * Minimises a failure and expands its loops. Ends both from outside if they take too long: without
 * an operation that was removed, a loop may run for ever without an access.
 */
async function minimised(failure: Failure, seconds: number, steps?: number): Promise<Failure> {
  // Imported late, because most explorations find nothing.
  const { minimise } = await import('./minimise/minimise.ts');
  extendGuards(seconds + GRACE_SECONDS + 1);
  const within = (limit: number, otherwise: Failure, call: () => Failure): Failure => {
    const result = withinTime(limit, call);
    return result === OUT_OF_TIME ? otherwise : result;
  };
  const least =
    seconds > 0 ? within(seconds + GRACE_SECONDS, failure, () => minimise(failure, seconds, steps)) : failure;
  return within(1, least, () => expandLoops(least));
}

/** Every scenario claims that some execution completes. Returns the claim if none did. */
function completionClaim({ executions, cut, blocked, limit }: ScenarioSearchResult, exhaustive: boolean): string[] {
  if (executions + cut > 0) return [];
  if (blocked > 0) return ['an execution that no assume gives up'];
  return exhaustive && limit === undefined ? ['an execution that comes to its end'] : [];
}

/** The scenario is vacuous: its executions do not show what it claims. */
const unreachedClaim = (opened: OpenedScenario, memory: MemoryConfig, claim: string): Failure => ({
  ...opened,
  ...memory,
  property: `sometimes: ${claim}`,
  category: 'unreached',
  message: 'no execution got there',
  schedule: [],
});
