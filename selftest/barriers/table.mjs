const MODELS = ['sc', 'tso', 'weak'];

const HEAD = '# Barriers\n';

/** The text of `build/barriers.md`: what fails without each ordering, or why it stays. */
export function barriersText(tables) {
  return [HEAD, ...tables.map(tableText)].join('\n');
}

function tableText({ title, scenarios, rows }) {
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

function rowText({ site, results, stays }) {
  const found = MODELS.map((model) => cellText(results.filter(({ memoryModel }) => memoryModel === model)));
  if (stays !== undefined) found[MODELS.length - 1] = `stays: ${stays}`;
  const partners = site.partners.map(({ text }) => text).join(', ') || '–';
  return `| ${site.file} ${site.inside} | ${site.access}(${site.cell}) | ${partners} | ${found.join(' | ')} |`;
}

/** By property, the scenarios in which it failed. */
export function cellText(results) {
  const byProperty = new Map();
  for (const { name, property, switches } of results) {
    if (property === null) continue;
    byProperty.set(property, [...(byProperty.get(property) ?? []), `\`${name}\` ${switches}`]);
  }
  return [...byProperty].map(([property, where]) => `${property}: ${where.join(', ')}`).join('; ') || '–';
}
