import { isatty } from 'node:tty';
import type { CampaignStatus } from '../campaign/campaign.ts';
import type { CampaignState } from '../campaign/state/campaignState.ts';
import { grouped, plural } from '../report/format.ts';
import { printError, progress } from './output.ts';

/** Seconds between two updates of the line on a terminal. */
const TERMINAL_SECONDS = 0.5;
/** Seconds between two lines if stderr is no terminal. */
const LINE_SECONDS = 30;

/** Says on stderr, once, that a campaign waits for its disk, and that it goes on. */
export class WriteErrors {
  private readonly directory: string;
  private isWaiting = false;

  constructor(directory: string) {
    this.directory = directory;
  }

  show(writeError: string | undefined): void {
    if ((writeError !== undefined) === this.isWaiting) return;
    this.isWaiting = !this.isWaiting;
    progress('');
    printError(
      `gfnring: ${this.directory} ${this.isWaiting ? `cannot be written, waiting: ${writeError}` : 'is written again'}`,
    );
  }
}

/**
 * Shows the progress of a campaign on stderr: one changing line on a terminal, else a line now and
 * then.
 */
export class CampaignProgress {
  private readonly start = performance.now();
  private readonly executionsBefore: number;
  private lastShown = 0;
  /** Values at the last update. */
  private last = { executions: 0, seconds: 0, coverage: 0 };

  /** @param executionsBefore executions of earlier runs. */
  constructor(executionsBefore: number) {
    this.executionsBefore = executionsBefore;
    this.last.executions = executionsBefore;
  }

  /** Since the start of this run. */
  get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  /** Executions per second of this run. */
  rateOf(executions: number): number {
    return (executions - this.executionsBefore) / Math.max(0.001, this.seconds);
  }

  show(status: CampaignStatus, state: CampaignState): void {
    const { seconds, last } = this;
    if (seconds - this.lastShown < (isatty(2) ? TERMINAL_SECONDS : LINE_SECONDS)) return;
    this.lastShown = seconds;
    const { pairs, states, transitions, entries } = state.sampleCoverage();
    const coverage = pairs + states + transitions;
    const rate = Math.round((status.executions - last.executions) / (seconds - last.seconds));
    const growth = grouped(coverage - last.coverage);
    this.last = { executions: status.executions, seconds, coverage };
    const parts = [
      `${grouped(status.executions)} executions, ${grouped(rate)}/s`,
      `${grouped(pairs)} pairs, ${grouped(states)} states, ${grouped(transitions)} transitions (+${growth})`,
      plural(entries, 'corpus entry', 'corpus entries'),
      plural(state.findings.recorded.length, 'finding'),
      ...(Number.isFinite(status.secondsLeft) ? [`${Math.max(0, Math.round(status.secondsLeft))} s left`] : []),
      ...(status.died > 0 ? [`${plural(status.died, 'worker')} died`] : []),
      ...(status.hung > 0 ? [`${status.hung} hung`] : []),
      ...(status.writeError === undefined ? [] : [`NOT WRITTEN: ${status.writeError}`]),
    ];
    if (isatty(2)) progress(parts.join(' · '));
    else printError(parts.join(' · '));
  }
}
