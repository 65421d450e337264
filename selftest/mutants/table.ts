import type { Fate } from './fate.ts';
import type { ListedMutant } from './list.ts';
import { type Operator, operators } from './operators.ts';

/** By key. */
export type Fates = Readonly<Record<string, Fate>>;

/** An entry of `survivors.json`: why some mutants survive, or why searches of them do not end. */
export interface Argument {
  readonly why: string;
  readonly keys: readonly string[];
}

const whyByKey = (known: readonly Argument[]): Map<string, string> =>
  new Map(known.flatMap(({ why, keys }) => keys.map((key) => [key, why] as const)));

/** What is wrong with the arguments, each in one line. */
export function refused(all: readonly Pick<ListedMutant, 'key'>[], fates: Fates, known: readonly Argument[]): string[] {
  const whys = whyByKey(known);
  const keys = new Set(all.map(({ key }) => key));
  return [
    ...[...whys.keys()].flatMap((key) => (keys.has(key) ? [] : [`${key}: has an argument, and is not there`])),
    ...all.flatMap(({ key }) => {
      if (fates[key] === undefined) return [`${key}: was never run`];
      const { property } = fates[key];
      const isKilled = property !== null && property !== 'hung';
      if (!isKilled && !whys.has(key))
        return [`${key}: ${property === null ? 'survives' : 'hangs'}, and nothing says why`];
      if (isKilled && whys.has(key)) return [`${key}: has an argument, and is killed by ${property}`];
      return [];
    }),
  ];
}

type End = 'killed' | 'hung' | 'survives';

function endOf(fate: Fate | undefined): End {
  const property = fate?.property ?? null;
  return property === null ? 'survives' : property === 'hung' ? 'hung' : 'killed';
}

const countEnds = (mutants: readonly ListedMutant[], fates: Fates, end: End): number =>
  mutants.filter(({ key }) => endOf(fates[key]) === end).length;

/** In how many ways the mutants end, in one line. */
export function totalsOf(all: readonly ListedMutant[], fates: Fates): string {
  const [killed, hang, survive] = (['killed', 'hung', 'survives'] as const).map((end) => countEnds(all, fates, end));
  return `${all.length} mutants: ${killed} are killed, ${hang} hang, ${survive} survive.`;
}

/** The text of `build/mutants.md`. */
export function mutantsText(all: readonly ListedMutant[], fates: Fates, known: readonly Argument[]): string {
  const whys = whyByKey(known);
  const ending = (end: End) => all.filter(({ key }) => endOf(fates[key]) === end);
  const row = (cells: readonly string[], mutants: readonly ListedMutant[]) => {
    const counts = (['killed', 'hung', 'survives'] as const).map((end) => countEnds(mutants, fates, end) || '');
    return `| ${[...cells, mutants.length, ...counts].join(' | ')} |`;
  };
  const placeOf = ({ file, inside, operator, what }: ListedMutant) =>
    `| ${file} ${inside} | ${operator} | \`${what.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
  return [
    '# Mutants',
    '',
    totalsOf(all, fates),
    '',
    '| operator | what is done | mutants | killed | hang | survive |',
    '| --- | --- | --- | --- | --- | --- |',
    ...(Object.keys(operators) as Operator[]).map((name) =>
      row(
        [name, operators[name]],
        all.filter(({ operator }) => operator === name),
      ),
    ),
    '',
    '| module | mutants | killed | hang | survive |',
    '| --- | --- | --- | --- | --- |',
    ...[...new Set(all.map(({ file }) => file))].map((name) =>
      row(
        [name],
        all.filter(({ file }) => file === name),
      ),
    ),
    '',
    '| killed by | mutants |',
    '| --- | --- |',
    ...killersOf(ending('killed'), fates).map(([name, count]) => `| ${name} | ${count} |`),
    '',
    '## Survivors',
    '',
    '| in | operator | what | why it is let be |',
    '| --- | --- | --- | --- |',
    ...ending('survives').map((mutant) => `${placeOf(mutant)} | ${whys.get(mutant.key)} |`),
    '',
    '## Mutants that hang',
    '',
    '| in | operator | what | hangs in | why it has no end |',
    '| --- | --- | --- | --- | --- |',
    ...ending('hung').map((mutant) => `${placeOf(mutant)} | ${fates[mutant.key].where} | ${whys.get(mutant.key)} |`),
    '',
  ].join('\n');
}

/** The test files and properties that kill mutants, and how many each, most first. */
function killersOf(killed: readonly ListedMutant[], fates: Fates): [string, number][] {
  const counts = new Map<string, number>();
  for (const { key } of killed) {
    const { property, where } = fates[key];
    const name = where?.startsWith('test/') ? `\`${where}\`` : property!.replace(/^throws .*/, 'the program throws');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
