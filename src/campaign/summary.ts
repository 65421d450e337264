import { BadInput } from '../input/badInput.ts';
import type { UnwrittenFile } from '../run/exploreReport.ts';
import type { Finding } from '../run/finding.ts';
import { knownAs, knownDefects } from '../scenario/knownDefects.ts';
import { openScenario } from '../scenario/scenarioRef.ts';
import { findingFile } from './directory/layout.ts';
import { readStrayFindings, type StrayFinding } from './directory/strayFindings.ts';
import { findingAsFound } from './findingAsFound.ts';
import { hexDigest } from './hash.ts';
import { type BaseScenario, baseName, type CampaignSettings } from './settings.ts';
import type { CampaignState, CoverageSample, LostBatch } from './state/campaignState.ts';
import type { Counts } from './state/counts.ts';
import type { RecordedFinding, UnminimisedFailure } from './state/findings.ts';
import { type CampaignTotals, campaignTotals } from './state/merge.ts';

/** A finding of a campaign, as it is reported. */
export interface CampaignFinding extends Finding {
  /** The path of its file. */
  readonly file: string;
  /** Why there is no file. */
  readonly unwritten?: UnwrittenFile;
  /** See `failureKey`. */
  readonly key: string;
  /** The name of the campaign's scenario that it was found in, or in a mutated one. */
  readonly base: string;
  /** Executions of the campaign before it. */
  readonly after: number;
  /** The number and title of the known defect. Null if it is not known. */
  readonly catalogue: string | null;
  readonly title: string | null;
}

/** The coverage of one scenario. */
export interface ScenarioSummary extends Counts {
  readonly name: string;
  /** Distinct happens-before classes of the scenario itself, without its mutated ones. */
  readonly classes: number;
  /** See `SampledClasses`. */
  readonly unseen: number | null;
  readonly left: number | null;
  /** The `sometimes` that came true, and those that did not. */
  readonly reached: readonly string[];
  readonly missing: readonly string[];
}

/**
 * The version of the JSON of a summary. 2: the fields are called as the state of a campaign calls
 * them (surplus, unminimised, lostBatches, quarantined).
 */
const SUMMARY_SCHEMA = 2;

/** The result of a campaign so far. */
export interface CampaignSummary extends Omit<CampaignSettings, 'bases'>, Counts {
  readonly schema: typeof SUMMARY_SCHEMA;
  readonly kind: 'campaign summary';
  readonly directory: string;
  /** `limit`: nothing was found before a limit was reached. It is never a pass. */
  readonly outcome: 'violated' | 'limit';
  readonly batches: number;
  readonly classes: number;
  readonly coverage: CoverageSample & { readonly claims: number; readonly isFull: boolean; readonly digest: string };
  /** After 1, 2, 4, … batches. */
  readonly growth: readonly CoverageSample[];
  readonly scenarios: readonly ScenarioSummary[];
  readonly findings: readonly CampaignFinding[];
  /** By property: number of failures that were only counted, and not minimised. */
  readonly surplus: Readonly<Record<string, number>>;
  /**
   * Number of failures that are minimised when the campaign is resumed. `findings` has the first
   * one of each property without any other finding, as it was found.
   */
  readonly unminimised: number;
  readonly lostBatches: readonly LostBatch[];
  /** What is wrong with each file of `findings/` that is no finding, or was changed. */
  readonly unreadable: readonly string[];
  /** What is wrong with each damaged file that was moved to the quarantine folder. */
  readonly quarantined: readonly string[];
}

/** Summarises a campaign: an open `CampaignDirectory`, or a state that was only read. */
export async function summariseCampaign({
  state,
  directory,
  quarantined,
}: {
  readonly state: CampaignState;
  readonly directory: string;
  readonly quarantined: readonly string[];
}): Promise<CampaignSummary> {
  const { bases, ...settings } = state.settings;
  const totals = campaignTotals(state);
  const scenarios = await Promise.all(bases.map((_, i) => scenarioSummary(state, totals, i)));
  const { strays, unreadable } = readStrayFindings(directory, state);
  const findings = [
    ...state.findings.recorded.map((recorded) => campaignFinding(directory, bases, recorded)),
    ...state.findings.withoutFinding.map((failure) => unminimisedFinding(directory, state.settings, failure)),
    ...strays.map((stray) => strayFinding(bases, stray)),
  ];
  const { coverage, growth, lostBatches } = state;
  const { unminimised, surplus } = state.findings;
  return {
    schema: SUMMARY_SCHEMA,
    kind: 'campaign summary',
    directory,
    ...settings,
    outcome: findings.length + unreadable.length > 0 ? 'violated' : 'limit',
    batches: totals.batches,
    ...totals.counts,
    classes: scenarios.reduce((n, { classes }) => n + classes, 0),
    coverage: {
      ...state.sampleCoverage(),
      claims: coverage.claims.size,
      isFull: coverage.isFull,
      digest: hexDigest(JSON.stringify(coverage), 16),
    },
    growth,
    scenarios,
    findings,
    surplus: Object.fromEntries([...surplus].map(([property, keys]) => [property, keys.length])),
    unminimised: unminimised.length,
    lostBatches,
    unreadable,
    quarantined,
  };
}

function campaignFinding(
  directory: string,
  bases: readonly BaseScenario[],
  recorded: RecordedFinding,
): CampaignFinding {
  const { finding, key, base, executionsBefore } = recorded;
  const file = findingFile(directory, recorded);
  return { ...finding, file, key, base, after: executionsBefore, ...knownDefectOf(bases, base, finding) };
}

/** A failure that is not minimised yet, as it was found. */
function unminimisedFinding(
  directory: string,
  settings: CampaignSettings,
  { failure, base, group, source, executionsBefore }: UnminimisedFailure,
): CampaignFinding {
  const { key } = failure;
  const finding = findingAsFound(failure, source, settings);
  const found = { key, finding, base: baseName(settings.bases[base]), group, executionsBefore, originalKeys: [key] };
  const { file, ...fields } = campaignFinding(directory, settings.bases, found);
  return { ...fields, file, unwritten: { file, why: 'not minimised yet: fuzz --resume continues' } };
}

/** A finding of another run, under the scenario that its file names. */
function strayFinding(bases: readonly BaseScenario[], { finding, executionsBefore, ...stray }: StrayFinding) {
  const base = baseName(bases.find((it) => baseName(it) === stray.base) ?? bases[0]);
  return { ...finding, ...stray, base, after: executionsBefore, ...knownDefectOf(bases, base, finding) };
}

function knownDefectOf(bases: readonly BaseScenario[], base: string, finding: Finding) {
  const catalogue = knownAs(finding, bases.find((it) => baseName(it) === base)?.known);
  return { catalogue, title: catalogue && knownDefects[catalogue] };
}

async function scenarioSummary(
  { settings, coverage }: CampaignState,
  { classes, countsByBase }: CampaignTotals,
  i: number,
): Promise<ScenarioSummary> {
  const base = settings.bases[i];
  const name = baseName(base);
  const [claims, unknown] = await claimsOf(base);
  const isReached = (claim: string): boolean => coverage.claims.has(`${name}: ${claim}`);
  const { distinct, unseen, left } = classes[i];
  return {
    name,
    ...countsByBase[i],
    classes: distinct,
    ...{ unseen, left },
    reached: claims.filter(isReached),
    missing: [...claims.filter((claim) => !isReached(claim)), ...unknown],
  };
}

/**
 * The names of the `sometimes` of a scenario. If its module cannot be loaded, a text says so
 * instead.
 */
async function claimsOf({ source }: BaseScenario): Promise<[claims: string[], unknown: string[]]> {
  try {
    return [Object.keys((await openScenario(source)).properties.sometimes), []];
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return [[], [`its claims are not known: ${error.message}`]];
  }
}
