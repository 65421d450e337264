import type { CampaignData, CampaignFindingData } from '../data.ts';
import { grouped, plural } from '../format.ts';
import { formatDuration, renderProgress } from './campaignProgress.ts';
import { h, table } from './dom.ts';

/** The page of a campaign: its findings, its progress, and what it covered. */
export function createCampaignPage(data: CampaignData): HTMLElement {
  return h(
    'main',
    { class: 'campaign' },
    renderHeader(data),
    renderFigures(data),
    ...renderFindings(data),
    renderProgress(data),
    renderScenarios(data),
  );
}

function renderHeader(data: CampaignData): HTMLElement {
  const { directory, seed, memoryModel, tearing, canary, findings, failed, executions, unminimised } = data;
  const settings = [
    directory,
    `seed ${seed}`,
    `memory model ${memoryModel}${tearing ? ' with tearing' : ''}`,
    ...(canary === undefined ? [] : [`with the seeded bug ${canary}`]),
  ];
  const title =
    findings.length + unminimised === 0
      ? h('h1', {}, 'Nothing found, nothing proved')
      : h('h1', { class: 'failed' }, `✗ ${plural(findings.length, 'finding')}`);
  return h(
    'header',
    {},
    title,
    h('p', { class: 'quiet' }, settings.join(' · ')),
    failed === 0 ? undefined : h('p', {}, `${plural(failed, 'execution')} of ${grouped(executions)} failed.`),
  );
}

function renderFigures({ coverage, executions, clock }: CampaignData): HTMLElement {
  const last = clock.at(-1);
  const rate = last === undefined || last.seconds < 1 ? '–' : grouped(Math.round(last.executions / last.seconds));
  const figures: readonly (readonly [string, string])[] = [
    ['executions', grouped(executions)],
    ['executions per second', rate],
    ['time', last === undefined ? '–' : formatDuration(last.seconds)],
    ['reads-from pairs', grouped(coverage.pairs)],
    ['states of the models', `${grouped(coverage.states)}${coverage.isFull ? ' or more' : ''}`],
    ['transitions', grouped(coverage.transitions)],
    ['corpus entries', grouped(coverage.entries)],
    ['claims reached', grouped(coverage.claims)],
  ];
  return h(
    'dl',
    { class: 'figures', 'aria-label': 'Figures' },
    ...figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** Findings by property. Those that are no known defects come first. */
function renderFindings({ findings, surplus, unminimised, lostBatches, unreadable }: CampaignData): HTMLElement[] {
  const sorted = [...findings].sort((a, b) => Number(a.catalogue !== null) - Number(b.catalogue !== null));
  const groups = [...new Set(sorted.map(({ property }) => property))].map((property) => {
    const own = findings.filter((finding) => finding.property === property);
    const counted = surplus.find(([name]) => name === property)?.[1] ?? 0;
    const more = counted > 0 ? `, and ${plural(counted, 'failure')} with other communication, only counted` : '';
    return h(
      'section',
      { 'aria-label': property },
      h('h2', {}, `${property}: ${grouped(own.length)}${more}`),
      ...own.map(renderFinding),
    );
  });
  const notes = [
    ...unreadable.map((why) => `A finding that cannot be read is left out: ${why}.`),
    ...(unminimised > 0 ? [`${plural(unminimised, 'failure')} not shrunk yet: fuzz --resume continues.`] : []),
    ...lostBatches.map((batch) => `Could not be run: ${batch}.`),
  ];
  return [...groups, ...notes.map((note) => h('p', {}, note))];
}

function renderFinding(finding: CampaignFindingData): HTMLElement {
  const { key, scenario, message, catalogue, title, interleaving, why, href, unwritten, replay } = finding;
  const about = [
    plural(finding.contextSwitches, 'context switch', 'context switches'),
    ...(interleaving === undefined ? [] : [plural(interleaving.steps.length, 'step')]),
    `memory model ${finding.memoryModel}`,
    `after ${plural(finding.after, 'execution')}`,
  ];
  const name =
    interleaving === undefined ? scenario : h('a', { href: `#finding=${key}` }, `${scenario}: the interleaving`);
  return h(
    'article',
    { class: catalogue === null ? 'finding' : 'finding known' },
    h('h3', {}, name),
    h('p', {}, message),
    catalogue === null ? undefined : h('p', {}, `Known as ${catalogue}: ${title}.`),
    h('p', { class: 'quiet' }, about.join(' · ')),
    why === undefined ? undefined : h('p', { class: 'quiet' }, `No interleaving: ${why}`),
    h('p', {}, unwritten === undefined ? h('a', { href }, 'its file') : unwritten, ' · ', h('code', {}, replay)),
  );
}

function renderScenarios({ scenarios }: CampaignData): HTMLElement {
  const head = ['scenario', 'executions', 'failed', 'classes', 'next is new', 'claims reached'];
  const rows = scenarios.map(({ name, executions, failed, classes, unseen, missing }) => [
    name,
    grouped(executions),
    grouped(failed),
    grouped(classes),
    unseen === null ? '–' : unseen.toFixed(3),
    missing.length === 0 ? 'all' : `not: ${missing.join('; ')}`,
  ]);
  const note =
    'Executions and failures include mutations of the scenario. Classes are those of the unmutated scenario; ' +
    '“next is new” is the probability that its next execution is of a class not seen yet.';
  return h(
    'section',
    { 'aria-label': 'Scenarios' },
    h('h2', {}, 'Scenarios'),
    h('div', { class: 'scroll' }, table(head, rows)),
    h('p', { class: 'quiet' }, note),
  );
}
