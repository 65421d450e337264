import type { CampaignData, CampaignFindingData, GrowthData } from '../data.ts';
import { chartOf, type Series } from './chart.ts';
import { groupDigits, h, pluralise } from './dom.ts';
import { table } from './state.ts';

/** The page of a campaign: what it has found, how it went, what it reached and what it did not. */
export function campaignPage(of: CampaignData): HTMLElement {
  const { directory, seed, memoryModel, tearing, canary, findings, failed, open } = of;
  const isClean = findings.length + open === 0;
  const settings = [
    directory,
    `seed ${seed}`,
    `memory model ${memoryModel}${tearing ? ' with tearing' : ''}`,
    ...(canary === undefined ? [] : [`with the canary ${canary}`]),
  ];
  const title = isClean
    ? h('h1', {}, 'Nothing found, nothing proved')
    : h('h1', { class: 'failed' }, `✗ ${pluralise(findings.length, 'finding')}`);
  return h(
    'main',
    { class: 'campaign' },
    h(
      'header',
      {},
      title,
      h('p', { class: 'quiet' }, settings.join(' · ')),
      failed === 0
        ? undefined
        : h('p', {}, `${pluralise(failed, 'execution')} of ${groupDigits(of.executions)} failed.`),
    ),
    figuresOf(of),
    ...findingsOf(of),
    chartsOf(of),
    scenariosOf(of),
    ...of.canaries.map(({ title, head, rows }) =>
      h(
        'details',
        {},
        h('summary', {}, `Canaries of ${title}: ${pluralise(rows.length, 'known bug')}, and who catches them`),
        h(
          'div',
          { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Canaries of ${title}` },
          table(head, rows),
        ),
      ),
    ),
  );
}

function figuresOf(of: CampaignData): HTMLElement {
  const { coverage } = of;
  const last = of.clock.at(-1);
  const figures: readonly (readonly [string, string])[] = [
    ['executions', groupDigits(of.executions)],
    [
      'executions a second',
      last === undefined || last.seconds < 1 ? '–' : groupDigits(Math.round(last.executions / last.seconds)),
    ],
    ['time', last === undefined ? '–' : duration(last.seconds)],
    ['reads-from pairs', groupDigits(coverage.pairs)],
    ['states of the models', `${groupDigits(coverage.states)}${coverage.isFull ? ' or more' : ''}`],
    ['transitions', groupDigits(coverage.transitions)],
    ['kept in the corpus', groupDigits(coverage.entries)],
    ['claims reached', groupDigits(coverage.claims)],
  ];
  return h(
    'dl',
    { class: 'figures', 'aria-label': 'Figures' },
    ...figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** By property: those that history does not know come first. */
function findingsOf({ findings, further, open, lost }: CampaignData): HTMLElement[] {
  const properties = [
    ...new Set(
      [...findings]
        .sort((a, b) => Number(a.catalogue !== null) - Number(b.catalogue !== null))
        .map(({ property }) => property),
    ),
  ];
  const groups = properties.map((property) => {
    const own = findings.filter((finding) => finding.property === property);
    const more = further.find(([name]) => name === property)?.[1] ?? 0;
    const rest =
      more > 0 ? `, and ${pluralise(more, 'failure')} that communicate otherwise and were counted alone` : '';
    return h(
      'section',
      { 'aria-label': property },
      h('h2', {}, `${property}: ${groupDigits(own.length)}${rest}`),
      ...own.map(findingOf),
    );
  });
  const notes = [
    ...(open > 0 ? [`${pluralise(open, 'failure')} to be made small yet: fuzz --resume goes on.`] : []),
    ...lost.map((batch) => `Could not be run: ${batch}.`),
  ];
  return [...groups, ...notes.map((note) => h('p', {}, note))];
}

function findingOf(finding: CampaignFindingData): HTMLElement {
  const {
    key,
    scenario,
    message,
    catalogue,
    title,
    interleaving,
    why,
    href,
    after,
    contextSwitches,
    memoryModel,
    replay,
  } = finding;
  const about = [
    pluralise(contextSwitches, 'context switch', 'context switches'),
    ...(interleaving === undefined ? [] : [pluralise(interleaving.steps.length, 'step')]),
    `memory model ${memoryModel}`,
    `after ${pluralise(after, 'execution')}`,
  ];
  return h(
    'article',
    { class: catalogue === null ? 'finding' : 'finding known' },
    h(
      'h3',
      {},
      interleaving === undefined ? scenario : h('a', { href: `#finding=${key}` }, `${scenario}: the interleaving`),
    ),
    h('p', {}, message),
    catalogue === null ? undefined : h('p', {}, `Known as ${catalogue}: ${title}.`),
    h('p', { class: 'quiet' }, about.join(' · ')),
    why === undefined ? undefined : h('p', { class: 'quiet' }, `No picture: ${why}`),
    h('p', {}, h('a', { href }, 'its file'), ' · ', h('code', {}, replay)),
  );
}

function chartsOf({ growth, clock }: CampaignData): HTMLElement {
  const covered = (of: readonly GrowthData[], at: (point: never) => number): Series[] =>
    (['transitions', 'states', 'pairs', 'entries'] as const).map((name) => ({
      name,
      points: of.map((point) => [at(point as never), point[name]] as const),
    }));
  const rates = ratesOf(clock);
  return h(
    'section',
    { 'aria-label': 'Progress' },
    h('h2', {}, 'Progress'),
    h(
      'div',
      { class: 'charts' },
      chartOf(
        'Coverage by executions',
        'executions',
        covered(growth, (point: GrowthData) => point.executions),
      ),
      ...(clock.length < 2
        ? []
        : [
            chartOf(
              'Coverage over time',
              'time',
              covered(clock, (point: CampaignData['clock'][number]) => point.seconds),
              duration,
            ),
            chartOf('Executions a second', 'time', [{ name: 'executions a second', points: rates }], duration),
            chartOf(
              'Findings over time',
              'time',
              [{ name: 'findings', points: clock.map(({ seconds, findings }) => [seconds, findings]) }],
              duration,
            ),
          ]),
    ),
    clock.length < 2
      ? h(
          'p',
          { class: 'quiet' },
          'There is nothing by the clock: this campaign was not run, or by a version that did not write it down.',
        )
      : undefined,
    h('details', {}, h('summary', {}, 'As numbers'), growthTable(growth)),
  );
}

/** Between a moment and the one before it, of the same run. */
function ratesOf(clock: CampaignData['clock']): (readonly [number, number])[] {
  return clock.flatMap((moment, i) => {
    const before = clock[i - 1];
    if (before === undefined || before.run !== moment.run || moment.seconds - before.seconds < 0.5) return [];
    return [[moment.seconds, (moment.executions - before.executions) / (moment.seconds - before.seconds)] as const];
  });
}

function growthTable(growth: readonly GrowthData[]): HTMLElement {
  const names = ['executions', 'pairs', 'states', 'transitions', 'entries'] as const;
  return table(
    names,
    growth.map((point) => names.map((name) => groupDigits(point[name]))),
    'numbers',
  );
}

function scenariosOf({ scenarios }: CampaignData): HTMLElement {
  const rows = scenarios.map(({ name, executions, failed, classes, unseen, missing }) => [
    name,
    groupDigits(executions),
    groupDigits(failed),
    groupDigits(classes),
    unseen === null ? '–' : unseen.toFixed(3),
    missing.length === 0 ? 'all' : `not: ${missing.join('; ')}`,
  ]);
  return h(
    'section',
    { 'aria-label': 'Scenarios' },
    h('h2', {}, 'Scenarios'),
    h(
      'div',
      { class: 'scroll' },
      table(['scenario', 'executions', 'failed', 'classes', 'next is new', 'claims reached'], rows),
    ),
    h(
      'p',
      { class: 'quiet' },
      'Executions and failures are of a scenario and its variants; classes, and the probability that the next draw is of one not seen, of the scenario as it is.',
    ),
  );
}

/** `7 s`, `12 min`, `8.5 h` */
function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
