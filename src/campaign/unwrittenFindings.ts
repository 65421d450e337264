import { existsSync } from 'node:fs';
import { type Finding, findingDocument } from '../run/finding.ts';
import { findingsFolder } from './directory/layout.ts';
import type { CampaignFinding, CampaignSummary } from './summary.ts';

/**
 * The summary of a campaign whose disk was full: it has the findings that only this process knows,
 * and says which findings have no file.
 *
 * @param unwritten findings that are not in the state of the campaign.
 * @param why the disk cannot be written. Null: all is written.
 */
export function withUnwritten(
  summary: CampaignSummary,
  unwritten: readonly Finding[],
  why: string | null,
): CampaignSummary {
  if (why === null) return summary;
  const known = summary.findings.map((finding) =>
    existsSync(finding.file) ? finding : { ...finding, unwritten: { file: finding.file, why } },
  );
  const more = unwritten.map((finding): CampaignFinding => {
    const { file } = findingDocument(findingsFolder(summary.directory), finding);
    const base = summary.scenarios.find(({ name }) => finding.scenario.name.startsWith(name)) ?? summary.scenarios[0];
    const { executions: after } = summary;
    return {
      ...finding,
      file,
      unwritten: { file, why },
      key: '',
      base: base.name,
      after,
      catalogue: null,
      title: null,
    };
  });
  const findings = [...known, ...more];
  return { ...summary, findings, ...(findings.length > 0 && { outcome: 'violated' }) };
}
