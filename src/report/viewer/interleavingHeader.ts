import type { InterleavingData } from '../data.ts';
import { plural } from '../format.ts';
import { findOperationSpans } from '../spans.ts';
import { h } from './dom.ts';

/** What failed, and on what machine; the commands that reproduce it. */
export function createHeader(data: InterleavingData, campaignLink: string | undefined): HTMLElement {
  const { scenario, failed, commands, expected } = data;
  const title =
    failed === null
      ? h('h1', {}, `✓ ${scenario}: no property is violated`)
      : h('h1', { class: 'failed' }, `✗ ${failed.property}`);
  return h(
    'header',
    {},
    campaignLink === undefined ? undefined : h('a', { href: campaignLink }, '← the campaign'),
    title,
    failed === null
      ? undefined
      : h('div', {}, `${failed.atEnd ? 'at quiescence, after' : 'at'} step ${failed.step + 1}: ${failed.message}`),
    expected === undefined
      ? undefined
      : h('div', { class: 'failed' }, `The finding names ${expected}: the code has changed since.`),
    h('div', { class: 'quiet' }, describeRun(data).join(' · ')),
    commands.length === 0
      ? undefined
      : h(
          'details',
          {},
          h('summary', {}, 'Reproduce'),
          h('pre', {}, commands.map(({ what, line }) => `${what.padEnd(12)} ${line}`).join('\n')),
        ),
  );
}

function describeRun(data: InterleavingData): string[] {
  const { scenario, memoryModel, tearing, canary, contextSwitches, steps, actors } = data;
  const operations = findOperationSpans(data).length;
  const busy = new Set(steps.map(({ actor }) => actor)).size;
  return [
    scenario,
    `${plural(operations, 'operation')} by ${plural(busy, 'actor')} of ${actors.length}`,
    plural(steps.length, 'step'),
    plural(contextSwitches, 'context switch', 'context switches'),
    `memory model ${memoryModel}${tearing ? ' with tearing' : ''}`,
    ...(canary === undefined ? [] : [`with the seeded bug ${canary}`]),
  ];
}
