import type { CampaignState } from '../campaign/state/campaignState.ts';
import { appendTimeSample } from '../campaign/timeSamples.ts';

const INTERVAL_SECONDS = 5;

/** Writes time samples of a campaign into its directory, for its report. */
export class CampaignClock {
  /** Start of this run, in milliseconds since 1970. It identifies the run. */
  private readonly run = Date.now();
  private readonly start = performance.now();
  private lastWrite = -Infinity;
  private readonly directory: string;
  private readonly state: CampaignState;

  constructor(directory: string, state: CampaignState) {
    this.directory = directory;
    this.state = state;
    this.write();
  }

  tick(): void {
    if (this.seconds - this.lastWrite >= INTERVAL_SECONDS) this.write();
  }

  /** Writes a sample now. Call it at the end as well. */
  write(): void {
    const { seconds, run, state } = this;
    this.lastWrite = seconds;
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
