import type { CampaignData, GrowthData } from '../data.ts';
import { grouped } from '../format.ts';
import { createChart, type Series } from './chart.ts';
import { h, table } from './dom.ts';

/** Samples of one run that are closer than this in seconds give no reliable rate. */
const INTERVAL_MIN = 0.5;

/** Charts of coverage, rate and findings, and the coverage as a table. */
export function renderProgress({ growth, clock }: CampaignData): HTMLElement {
  const hasClock = clock.length >= 2;
  const note = 'There are no time samples: the campaign has not run, or an older version wrote it.';
  return h(
    'section',
    { 'aria-label': 'Progress' },
    h('h2', {}, 'Progress'),
    h(
      'div',
      { class: 'charts' },
      createChart({
        title: 'Coverage by executions',
        xLabel: 'executions',
        series: coverageSeries(growth, ({ executions }) => executions),
      }),
      ...(hasClock ? createTimeCharts(clock) : []),
    ),
    hasClock ? undefined : h('p', { class: 'quiet' }, note),
    h('details', {}, h('summary', {}, 'As numbers'), createGrowthTable(growth)),
  );
}

function createTimeCharts(clock: CampaignData['clock']): HTMLElement[] {
  const findings = clock.map(({ seconds, findings }) => [seconds, findings] as const);
  const time = { xLabel: 'time', formatX: formatDuration };
  const rate = 'executions per second';
  return [
    createChart({ ...time, title: 'Coverage over time', series: coverageSeries(clock, ({ seconds }) => seconds) }),
    createChart({ ...time, title: 'Executions per second', series: [{ name: rate, points: executionRates(clock) }] }),
    createChart({ ...time, title: 'Findings over time', series: [{ name: 'findings', points: findings }] }),
  ];
}

const coverageSeries = <T extends GrowthData>(samples: readonly T[], toX: (sample: T) => number): Series[] =>
  (['transitions', 'states', 'pairs', 'entries'] as const).map((name) => ({
    name,
    points: samples.map((sample) => [toX(sample), sample[name]] as const),
  }));

/** Executions per second between each sample and the one before it, of the same run. */
function executionRates(clock: CampaignData['clock']): (readonly [number, number])[] {
  return clock.flatMap((sample, i) => {
    const before = clock[i - 1];
    if (before === undefined || before.run !== sample.run) return [];
    const interval = sample.seconds - before.seconds;
    if (interval < INTERVAL_MIN) return [];
    return [[sample.seconds, (sample.executions - before.executions) / interval] as const];
  });
}

function createGrowthTable(growth: readonly GrowthData[]): HTMLElement {
  const names = ['executions', 'pairs', 'states', 'transitions', 'entries'] as const;
  const rows = growth.map((sample) => names.map((name) => grouped(sample[name])));
  return table(names, rows, 'numbers');
}

/** `7 s`, `12 min`, `8.5 h` */
export function formatDuration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
