import { operators } from './operators.mjs';

/** By key: why a survivor is let be, and why a search of a mutant has no end. */
function argumentsIn(known) {
  return new Map(known.flatMap(({ why, keys }) => keys.map((key) => [key, why])));
}

/** What is wrong with what is known, each in one line. */
export function refused(all, fates, known) {
  const whys = argumentsIn(known);
  const keys = new Set(all.map(({ key }) => key));
  return [
    ...[...whys.keys()].flatMap((key) => (keys.has(key) ? [] : [`${key}: has an argument, and is not there`])),
    ...all.flatMap(({ key }) => {
      if (fates[key] === undefined) return [`${key}: was never run`];
      const { property } = fates[key];
      const isKilled = ![null, 'hung'].includes(property);
      if (!isKilled && !whys.has(key))
        return [`${key}: ${property === null ? 'survives' : 'hangs'}, and nothing says why`];
      if (isKilled && whys.has(key)) return [`${key}: has an argument, and is killed by ${property}`];
      return [];
    }),
  ];
}

const fateIn = (fates) => (mutant) => fates[mutant.key]?.property ?? null;

/** In how many ways the mutants end, in one line. */
export function totalsOf(all, fates) {
  const ends = all.map(fateIn(fates));
  const survive = ends.filter((end) => end === null).length;
  const hang = ends.filter((end) => end === 'hung').length;
  return `${all.length} mutants: ${all.length - survive - hang} are killed, ${hang} hang, ${survive} survive.`;
}

/** The text of `build/mutants.md`. */
export function mutantsText(all, fates, known) {
  const whys = argumentsIn(known);
  const fateOf = fateIn(fates);
  const survive = all.filter((mutant) => fateOf(mutant) === null);
  const hung = all.filter((mutant) => fateOf(mutant) === 'hung');
  const row = (name, mutants, more = []) => {
    const count = (is) => mutants.filter(is).length || '';
    return `| ${[name, ...more, mutants.length, count((mutant) => ![null, 'hung'].includes(fateOf(mutant))), count((mutant) => fateOf(mutant) === 'hung'), count((mutant) => fateOf(mutant) === null)].join(' | ')} |`;
  };
  const by = (of) => [...new Set(all.map(of))].map((name) => [name, all.filter((mutant) => of(mutant) === name)]);
  const nameOf = (mutant) => {
    const { property, where } = fates[mutant.key];
    if (where?.startsWith('test/')) return `\`${where}\``;
    return property === null || property === 'hung' ? null : property.replace(/^throws .*/, 'the program throws');
  };
  const killers = by(nameOf)
    .filter(([name]) => name !== null)
    .map(([name, { length }]) => [name, length])
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return [
    '# Mutants',
    '',
    totalsOf(all, fates),
    '',
    '| operator | what is done | mutants | killed | hang | survive |',
    '| --- | --- | --- | --- | --- | --- |',
    ...Object.entries(operators).map(([name, what]) =>
      row(
        name,
        all.filter(({ operator }) => operator === name),
        [what],
      ),
    ),
    '',
    '| module | mutants | killed | hang | survive |',
    '| --- | --- | --- | --- | --- |',
    ...by(({ file }) => file).map(([name, mutants]) => row(name, mutants)),
    '',
    '| killed by | mutants |',
    '| --- | --- |',
    ...killers.map(([name, count]) => `| ${name} | ${count} |`),
    '',
    '## Survivors',
    '',
    '| in | operator | what | why it is let be |',
    '| --- | --- | --- | --- |',
    ...survive.map(
      (mutant) =>
        `| ${mutant.file} ${mutant.inside} | ${mutant.operator} | \`${cell(mutant.what)}\` | ${whys.get(mutant.key)} |`,
    ),
    '',
    '## Mutants that hang',
    '',
    '| in | operator | what | hangs in | why it has no end |',
    '| --- | --- | --- | --- | --- |',
    ...hung.map(
      (mutant) =>
        `| ${mutant.file} ${mutant.inside} | ${mutant.operator} | \`${cell(mutant.what)}\` | ${fates[mutant.key].where} | ${whys.get(mutant.key)} |`,
    ),
    '',
  ].join('\n');
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('`', "'");
