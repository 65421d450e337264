import type { CampaignState } from '../campaign/state/campaignState.ts';
import { appendTimeSample } from '../campaign/timeSamples.ts';

/** Seconds between two moments that are written down. */
const EVERY_SECONDS = 5;

/** Writes into a campaign's directory how it goes by the clock, for its report. */
export class CampaignClock {
  private readonly run = Date.now();
  private readonly start = performance.now();
  private written = -Infinity;
  private readonly directory: string;
  private readonly state: CampaignState;

  constructor(directory: string, state: CampaignState) {
    this.directory = directory;
    this.state = state;
    this.write();
  }

  tick(): void {
    if (this.seconds - this.written >= EVERY_SECONDS) this.write();
  }

  /** What it has come to in the end is written in any case. */
  write(): void {
    const { seconds, run, state } = this;
    this.written = seconds;
    appendTimeSample(this.directory, {
      run,
      seconds: Math.round(seconds * 10) / 10,
      ...state.sampleCoverage(),
      findings: state.findings.recorded.length,
    });
  }

  private get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }
}
