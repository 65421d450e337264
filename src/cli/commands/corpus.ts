import { Command } from 'commander';
import { type CorpusChange, mergeInto } from '../../campaign/corpus/mergeInto.ts';
import { minimiseCorpus } from '../../campaign/corpus/minimiseCorpus.ts';
import { CampaignDirectory } from '../../campaign/directory/campaignDirectory.ts';
import { type Summary, summariseCampaign } from '../../campaign/summary.ts';
import { plural } from '../../report/format.ts';
import type { ReportRequest } from '../../report/writeReport.ts';
import { summaryLines } from '../campaignText.ts';
import { STATUS } from '../errors.ts';
import { examples } from '../examples.ts';
import { jsonOption, quietOption } from '../options.ts';
import { print, printJson } from '../output.ts';
import { reportOption, writeCampaignReports } from '../reportOption.ts';

interface Options {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly report?: readonly ReportRequest[];
}

export const corpusCommand = (): Command =>
  new Command('corpus')
    .description('what campaigns keep: put together, and made smaller')
    .addHelpText(
      'after',
      examples({
        'corpus merge shard-1 shard-2 shard-3': 'three shards, into the first',
        'corpus minimise .gfnring/campaign': 'the campaign that fuzz writes by itself',
      }),
    )
    .addCommand(
      new Command('merge')
        .description('take into one campaign what others of the same scenarios have covered and found: shards, nights')
        .argument('<into>', 'the directory of a campaign')
        .argument('<from...>', 'those of others')
        .addOption(reportOption())
        .addOption(jsonOption())
        .addOption(quietOption())
        .addHelpText(
          'after',
          examples({
            'corpus merge shard-1 shard-2 shard-3': 'three shards, into the first',
            'corpus merge all shard-1 shard-2 --report junit=fuzz.xml,github': 'two, with reports for CI',
          }),
        )
        .action((into: string, from: readonly string[], options: Options) =>
          change(into, options, (store) => mergeInto(store, from)),
        ),
    )
    .addCommand(
      new Command('minimise')
        .description('leave out entries whose coverage others have')
        .argument('<dir>', 'the directory of a campaign')
        .addOption(jsonOption())
        .addOption(quietOption())
        .addHelpText(
          'after',
          examples({
            'corpus minimise .gfnring/campaign': 'the campaign that fuzz writes by itself',
            'corpus minimise night --json': 'with all of its counts',
          }),
        )
        .action((directory: string, options: Options) => change(directory, options, minimiseCorpus)),
    );

async function change(
  directory: string,
  { json, quiet, report: wanted }: Options,
  what: (store: CampaignDirectory) => Promise<CorpusChange>,
): Promise<void> {
  const store = CampaignDirectory.open(directory);
  let changed: CorpusChange;
  let summary: Summary;
  try {
    changed = await what(store);
    summary = await summariseCampaign(store);
  } finally {
    store.close();
  }
  if (json) printJson({ ...summary, corpus: changed });
  else if (!quiet) {
    print(`${plural(changed.after, 'entry', 'entries')} of ${changed.before} before`);
    for (const line of summaryLines(summary)) print(line);
  }
  await writeCampaignReports(wanted, summary, 0);
  process.exitCode = summary.outcome === 'violated' ? STATUS.findings : STATUS.nothingFound;
}
