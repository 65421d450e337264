import type { CampaignFinding } from '../../campaign/summary.ts';
import { printable } from '../../input/oneLine.ts';
import type { Finding } from '../../run/finding.ts';
import { communicatingAccesses } from '../communicatingAccesses.ts';
import { reproduceCommand } from '../reproduceCommand.ts';
import type { Reporter } from './reporter.ts';

/**
 * Findings as workflow commands of GitHub Actions, one per line. GitHub shows them at the lines of
 * a pull request. It reads commands from stderr too, which keeps them out of the output.
 */
export const githubReporter = {
  name: 'github',
  description: 'annotations of GitHub Actions',
  output: 'stderr',
  campaignRun: async ({ summary }) => {
    const commands = await Promise.all(summary.findings.map(workflowCommand));
    return commands.map((command) => `${command}\n`).join('');
  },
  finding: async ({ finding }) => `${await workflowCommand(finding)}\n`,
} satisfies Reporter;

/** What it needs of a finding, of a campaign or not. */
type Annotated = Finding & Pick<CampaignFinding, 'file' | 'unwritten'> & Partial<Pick<CampaignFinding, 'catalogue'>>;

async function workflowCommand(finding: Annotated): Promise<string> {
  const { property, message, catalogue = null, scenario } = finding;
  const last = (await communicatingAccesses(finding)).at(-1);
  const position =
    last === undefined ? [] : [`file=${escapeProperty(last.file)}`, `line=${last.line}`, `col=${last.column}`];
  const parameters = [...position, `title=${escapeProperty(property)}`].join(',');
  const text = `${message} (${scenario.name}). Reproduce: ${reproduceCommand(finding)}`;
  return `::${catalogue === null ? 'error' : 'warning'} ${parameters}::${escapeData(text)}`;
}

const escapeData = (text: string): string => printable(text).replaceAll('%', '%25').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
