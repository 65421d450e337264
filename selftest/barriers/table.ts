import type { Site, SiteTable } from './sites.ts';
import type { WeakenedResult } from './weaken.ts';

/** Those that decide whether an ordering matters; `lkmm` is judged beside them. */
const MODELS = ['sc', 'tso', 'rc11'] as const;

/** An ordering, what fails without it, and why it stays if nothing does. */
export interface WeakenedSite {
  readonly site: Site;
  readonly results: readonly WeakenedResult[];
  readonly stays: string | undefined;
  /** The same under `lkmm`. */
  readonly staysUnderLkmm: string | undefined;
}

type Table = SiteTable & { readonly rows: readonly WeakenedSite[] };

/** The text of `build/barriers.md`: what fails without each ordering, or why it stays. */
export const barriersText = (tables: readonly Table[]): string => ['# Barriers\n', ...tables.map(tableText)].join('\n');

function tableText({ title, scenarios, lkmm = [], rows }: Table): string {
  const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  const models = lkmm.length === 0 ? MODELS : [...MODELS, 'lkmm'];
  const lines = [
    `## ${title}`,
    '',
    `Scenarios: ${listed(scenarios)}${lkmm.length === 0 ? '' : `; under lkmm: ${listed(lkmm)}`}.`,
    '',
    `| in | ordering | pairs with | ${models.join(' | ')} |`,
    `|${' --- |'.repeat(3 + models.length)}`,
    ...rows.map((row) => rowText(row, models)),
    '',
  ];
  return lines.join('\n');
}

function rowText({ site, results, stays, staysUnderLkmm }: WeakenedSite, models: readonly string[]): string {
  const found = models.map((model) => cellText(results.filter(({ memoryModel }) => memoryModel === model)));
  if (staysUnderLkmm !== undefined) found[MODELS.length] = `${found[MODELS.length]} stays: ${staysUnderLkmm}`;
  if (stays !== undefined) found[MODELS.length - 1] = `stays: ${stays}`;
  const partners = site.partners.map(({ text }) => text).join(', ') || '–';
  return `| ${site.file} ${site.inside} | ${site.access}(${site.cell}) | ${partners} | ${found.join(' | ')} |`;
}

/** By property, the scenarios in which it failed. */
function cellText(results: readonly WeakenedResult[]): string {
  const byProperty = new Map<string, string[]>();
  for (const { name, property, switches, limit } of results) {
    if (limit !== null && property === null) byProperty.set(`not decided in ${limit}`, [`\`${name}\``]);
    if (property === null) continue;
    byProperty.set(property, [...(byProperty.get(property) ?? []), `\`${name}\` ${switches}`]);
  }
  return [...byProperty].map(([property, where]) => `${property}: ${where.join(', ')}`).join('; ') || '–';
}
