import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector/promises';
import { exploreScenario } from '#dist/run/exploreScenario.js';
import { knownAs } from '#dist/scenario/knownDefects.js';
import { distUrl } from '../compiled.ts';
import type { ListedMutant } from './list.ts';
import type { BuiltInMutantScenario, MutantScenario } from './scenarios.ts';
import { searchOf } from './searcher.ts';

/** What a scenario does on the subjects without a mutant. */
export interface Reach {
  readonly scenario: MutantScenario;
  /** Whether its known defect is found. */
  readonly isFound: boolean;
  readonly seconds: number;
  /** Whether it executes the place of a mutant. */
  readonly reaches: (mutant: ListedMutant) => boolean;
}

/** Runs scenarios on the subjects without a mutant. Throws if one finds an unknown violation. */
export async function reachOf(
  scenarios: readonly BuiltInMutantScenario[],
  progress: (name: string) => void,
): Promise<Reach[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const result: Reach[] = [];
  for (const scenario of scenarios) {
    progress(scenario.name);
    const { search, limits } = searchOf(scenario, 600);
    const report = await exploreScenario(scenario.spec, {
      ...search,
      limits: { ...limits, executions: limits.executions ?? Infinity },
    });
    const [finding] = report.findings;
    if (finding !== undefined && knownAs(finding, scenario.known) === null)
      throw new Error(`${scenario.name} as it is: ${finding.property}`);
    const ranges = rangesOf(await session.post('Profiler.takePreciseCoverage'));
    result.push({
      scenario,
      isFound: finding !== undefined,
      seconds: report.seconds!,
      reaches: ({ file, at, from }) => wasEntered(ranges.get(file), at + firstWordOf(from)),
    });
  }
  session.disconnect();
  return result;
}

/** Where in a text the first word begins. */
const firstWordOf = (text: string): number => Math.max(0, text.search(/\w/));

/** By module: the ranges of functions and blocks, each with how often it was entered. */
function rangesOf({ result }: Profiler.TakePreciseCoverageReturnType): Map<string, Profiler.CoverageRange[]> {
  const root = distUrl('').href;
  const modules = result.filter(({ url }) => url.startsWith(root) && url.endsWith('.js'));
  return new Map(
    modules.map(({ url, functions }) => [
      url.slice(root.length, -'.js'.length),
      functions.flatMap(({ ranges }) => ranges),
    ]),
  );
}

/** Whether the innermost range around a place was entered. */
function wasEntered(ranges: readonly Profiler.CoverageRange[] = [], at: number): boolean {
  const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= at && at < endOffset);
  const [innermost] = around.toSorted((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
  return innermost !== undefined && innermost.count > 0;
}

/** Whether a place is outside of all functions: it was executed before any scenario ran. */
export function isOutside({ inside, file, at }: ListedMutant): boolean {
  const text = readFileSync(distUrl(`${file}.js`), 'utf8');
  const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
  return inside === '' || /^(export )?const /.test(line) || file.endsWith('versions');
}
