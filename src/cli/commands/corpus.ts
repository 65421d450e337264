import { Argument, type Command } from 'commander';
import { type CorpusChange, mergeInto } from '../../campaign/corpus/mergeInto.ts';
import { minimiseCorpus } from '../../campaign/corpus/minimiseCorpus.ts';
import { CampaignDirectory } from '../../campaign/directory/campaignDirectory.ts';
import { type CampaignSummary, summariseCampaign } from '../../campaign/summary.ts';
import { plural } from '../../report/format.ts';
import type { ReportRequest } from '../../report/writeReport.ts';
import { summaryLines } from '../campaignText.ts';
import { defineCommand } from '../defineCommand.ts';
import { jsonOption, quietOption, trustOption } from '../options.ts';
import { print, printJson } from '../output.ts';
import { reportOption, tryWritingReports } from '../reportOption.ts';
import { STATUS } from '../status.ts';
import { statusOfCampaign } from '../verdictStatus.ts';

interface Options {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly report?: readonly ReportRequest[];
}

export const corpusCommand = (): Command =>
  defineCommand({
    name: 'corpus',
    description: 'merge and minimise the corpora of campaigns',
    commands: [mergeCommand(), minimiseCommand()],
    examples: {
      'corpus merge shard-1 shard-2 shard-3': 'three shards, into the first',
      'corpus minimise .gfnring/campaign': 'the default campaign of fuzz',
    },
  });

const mergeCommand = (): Command =>
  defineCommand({
    name: 'merge',
    description: 'add the coverage and the findings of other campaigns of the same scenarios to a campaign',
    args: [
      new Argument('<into>', 'the directory of the campaign that grows'),
      new Argument('<from...>', 'the directories of the others'),
    ],
    options: [reportOption(), trustOption(), jsonOption(), quietOption()],
    examples: {
      'corpus merge shard-1 shard-2 shard-3': 'three shards, into the first',
      'corpus merge all shard-1 shard-2 --report junit=fuzz.xml,github': 'two shards, with reports for CI',
    },
    action: (into: string, from: readonly string[], options: Options) =>
      changeCampaign(into, options, (campaign) => mergeInto(campaign, from)),
  });

const minimiseCommand = (): Command =>
  defineCommand({
    name: 'minimise',
    description: 'remove entries whose coverage other entries have',
    args: [new Argument('<dir>', 'the directory of the campaign')],
    options: [trustOption(), jsonOption(), quietOption()],
    examples: {
      'corpus minimise .gfnring/campaign': 'the default campaign of fuzz',
      'corpus minimise night --json': 'with all counts',
    },
    action: (directory: string, options: Options) => changeCampaign(directory, options, minimiseCorpus),
  });

async function changeCampaign(
  directory: string,
  { json, quiet, report: requests }: Options,
  change: (campaign: CampaignDirectory) => Promise<CorpusChange>,
): Promise<void> {
  const campaign = CampaignDirectory.open(directory);
  let changed: CorpusChange;
  let summary: CampaignSummary;
  try {
    changed = await change(campaign);
    summary = await summariseCampaign(campaign);
  } finally {
    campaign.close();
  }
  if (json) printJson({ ...summary, corpus: changed });
  else if (!quiet) {
    print(`${plural(changed.after, 'corpus entry', 'corpus entries')} of ${changed.before} before`);
    for (const line of summaryLines(summary)) print(line);
  }
  const isReported = await tryWritingReports(requests, summary, 0);
  const status = statusOfCampaign(summary);
  process.exitCode = isReported || status !== STATUS.nothingFound ? status : STATUS.usage;
}
