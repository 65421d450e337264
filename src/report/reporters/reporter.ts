import type { CampaignSummary } from '../../campaign/summary.ts';
import type { Scenario } from '../../check/scenario.ts';
import type { Finding } from '../../run/finding.ts';
import type { InterleavingData } from '../data.ts';

/** A campaign that has just run. */
export interface CampaignRun {
  readonly summary: CampaignSummary;
  /** Wall time of the run. */
  readonly seconds: number;
  /** Version of this package. */
  readonly version: string;
}

/** A finding with the file that it was read from. */
export interface FindingInput {
  readonly finding: Finding & { readonly file: string };
  readonly scenario: Scenario;
  /** Runs the schedule and returns what each step did. It runs once, however many reporters ask. */
  readonly interleaving: () => Promise<InterleavingData>;
}

/**
 * A report format. It implements a method for each kind of input that it can show, and returns the
 * text of the report.
 */
export interface Reporter {
  /** Name on the command line: `junit` is `--report junit=FILE`, `html` is `--html FILE`. */
  readonly name: string;
  /** Help text of the option of `gfnring report`. */
  readonly description: string;
  /** Where the report goes. Only a file has a name, which the user gives. */
  readonly output: 'file' | 'stdout' | 'stderr';
  /** A campaign that has just run: `--report` of `fuzz` and of `corpus merge`. */
  readonly campaignRun?: (run: CampaignRun) => string | Promise<string>;
  /**
   * The directory of a campaign: `gfnring report DIRECTORY`. `file` is where the report will be.
   */
  readonly campaignDirectory?: (directory: string, file: string) => Promise<CampaignReport>;
  /** One finding: `gfnring report FILE`. */
  readonly finding?: (input: FindingInput) => string | Promise<string>;
}

/** A report of the directory of a campaign. */
export interface CampaignReport {
  readonly report: string;
  /** What is wrong with each finding that cannot be read, and is not in it. */
  readonly leftOut: readonly string[];
}
