import { renderCampaign } from '../campaign.ts';
import { htmlPage } from '../htmlPage.ts';
import type { Reporter } from './reporter.ts';

/** An HTML page in one file, of a finding or of a campaign. */
export const htmlReporter = {
  name: 'html',
  description: 'an HTML page that needs no network: the interleaving step by step, with memory beside it',
  output: 'file',
  campaignDirectory: async (directory, file) => {
    const data = await renderCampaign(directory, file);
    return { report: htmlPage(data, `gfnring fuzz: ${directory}`), leftOut: data.unreadable };
  },
  finding: async ({ finding, scenario, interleaving }) =>
    htmlPage(await interleaving(), `${finding.property}: ${scenario.name}`),
} satisfies Reporter;
