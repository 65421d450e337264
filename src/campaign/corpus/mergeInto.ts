import { BadInput } from '../../input/badInput.ts';
import { CampaignCoverage } from '../coverage/campaignCoverage.ts';
import { coverageSize } from '../coverage/coverage.ts';
import type { CampaignDirectory } from '../directory/campaignDirectory.ts';
import { readState } from '../directory/eventLog.ts';
import { readStrayFindings } from '../directory/strayFindings.ts';
import { canonical } from '../hash.ts';
import type { CampaignSettings } from '../settings.ts';
import type { CampaignState } from '../state/campaignState.ts';
import { mergeCampaign } from '../state/merge.ts';
import type { CorpusEntry } from './corpusEntry.ts';
import { entryCoverage } from './entryCoverage.ts';

/** Number of entries of a corpus before and after a change. */
export interface CorpusChange {
  readonly before: number;
  readonly after: number;
}

/**
 * Merges other campaigns of the same scenarios: their counts, coverage and findings, and those of
 * their entries that cover something new. Throws `BadInput` if a campaign has other scenarios or
 * settings, or a finding that cannot be read.
 */
export async function mergeInto(campaign: CampaignDirectory, directories: readonly string[]): Promise<CorpusChange> {
  const { state } = campaign;
  const before = state.corpus.size;
  const others = directories.map((directory) => {
    const other = readState(directory);
    if (comparable(other.settings) !== comparable(state.settings))
      throw new BadInput(
        `${directory} is a campaign of other scenarios, or of another machine, than ${campaign.directory}`,
      );
    const { strays, unreadable } = readStrayFindings(directory, other);
    if (unreadable.length > 0) throw new BadInput(unreadable[0]);
    return { state: other, strays };
  });
  const coverage = new CampaignCoverage();
  for (const { entry } of state.corpus.seeds) coverage.add(await entryCoverage(entry), entry.base);
  for (const { state: other, strays } of others) {
    const added: CorpusEntry[] = [];
    for (const { entry } of other.corpus.seeds) {
      const covered = coverage.findNew(await entryCoverage(entry), entry.base);
      if (coverageSize(covered) === 0) continue;
      coverage.add(covered, entry.base);
      added.push(entry);
    }
    mergeCampaign(state, other);
    for (const entry of added) addEntry(state, entry);
    campaign.addStrays(strays);
  }
  campaign.writeSnapshot();
  campaign.exportAll();
  return { before, after: state.corpus.size };
}

/** Settings as text, without what differs between shards and seeds. */
const comparable = (settings: CampaignSettings): string => canonical({ ...settings, seed: 0, shard: 0 });

function addEntry({ settings, corpus }: CampaignState, entry: CorpusEntry): void {
  const base = settings.bases.findIndex(({ source }) => source.name === entry.base);
  if (base >= 0) corpus.add(base, entry);
}
