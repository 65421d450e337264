import { Option } from 'commander';
import type { CampaignSummary } from '../campaign/summary.ts';
import { BadInput } from '../input/badInput.ts';
import { reporters } from '../report/reporters/registry.ts';
import type { Reporter } from '../report/reporters/reporter.ts';
import { fileIdentity, type ReportRequest, writeReport } from '../report/writeReport.ts';
import { UsageError } from './errors.ts';
import { printError } from './output.ts';
import { packageVersion } from './version.ts';

const ofCampaignRuns = reporters.filter(({ campaignRun }) => campaignRun !== undefined);

/** `junit=FILE, sarif=FILE or github` */
export function formatAlternatives(formats: readonly Reporter[], spelling: (format: Reporter) => string): string {
  const names = formats.map(spelling);
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

const choices = formatAlternatives(ofCampaignRuns, ({ name, output }) => (output === 'file' ? `${name}=FILE` : name));

export const reportOption = (): Option =>
  new Option('--report <kinds>', `reports for CI, separated by commas: ${choices}`).argParser(parseRequests);

function parseRequests(text: string): readonly ReportRequest[] {
  const requests = text.split(',').map((word): ReportRequest => {
    const [name, file] = word.split(/=(.*)/s);
    const reporter = ofCampaignRuns.find((format) => format.name === name);
    if (reporter === undefined || (reporter.output === 'file' ? !file : file !== undefined))
      throw new UsageError(`--report is '${text}': must be ${choices}, separated by commas`);
    return { reporter, file };
  });
  const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
  const files = requests.flatMap(({ file }) => (file === undefined ? [] : (fileIdentity(file) ?? [])));
  if (!isUnique(files) || !isUnique(requests.map(({ reporter }) => reporter)))
    throw new UsageError(`--report is '${text}': each format once, and each to its own file`);
  return requests;
}

/**
 * Writes the reports of a campaign that took `seconds`. Returns false if one cannot be written. The
 * results of the campaign count all the same.
 */
export async function tryWritingReports(
  requests: readonly ReportRequest[] | undefined,
  summary: CampaignSummary,
  seconds: number,
): Promise<boolean> {
  try {
    await writeCampaignReports(requests, summary, seconds);
    return true;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    printError(`gfnring: ${error.message}`);
    return false;
  }
}

async function writeCampaignReports(
  requests: readonly ReportRequest[] = [],
  summary: CampaignSummary,
  seconds: number,
): Promise<void> {
  for (const request of requests)
    writeReport(request, await request.reporter.campaignRun!({ summary, seconds, version: packageVersion }));
}
