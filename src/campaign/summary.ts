import { BadInput } from '../input/badInput.ts';
import { SCHEMA } from '../input/schema.ts';
import type { Finding } from '../run/finding.ts';
import { knownAs, knownDefects } from '../scenario/knownDefects.ts';
import { openScenario } from '../scenario/scenarioRef.ts';
import { fileOf } from './directory/campaignDirectory.ts';
import { digitsOf } from './hash.ts';
import { type BaseScenario, baseName, type Settings } from './settings.ts';
import type { CampaignState, Counts, CoverageSample, LostBatch } from './state/campaignState.ts';

/** A finding of a campaign, as it is reported. */
export interface CampaignFinding extends Finding {
  /** Where it was written. */
  readonly file: string;
  /** What failed, and the communication that made it fail: findings with the same key are the same. */
  readonly key: string;
  /** The campaign's scenario that it was found in, or in a variant of. */
  readonly base: string;
  /** How many executions were run before it. */
  readonly after: number;
  /** What history knows it as; null: it does not. */
  readonly catalogue: string | null;
  readonly title: string | null;
}

/** What was and what was not reached of one scenario. */
export interface ScenarioSummary extends Counts {
  readonly name: string;
  /** Of the scenario as it is: distinct happens-before classes; the probability that the next draw is of one not seen; at least so many there are beside. */
  readonly classes: number;
  readonly unseen: number | null;
  readonly left: number | null;
  readonly reached: readonly string[];
  readonly missing: readonly string[];
}

/** What a campaign has come to. */
export interface Summary extends Omit<Settings, 'bases'>, Counts {
  readonly schema: typeof SCHEMA;
  readonly kind: 'campaign summary';
  readonly directory: string;
  /** `limit`: nothing was found as far as it went; it is never a pass. */
  readonly outcome: 'violated' | 'limit';
  readonly batches: number;
  readonly classes: number;
  readonly coverage: CoverageSample & { readonly claims: number; readonly isFull: boolean; readonly digest: string };
  /** At 1, 2, 4, … batches. */
  readonly growth: readonly CoverageSample[];
  readonly scenarios: readonly ScenarioSummary[];
  readonly findings: readonly CampaignFinding[];
  /** By property: failures with other communications that were counted, and not made small. */
  readonly further: Readonly<Record<string, number>>;
  /** Failures that were not made small yet: they will be, when the campaign goes on. */
  readonly open: number;
  readonly lost: readonly LostBatch[];
  readonly setAside: readonly string[];
}

/** @param setAside files that were damaged, with why. */
export async function summaryOf({
  progress,
  directory,
  setAside,
}: {
  readonly progress: CampaignState;
  readonly directory: string;
  readonly setAside: readonly string[];
}): Promise<Summary> {
  const { bases, ...settings } = progress.settings;
  const scenarios = await Promise.all(bases.map((base, i) => scenarioSummary(progress, base, i)));
  const findings = progress.findings.found.map((found): CampaignFinding => {
    const base = bases.find((of) => baseName(of) === found.base);
    const number = knownAs(found.finding, base?.known);
    const { key, after } = found;
    const title = number && knownDefects[number];
    return { ...found.finding, file: fileOf(directory, found), key, base: found.base, after, catalogue: number, title };
  });
  const { covering, growth, lost } = progress;
  const json = covering.toJSON();
  return {
    schema: SCHEMA,
    kind: 'campaign summary',
    directory,
    ...settings,
    outcome: findings.length + progress.findings.open.length > 0 ? 'violated' : 'limit',
    batches: progress.batchesInAll,
    ...progress.countsInAll,
    classes: scenarios.reduce((n, { classes }) => n + classes, 0),
    coverage: {
      ...progress.grown(),
      claims: covering.claims.size,
      isFull: covering.isFull,
      digest: digitsOf(JSON.stringify(json), 16),
    },
    growth,
    scenarios,
    findings,
    further: Object.fromEntries([...progress.findings.further].map(([property, keys]) => [property, keys.length])),
    open: progress.findings.open.length,
    lost,
    setAside,
  };
}

async function scenarioSummary(progress: CampaignState, base: BaseScenario, i: number): Promise<ScenarioSummary> {
  const name = baseName(base);
  const [claims, unknown] = await claimsOf(base);
  const isReached = (claim: string): boolean => progress.covering.claims.has(`${name}: ${claim}`);
  const { distinct, unseen, left } = progress.classesOf(i);
  return {
    name,
    ...progress.countsOf(i),
    classes: distinct,
    ...{ unseen, left },
    reached: claims.filter(isReached),
    missing: [...claims.filter((claim) => !isReached(claim)), ...unknown],
  };
}

/** The claims of a scenario, and why they are not known: a module that has gone is no reason to say nothing of a campaign. */
async function claimsOf({ source }: BaseScenario): Promise<[claims: string[], unknown: string[]]> {
  try {
    return [Object.keys((await openScenario(source)).properties.sometimes), []];
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return [[], [`its claims are not known: ${error.message}`]];
  }
}
