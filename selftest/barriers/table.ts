import type { Site, SiteTable } from './sites.ts';
import type { WeakenedResult } from './weaken.ts';

const MODELS = ['sc', 'tso', 'rc11'] as const;

/** An ordering, what fails without it, and why it stays if nothing does. */
export interface WeakenedSite {
  readonly site: Site;
  readonly results: readonly WeakenedResult[];
  readonly stays: string | undefined;
}

type Table = SiteTable & { readonly rows: readonly WeakenedSite[] };

/** The text of `build/barriers.md`: what fails without each ordering, or why it stays. */
export const barriersText = (tables: readonly Table[]): string => ['# Barriers\n', ...tables.map(tableText)].join('\n');

function tableText({ title, scenarios, rows }: Table): string {
  const lines = [
    `## ${title}`,
    '',
    `Scenarios: ${scenarios.map((name) => `\`${name}\``).join(', ')}.`,
    '',
    `| in | ordering | pairs with | ${MODELS.join(' | ')} |`,
    `|${' --- |'.repeat(3 + MODELS.length)}`,
    ...rows.map(rowText),
    '',
  ];
  return lines.join('\n');
}

function rowText({ site, results, stays }: WeakenedSite): string {
  const found = MODELS.map((model) => cellText(results.filter(({ memoryModel }) => memoryModel === model)));
  if (stays !== undefined) found[MODELS.length - 1] = `stays: ${stays}`;
  const partners = site.partners.map(({ text }) => text).join(', ') || '–';
  return `| ${site.file} ${site.inside} | ${site.access}(${site.cell}) | ${partners} | ${found.join(' | ')} |`;
}

/** By property, the scenarios in which it failed. */
function cellText(results: readonly WeakenedResult[]): string {
  const byProperty = new Map<string, string[]>();
  for (const { name, property, switches } of results) {
    if (property === null) continue;
    byProperty.set(property, [...(byProperty.get(property) ?? []), `\`${name}\` ${switches}`]);
  }
  return [...byProperty].map(([property, where]) => `${property}: ${where.join(', ')}`).join('; ') || '–';
}
