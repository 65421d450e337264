import { parseSchedule } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { BadInput } from '../input/badInput.ts';
import { createRun, runOnce } from '../run/createRun.ts';
import { openScenario } from '../scenario/scenarioRef.ts';
import type { CorpusEntry } from './corpusEntry.ts';
import { CampaignCoverage } from './coverage/campaignCoverage.ts';
import { Coverage, type Covered, coverageSize } from './coverage/coverage.ts';
import { type CampaignDirectory, progressIn } from './directory/campaignDirectory.ts';
import { canonical } from './hash.ts';
import type { CorpusSeed } from './state/planBatch.ts';

/** What a corpus came to. */
export interface CorpusChange {
  readonly before: number;
  readonly after: number;
}

/** Takes in what other campaigns of the same scenarios have done, covered and found; of their entries, those that cover what is not covered here. Throws `BadInput`. */
export async function mergeInto(store: CampaignDirectory, directories: readonly string[]): Promise<CorpusChange> {
  const { progress } = store;
  const before = entriesOf(store).length;
  const others = directories.map((directory) => {
    const other = progressIn(directory);
    const same = (settings: typeof other.settings) => canonical({ ...settings, seed: 0, shard: 0 });
    if (same(other.settings) !== same(progress.settings))
      throw new BadInput(
        `${directory} is a campaign of other scenarios, or of another machine, than ${store.directory}`,
      );
    return other;
  });
  const covering = new CampaignCoverage();
  for (const { entry } of entriesOf(store)) covering.add(await coveredBy(entry), entry.base);
  for (const other of others) {
    const fresh: CorpusEntry[] = [];
    for (const { entry } of other.kept.flat()) {
      const covered = covering.newIn(await coveredBy(entry), entry.base);
      if (coverageSize(covered) === 0) continue;
      covering.add(covered, entry.base);
      fresh.push(entry);
    }
    progress.merge(other);
    for (const entry of fresh) progress.adopt(entry);
  }
  store.writeState();
  store.writeAll();
  return { before, after: entriesOf(store).length };
}

/** Leaves out entries whose coverage others have: what the corpus covers stays. Greedy: the one that covers most that is not covered yet, again and again. */
export async function minimiseCorpus(store: CampaignDirectory): Promise<CorpusChange> {
  const entries = entriesOf(store);
  const covering = new CampaignCoverage();
  const open = await Promise.all(
    entries.map(async (of) => ({ of, covered: await coveredBy(of.entry), left: Infinity })),
  );
  const stays = new Set<string>();
  while (open.length > 0) {
    open.sort((a, b) => b.left - a.left);
    // What is left of an entry only ever shrinks, so one that still has as much as the next had is the largest.
    const [first, second] = open;
    first.left = coverageSize(covering.newIn(first.covered, first.of.entry.base));
    if (first.left === 0) open.shift();
    else if (first.left >= (second?.left ?? 0)) {
      covering.add(first.covered, first.of.entry.base);
      stays.add(first.of.hash);
      open.shift();
    }
  }
  store.drop(new Set(entries.map(({ hash }) => hash).filter((hash) => !stays.has(hash))));
  return { before: entries.length, after: stays.size };
}

/** All that an entry covers. Throws `BadInput` where it cannot be run as it says. */
export async function coveredBy(entry: CorpusEntry): Promise<Covered> {
  const order = parseSchedule(entry.schedule)!;
  const run = createRun(await openScenario(entry.scenario), order.length + 1, entry);
  const coverage = new Coverage(run, entry.base);
  const exact = new StrictReplayScheduler(order);
  runOnce(run, exact);
  if (exact.strayed >= 0)
    throw new BadInput(`an entry of ${entry.base} cannot be run: its scenario has changed since; fuzz it anew`);
  return coverage.add(true) ?? { pairs: [], states: [], transitions: [], claims: [] };
}

const entriesOf = (store: CampaignDirectory): CorpusSeed[] => store.progress.kept.flat();
