import { Argument, type Command, Option } from 'commander';
import { statOf } from '../../files/readInput.ts';
import { openFindingInput } from '../../report/findingInput.ts';
import { reporters } from '../../report/reporters/registry.ts';
import type { Reporter } from '../../report/reporters/reporter.ts';
import { fileIdentity, type ReportRequest, writeReport } from '../../report/writeReport.ts';
import { defineCommand } from '../defineCommand.ts';
import { UsageError } from '../errors.ts';
import { trustOption } from '../options.ts';
import { printError } from '../output.ts';
import { loadScheduledFinding } from '../printFinding.ts';
import { formatAlternatives } from '../reportOption.ts';
import { STATUS } from '../status.ts';

const formats = reporters.filter(({ finding, campaignDirectory }) => finding ?? campaignDirectory);
const spelling = ({ name, output }: Reporter): string => (output === 'file' ? `--${name} FILE` : `--${name}`);

export const reportCommand = (): Command =>
  defineCommand({
    name: 'report',
    description: 'show a finding or a campaign as an HTML page, a Perfetto trace or text',
    args: [new Argument('<what>', 'the path of a finding, or the directory of a campaign')],
    options: [
      ...formats.map(
        ({ name, output, description }) =>
          new Option(output === 'file' ? `--${name} <file>` : `--${name}`, description),
      ),
      trustOption(),
    ],
    note: 'Exit status: 0 when the report is written, whatever it says, 2 if a finding cannot be read and is left out.',
    examples: {
      'report .gfnring/findings/ring-0123456789.json --html ring.html': 'a page that shows each step',
      'report .gfnring/findings/ring-0123456789.json --perfetto ring.json': 'a trace for ui.perfetto.dev',
      'report night --html night.html': 'a campaign',
    },
    action: report,
  });

async function report(what: string, options: Readonly<Record<string, string | true>>): Promise<void> {
  const requests = formats.flatMap((reporter): ReportRequest[] => {
    const value = options[reporter.name];
    return value === undefined ? [] : [{ reporter, file: value === true ? undefined : value }];
  });
  if (requests.length === 0) throw new UsageError(`choose a format: ${formatAlternatives(formats, spelling)}`);
  checkOutputs(what, requests);
  if (statOf(what)?.isDirectory()) await reportCampaign(what, requests);
  else await reportFinding(what, requests);
}

/** Throws `UsageError` if two outputs are one file, or if one would overwrite what is reported. */
function checkOutputs(what: string, requests: readonly ReportRequest[]): void {
  const paths = new Map([[fileIdentity(what), what]]);
  for (const { reporter, file } of requests) {
    const identity = file === undefined ? undefined : fileIdentity(file);
    if (identity === undefined) continue;
    const other = paths.get(identity);
    if (other !== undefined) throw new UsageError(`--${reporter.name} ${file} would overwrite ${other}`);
    paths.set(identity, file!);
  }
}

async function reportCampaign(directory: string, requests: readonly ReportRequest[]): Promise<void> {
  const wrong = requests.find(({ reporter }) => reporter.campaignDirectory === undefined);
  if (wrong !== undefined) {
    const possible = formats.filter(({ campaignDirectory }) => campaignDirectory);
    throw new UsageError(
      `${directory} is a directory: --${wrong.reporter.name} shows a finding; for a campaign use ${formatAlternatives(possible, spelling)}`,
    );
  }
  const leftOut = new Set<string>();
  for (const request of requests) {
    const made = await request.reporter.campaignDirectory!(directory, request.file ?? '');
    writeReport(request, made.report);
    for (const why of made.leftOut) leftOut.add(why);
  }
  for (const why of leftOut) printError(`gfnring: a finding is left out: ${why}`);
  if (leftOut.size > 0) process.exitCode = STATUS.usage;
}

async function reportFinding(file: string, requests: readonly ReportRequest[]): Promise<void> {
  const input = await openFindingInput(loadScheduledFinding(file), file);
  for (const request of requests) writeReport(request, await request.reporter.finding!(input));
}
