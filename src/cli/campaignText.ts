import type { CampaignSummary, ScenarioSummary } from '../campaign/summary.ts';
import { grouped, plural } from '../report/format.ts';

/** Scenarios and batches that are listed by name; the rest is counted. */
const LISTED_MAX = 5;
/** A scenario is listed if its next execution is of a new class with a higher probability. */
const UNSEEN_MIN = 0.01;

/**
 * The summary of a campaign as text: what it ran, what it covered, what it did not cover, and what
 * it found.
 *
 * @param rate executions per second; undefined: nothing was run.
 */
export function summaryLines(summary: CampaignSummary, rate?: number): string[] {
  const { scenarios, findings, surplus, quarantined, unminimised, unreadable } = summary;
  const counted = Object.values(surplus).reduce((sum, n) => sum + n, 0);
  const written = findings.filter(({ unwritten }) => unwritten === undefined).length;
  const missing = scenarios.flatMap(({ name, missing }) => missing.map((claim) => `${name}: ${claim}`));
  return [
    runLine(summary, rate),
    coverageLine(summary),
    `claims not reached: ${missing.length === 0 ? 'none' : missing.join('; ')}`,
    ...unseenLines(scenarios),
    ...(summary.cut > 0 ? [`${plural(summary.cut, 'execution')} cut at ${grouped(summary.stepsMax)} steps`] : []),
    ...lostLines(summary),
    ...unreadable.map((why) => `finding that cannot be read: ${why}`),
    ...quarantined.map((why) => `damaged file set aside: ${why}`),
    ...(unminimised > 0 ? [`${plural(unminimised, 'failure')} not minimised yet: --resume continues`] : []),
    ...(counted > 0
      ? [`${plural(counted, 'failure')} of the same properties with other communication: counted, not minimised`]
      : []),
    ...(findings.length + unreadable.length === 0 ? ['nothing found, nothing proved'] : []),
    ...(written > 0 ? [`${plural(written, 'finding')}: ${summary.directory}/findings`] : []),
    ...(written < findings.length ? [`${plural(findings.length - written, 'finding')} without a file`] : []),
  ];
}

function runLine({ executions, scenarios, seed, shard }: CampaignSummary, rate: number | undefined): string {
  const ran = `${grouped(executions)} executions of ${plural(scenarios.length, 'scenario')} and mutations`;
  const speed = rate === undefined ? '' : `, ${grouped(Math.round(rate))} per second`;
  return `${ran}${speed}; seed ${seed}${shard.of > 1 ? `, shard ${shard.part} of ${shard.of}` : ''}`;
}

function coverageLine({ coverage, classes }: CampaignSummary): string {
  const counts = [
    plural(coverage.pairs, 'reads-from pair'),
    plural(coverage.states, 'model state'),
    plural(coverage.transitions, 'model transition'),
    plural(coverage.claims, 'claim'),
    `${plural(classes, 'class', 'classes')} of the unmutated scenarios`,
  ];
  return `covered: ${counts.join(', ')}${coverage.isFull ? '; the coverage map is full' : ''}`;
}

function unseenLines(scenarios: readonly ScenarioSummary[]): string[] {
  const unfinished = scenarios
    .filter(({ unseen }) => unseen !== null && unseen > UNSEEN_MIN)
    .sort((a, b) => b.unseen! - a.unseen!);
  const lines = unfinished.slice(0, LISTED_MAX).map(({ name, classes, unseen, left }) => {
    const next = `the next execution is of a new one with probability ${unseen!.toFixed(2)}`;
    const rest = left === null ? '' : `, at least ${grouped(left)} are left`;
    return `  ${name}: ${plural(classes, 'class', 'classes')}; ${next}${rest}`;
  });
  const more = unfinished.length - LISTED_MAX;
  return more > 0 ? [...lines, `  and ${plural(more, 'more scenario')} with unseen classes`] : lines;
}

function lostLines({ lostBatches }: CampaignSummary): string[] {
  const lines = lostBatches
    .slice(0, LISTED_MAX)
    .map(({ batch, scenario, why }) => `batch ${batch} of ${scenario} could not be run: ${why}`);
  const more = lostBatches.length - LISTED_MAX;
  return more > 0 ? [...lines, `and ${plural(more, 'more batch', 'more batches')}`] : lines;
}
