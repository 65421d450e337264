import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { pathToFileURL } from 'node:url';
import { exploreScenario } from '../../dist/run/exploreScenario.js';
import { knownAs } from '../../dist/scenario/knownDefects.js';
import { searchOf } from './searcher.mjs';

/**
 * Runs scenarios on the subjects without a mutant. Returns for each how long it took, whether its
 * known defect is found, and a function that tells whether it reached a place of the program.
 */
export async function reachOf(dist, scenarios, progress) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const take = async () => rangesOf(await session.post('Profiler.takePreciseCoverage'), dist);
  const reaches = [];
  for (const scenario of scenarios) {
    progress(`${scenario.name} as it is`);
    const { search, limits } = searchOf(scenario, 600);
    const report = await exploreScenario(scenario.spec, {
      ...search,
      limits: { ...limits, executions: limits.executions ?? Infinity },
    });
    const [finding] = report.findings;
    if (finding !== undefined && knownAs(finding, scenario.known) === null)
      throw new Error(`${scenario.name} as it is: ${finding.property}`);
    const ranges = await take();
    reaches.push({
      scenario,
      isFound: finding !== undefined,
      seconds: report.seconds,
      gotTo: ({ file, at, from }) => isIn(ranges.get(file), at + firstOf(from)),
    });
  }
  session.disconnect();
  return reaches;
}

/** Where in the text of an edit the first word begins. */
const firstOf = (text) => Math.max(0, text.search(/\w/));

/** By module: the ranges of functions and blocks, each with how often it was entered. */
function rangesOf({ result }, dist) {
  const root = pathToFileURL(`${dist}/`).href;
  const modules = result.filter(({ url }) => url.startsWith(root) && url.endsWith('.js'));
  return new Map(
    modules.map(({ url, functions }) => [
      url.slice(root.length, -'.js'.length),
      functions.flatMap(({ ranges }) => ranges),
    ]),
  );
}

/** Whether the innermost range around a place was entered. */
function isIn(ranges = [], at) {
  const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= at && at < endOffset);
  const innermost = around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))[0];
  return innermost !== undefined && innermost.count > 0;
}

/** Whether a place lies outside of all functions: that was executed before any scenario ran. */
export function isOutside({ inside, file, at }, dist) {
  const text = readFileSync(`${dist}/${file}.js`, 'utf8');
  const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
  return inside === '' || /^(export )?const /.test(line) || file.endsWith('versions');
}
