import type { CampaignFinding } from '../../campaign/summary.ts';
import { printable } from '../../input/oneLine.ts';
import { reproduceCommand } from '../reproduceCommand.ts';
import type { CampaignRun, Reporter } from './reporter.ts';

/**
 * A campaign as a JUnit report. It has a test case for each scenario, a failure for each finding,
 * an error for each batch that could not be run, and one for each finding that cannot be read.
 */
export const junitReporter = {
  name: 'junit',
  description: 'a JUnit report',
  output: 'file',
  campaignRun: formatCampaign,
} satisfies Reporter;

function formatCampaign({ summary, seconds }: Pick<CampaignRun, 'summary' | 'seconds'>): string {
  const { scenarios, findings, lostBatches, unreadable, seed } = summary;
  const cases = scenarios.map(({ name, executions, missing }) => {
    const errors = lostBatches.filter(({ base }) => base === name);
    const own = findings.filter(({ base }) => base === name);
    const output = [`${executions} executions`, ...missing.map((claim) => `not reached: ${claim}`)].join('\n');
    return [
      `    <testcase name="${escapeXml(name)}" classname="gfnring.fuzz">`,
      ...errors.map(({ batch, why }) => `      <error message="${escapeXml(`batch ${batch}: ${why}`)}"/>`),
      ...own.map(
        (finding) =>
          `      <failure message="${escapeXml(finding.property)}" type="${escapeXml(finding.catalogue ?? 'finding')}">${escapeXml(formatFailure(finding))}</failure>`,
      ),
      `      <system-out>${escapeXml(output)}</system-out>`,
      '    </testcase>',
    ].join('\n');
  });
  if (unreadable.length > 0)
    cases.push(
      '    <testcase name="findings that cannot be read" classname="gfnring.fuzz">',
      ...unreadable.map((message) => `      <error message="${escapeXml(message)}"/>`),
      '    </testcase>',
    );
  const tests = scenarios.length + (unreadable.length > 0 ? 1 : 0);
  const errors = lostBatches.length + unreadable.length;
  const counts = `tests="${tests}" failures="${findings.length}" errors="${errors}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gfnring" ${counts}>`,
    `  <testsuite name="${escapeXml(`gfnring fuzz, seed ${seed}`)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function formatFailure(finding: CampaignFinding): string {
  const { message, scenario, memoryModel, contextSwitches, catalogue, title } = finding;
  return [
    message,
    `${scenario.name}, memory model ${memoryModel}, ${contextSwitches} context switches`,
    ...(catalogue === null ? [] : [`known as ${catalogue}: ${title}`]),
    `reproduce: ${reproduceCommand(finding)}`,
  ].join('\n');
}

/** XML 1.0 cannot contain a half of a surrogate pair. It becomes the replacement character. */
const escapeXml = (value: string): string =>
  printable(value)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
