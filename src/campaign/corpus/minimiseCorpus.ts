import { CampaignCoverage } from '../coverage/campaignCoverage.ts';
import { coverageSize } from '../coverage/coverage.ts';
import type { CampaignDirectory } from '../directory/campaignDirectory.ts';
import { entryCoverage } from './entryCoverage.ts';
import type { CorpusChange } from './mergeInto.ts';

/**
 * Drops entries whose coverage other entries have. The coverage of the corpus stays. This is greedy
 * set cover: it keeps the entry that adds the most coverage, again and again.
 */
export async function minimiseCorpus(campaign: CampaignDirectory): Promise<CorpusChange> {
  const { seeds } = campaign.state.corpus;
  const coverage = new CampaignCoverage();
  const candidates = await Promise.all(
    seeds.map(async (seed) => ({ seed, covered: await entryCoverage(seed.entry), added: Infinity })),
  );
  const kept = new Set<string>();
  while (candidates.length > 0) {
    candidates.sort((a, b) => b.added - a.added);
    // What an entry adds only ever shrinks. If the first still adds at least what the second added
    // before, it adds the most.
    const [first, second] = candidates;
    const { base } = first.seed.entry;
    first.added = coverageSize(coverage.findNew(first.covered, base));
    if (first.added === 0) candidates.shift();
    else if (first.added >= (second?.added ?? 0)) {
      coverage.add(first.covered, base);
      kept.add(first.seed.hash);
      candidates.shift();
    }
  }
  campaign.dropEntries(new Set(seeds.map(({ hash }) => hash).filter((hash) => !kept.has(hash))));
  return { before: seeds.length, after: kept.size };
}
