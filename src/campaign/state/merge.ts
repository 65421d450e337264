import { SampledClasses } from '../coverage/sampledClasses.ts';
import { canonical, hexDigest } from '../hash.ts';
import type { CampaignSettings } from '../settings.ts';
import type { CampaignState, MergedCampaign } from './campaignState.ts';
import { addCounts, type Counts } from './counts.ts';

/**
 * Merges another campaign of the same scenarios: its coverage, its findings and its counts. Merging
 * it again adds what it has done since. Its corpus is not merged: see `mergeInto`.
 */
export function mergeCampaign(state: CampaignState, other: CampaignState): void {
  state.coverage.merge(other.coverage.toJSON());
  state.findings.merge(other.findings.toJSON());
  // A campaign may come both by itself and through a third one, as it was earlier: the newer
  // counts.
  for (const [id, campaign] of [...other.merged, [settingsHash(other.settings), ownWork(other)] as const])
    if (campaign.batches >= (state.merged.get(id)?.batches ?? 0)) state.merged.set(id, campaign);
  state.merged.delete(settingsHash(state.settings));
}

/** The work of a campaign together with the campaigns that were merged into it. */
export interface CampaignTotals {
  readonly batches: number;
  readonly counts: Counts;
  readonly countsByBase: readonly Counts[];
  readonly classes: readonly SampledClasses[];
}

export function campaignTotals(state: CampaignState): CampaignTotals {
  const all = [ownWork(state), ...state.merged.values()];
  return {
    batches: all.reduce((n, { batches }) => n + batches, 0),
    counts: all.map(({ counts }) => counts).reduce(addCounts),
    countsByBase: state.settings.bases.map((_, base) =>
      all.map(({ countsByBase }) => countsByBase[base]).reduce(addCounts),
    ),
    classes: state.settings.bases.map((_, base) => {
      const sum = new SampledClasses();
      for (const { classes } of all) sum.merge(classes[base]);
      return sum;
    }),
  };
}

const ownWork = ({ batches, counts, countsByBase, classes }: CampaignState): MergedCampaign => ({
  batches,
  counts,
  countsByBase,
  classes: classes.map((sample) => sample.toJSON()),
});

const settingsHash = (settings: CampaignSettings): string => hexDigest(canonical(settings), 16);
