import { isatty } from 'node:tty';
import type { Status } from '../campaign/campaign.ts';
import type { CampaignState } from '../campaign/state/campaignState.ts';
import type { Summary } from '../campaign/summary.ts';
import { grouped, plural } from '../report/format.ts';
import { progress } from './output.ts';

/** Between two lines where there is no terminal. */
const LINE_SECONDS = 30;

/** How a campaign goes, on stderr: one line that changes on a terminal, a plain line now and then elsewhere. */
export class CampaignWatch {
  private readonly start = performance.now();
  private readonly before: number;
  private shown = 0;
  private latest = { executions: 0, at: 0, size: 0 };
  private rate = 0;
  private growth = 0;

  constructor(executionsBefore: number) {
    this.before = executionsBefore;
    this.latest.executions = executionsBefore;
  }

  /** Since this run began. */
  get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  /** Executions a second, of this run. */
  rateOf(executions: number): number {
    return (executions - this.before) / Math.max(0.001, this.seconds);
  }

  show(status: Status, state: CampaignState): void {
    const { seconds } = this;
    const interval = isatty(2) ? 0.5 : LINE_SECONDS;
    if (seconds - this.shown < interval) return;
    this.shown = seconds;
    const { pairs, states, transitions, entries } = state.sampleCoverage();
    const size = pairs + states + transitions;
    this.rate = (status.executions - this.latest.executions) / (seconds - this.latest.at);
    this.growth = size - this.latest.size;
    this.latest = { executions: status.executions, at: seconds, size };
    const parts = [
      `${grouped(status.executions)} executions, ${grouped(Math.round(this.rate))}/s`,
      `${grouped(pairs)} pairs, ${grouped(states)} states, ${grouped(transitions)} transitions (+${grouped(this.growth)})`,
      `${grouped(entries)} kept`,
      plural(state.findings.recorded.length, 'finding'),
      ...(Number.isFinite(status.secondsLeft) ? [`${Math.max(0, Math.round(status.secondsLeft))} s left`] : []),
      ...(status.died > 0 ? [`${plural(status.died, 'worker')} died`] : []),
      ...(status.hung > 0 ? [`${status.hung} hung`] : []),
      ...(status.writeError === undefined ? [] : [`NOT WRITTEN: ${status.writeError}`]),
    ];
    if (isatty(2)) progress(parts.join(' · '));
    else process.stderr.write(`${parts.join(' · ')}\n`);
  }
}

/**
 * What a campaign has come to, for people: what was reached, and what was not.
 *
 * @param rate executions a second; left out: nothing was run.
 */
export function summaryLines(summary: Summary, rate?: number): string[] {
  const { coverage, scenarios, findings, further, lost, setAside, open } = summary;
  const counted = Object.values(further).reduce((sum, n) => sum + n, 0);
  const missing = scenarios.flatMap(({ name, missing }) => missing.map((claim) => `${name}: ${claim}`));
  const unfinished = scenarios
    .filter(({ unseen }) => unseen !== null && unseen > 0.01)
    .sort((a, b) => b.unseen! - a.unseen!);
  return [
    `${grouped(summary.executions)} executions of ${plural(scenarios.length, 'scenario')} and variants of them${rate === undefined ? '' : `, ${grouped(Math.round(rate))} a second`}; seed ${summary.seed}${summary.shard.of > 1 ? `, shard ${summary.shard.part} of ${summary.shard.of}` : ''}`,
    `reached: ${grouped(coverage.pairs)} reads-from pairs, ${grouped(coverage.states)} states and ${grouped(coverage.transitions)} transitions of the models, ${plural(coverage.claims, 'claim')}, ${grouped(summary.classes)} classes of the scenarios as they are${coverage.isFull ? '; there was more than is kept apart' : ''}`,
    `not reached: ${missing.length === 0 ? 'no claim is missing' : missing.join('; ')}`,
    ...unfinished
      .slice(0, 5)
      .map(
        ({ name, classes, unseen, left }) =>
          `  ${name}: ${grouped(classes)} classes; the next draw is of another with probability ${unseen!.toFixed(2)}${left === null ? '' : `, ${grouped(left)} or more are left`}`,
      ),
    ...(unfinished.length > 5 ? [`  and ${unfinished.length - 5} scenarios more with classes left`] : []),
    ...(summary.cut > 0 ? [`${plural(summary.cut, 'execution')} cut short at ${grouped(summary.stepsMax)} steps`] : []),
    ...lost.slice(0, 5).map(({ batch, scenario, why }) => `batch ${batch} of ${scenario} could not be run: ${why}`),
    ...(lost.length > 5 ? [`and ${plural(lost.length - 5, 'batch', 'batches')} more`] : []),
    ...setAside.map((name) => `set aside: ${name}`),
    ...(open > 0 ? [`${plural(open, 'failure')} to be made small yet: --resume goes on`] : []),
    ...(counted > 0
      ? [
          `${plural(counted, 'failure')} more that communicate otherwise, of the same properties: counted, not made small`,
        ]
      : []),
    findings.length === 0
      ? 'nothing found, nothing proved'
      : `${plural(findings.length, 'finding')}: ${summary.directory}/findings`,
  ];
}
