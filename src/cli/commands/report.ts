import { statSync } from 'node:fs';
import { Command } from 'commander';
import { campaignOf } from '../../report/campaign.ts';
import { interleavingOf } from '../../report/interleaving.ts';
import { htmlPage } from '../../report/page.ts';
import { perfettoOf } from '../../report/perfetto.ts';
import { writeOut } from '../../report/write.ts';
import { openScenario } from '../../scenario/scenarioRef.ts';
import { UsageError } from '../errors.ts';
import { examples } from '../examples.ts';
import { formatFinding, loadScheduled, reproduce } from '../finding.ts';
import { print } from '../output.ts';

interface Options {
  readonly html?: string;
  readonly perfetto?: string;
  readonly text?: boolean;
}

export const reportCommand = (): Command =>
  new Command('report')
    .description('a finding, or a campaign, for people to look at')
    .argument('<what>', 'the path of a finding, or the directory of a campaign')
    .option('--html <file>', 'one page that needs no network: the interleaving step by step, with memory beside it')
    .option('--perfetto <file>', "a trace for Perfetto's viewer, of a finding")
    .option('--text', 'what replay prints, of a finding')
    .addHelpText('after', '\nExit status: 0 when it is written, whatever it says.')
    .addHelpText(
      'after',
      examples({
        'report .gfnring/findings/ring-0123456789.json --html ring.html': 'a page that shows each step',
        'report .gfnring/findings/ring-0123456789.json --perfetto ring.json': 'a trace for ui.perfetto.dev',
        'report night --html night.html': 'a campaign',
      }),
    )
    .action(async (what: string, options: Options) => {
      if (options.html === undefined && options.perfetto === undefined && !options.text)
        throw new UsageError('say what the report is to be: --html FILE, --perfetto FILE or --text');
      if (statSync(what, { throwIfNoEntry: false })?.isDirectory()) await ofCampaign(what, options);
      else await ofFinding(what, options);
    });

async function ofCampaign(directory: string, { html, perfetto, text }: Options): Promise<void> {
  if (html === undefined || perfetto !== undefined || text)
    throw new UsageError(
      `${directory} is a directory: a campaign has --html FILE alone; --perfetto and --text are for a finding`,
    );
  writeOut(html, htmlPage(await campaignOf(directory, html), `gfnring fuzz: ${directory}`));
}

async function ofFinding(file: string, { html, perfetto, text }: Options): Promise<void> {
  const { order, canary, ...finding } = loadScheduled(file);
  const { scenario: source, memoryModel, tearing, inFull } = finding;
  const written = { ...finding, file };
  const scenario = await openScenario(source);
  if (text) for (const line of formatFinding(written, scenario, true)) print(line);
  if (html === undefined && perfetto === undefined) return;
  const commands = reproduce(written, scenario, [...order]).map((line) => {
    const [, what, rest] = /^\s*(.+?)\s+(npx .*)$/.exec(line)!;
    return { what, line: rest };
  });
  const interleaving = await interleavingOf(
    {
      source,
      order,
      cycle: finding.cycle,
      machine: { memoryModel, tearing, inFull },
      canary,
      expected: finding.property,
      commands,
    },
    file,
  );
  if (html !== undefined) writeOut(html, htmlPage(interleaving, `${finding.property}: ${scenario.name}`));
  if (perfetto !== undefined) writeOut(perfetto, perfettoOf(interleaving));
}
