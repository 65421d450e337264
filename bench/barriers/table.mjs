const MODELS = ['sc', 'tso', 'weak'];

const HEAD = `# Barriers

What each ordering is for: it was taken away, and this is what failed. \`npm run barriers\` finds them in the source and writes this file; it refuses an
ordering whose comment names no partner, or one that is not there, or that does not name it; one that does not matter and has no argument to stay; and one
that has an argument and matters.

An acquire becomes a \`load\`, a release a \`store\`, a read-modify-write a relaxed \`load\` and a relaxed \`store\`; a fence is removed. All states of each scenario
are visited. The number is of context switches: the fewest with which the property fails; under \`tso\`, those into a store buffer count too. Under
\`sc\` and \`tso\` acquire and release are what every load and store is. Where a data race is found, what else fails when the race is let be stands behind it, with the fewest switches in the whole scenario. \`weak\` has
no load buffering (\`memory-models.md\`), so that an ordering which keeps a load before a later store is seen by the race alone, or not at all; the LKMM and the
processors that it is for do allow it.
`;

/** The text of `docs/barriers.md`: for each site what `WeakenedCopy.run` returned, and why it stays where nothing failed. */
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
