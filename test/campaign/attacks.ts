import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { checksum } from '../../src/campaign/directory/journal.ts';
import { withChecksum } from '../../src/input/checksum.ts';
import { emptyFolder } from '../commandLine.ts';
import { damagesOf, mutationsOf } from '../input/mutations.ts';

/** What somebody has done to the directory of a campaign. */
export interface Attack {
  readonly name: string;
  readonly on: (directory: string) => void;
}

/** A line of a journal, or a snapshot: JSON after its checksum. */
const sealed = (value: unknown): string => {
  const text = JSON.stringify(value);
  return `${checksum(text)} ${text}\n`;
};
const unsealed = (line: string): unknown => JSON.parse(line.slice(9));

/** The files of a campaign, as they are seen from its directory. */
const filesOf = (directory: string): string[] =>
  ['', 'corpus', 'findings'].flatMap((folder) =>
    readdirSync(join(directory, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name)),
  );

/** Changes the content of a file, and writes the right checksums. */
function forgeries(directory: string): fc.Arbitrary<Attack> {
  const forged = (file: string, line: number, value: unknown): Attack => ({
    name: `${file}:${line} ${JSON.stringify(value).slice(0, 2000)}`,
    on: (victim) => {
      const path = join(victim, file);
      if (file.endsWith('.json') && file !== 'state.json')
        return writeFileSync(path, JSON.stringify(isObject(value) ? withChecksum(value) : value));
      const lines = readFileSync(path, 'utf8').split('\n');
      lines[line] = sealed(value).trimEnd();
      writeFileSync(path, lines.join('\n'));
    },
  });
  const documents = filesOf(directory).filter((file) => file !== 'clock' && file !== 'lock');
  const weighted = ['state.json', 'state.json', 'state.json', 'journal', 'journal', 'campaign.json', ...documents];
  const mutations = documents.map((file): [string, fc.Arbitrary<Attack>] => {
    const text = readFileSync(join(directory, file), 'utf8');
    if (file.endsWith('.json') && file !== 'state.json')
      return [file, mutationsOf(JSON.parse(text)).map((value) => forged(file, 0, value))];
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => mutationsOf(unsealed(line)));
    return [file, fc.oneof(...lines.map((values, i) => values.map((value) => forged(file, i, value))))];
  });
  const byFile = new Map(mutations);
  return fc.constantFrom(...weighted).chain((file) => byFile.get(file)!);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const damages = (directory: string): fc.Arbitrary<Attack> =>
  fc.constantFrom('clock', 'lock', ...filesOf(directory)).chain((file) => {
    const bytes = readFileSync(join(directory, file), { flag: 'a+' });
    return damagesOf(bytes).map((damaged) => ({
      name: `damaged ${file}`,
      on: (victim) => writeFileSync(join(victim, file), damaged),
    }));
  });

const KINDS = ['a link', 'a dangling link', 'a hard link', 'a FIFO', 'a folder', 'nothing'] as const;

/** Puts something else in the place of a file or of a folder: each kind for each. */
export const replacements = (directory: string): Attack[] => {
  const folders = ['corpus', 'findings', 'set-aside'];
  const names = [...new Set(['clock', 'lock', ...folders, 'state.json', 'journal', ...filesOf(directory)])];
  return names.flatMap((file) =>
    KINDS.map((kind) => ({
      name: `${file} is ${kind}`,
      on: (victim) => {
        const path = join(victim, file);
        rmSync(path, { recursive: true, force: true });
        const outside = join(victim, '..', 'outside');
        if (kind === 'a link') symlinkSync(folders.includes(file) ? outside : join(outside, 'file'), path);
        if (kind === 'a dangling link') symlinkSync(join(outside, 'created'), path);
        if (kind === 'a hard link' && !folders.includes(file)) linkSync(join(outside, 'file'), path);
        if (kind === 'a FIFO') execFileSync('mkfifo', [path]);
        if (kind === 'a folder') mkdirSync(path);
      },
    })),
  );
};

export const attacksOn = (directory: string): fc.Arbitrary<Attack> =>
  fc.oneof(
    { weight: 6, arbitrary: forgeries(directory) },
    { weight: 2, arbitrary: damages(directory) },
    { weight: 2, arbitrary: fc.constantFrom(...replacements(directory)) },
  );

/** A copy of a campaign, with an attack on it, beside a folder that nothing may touch. */
export function attacked(directory: string, { on }: Attack) {
  const root = emptyFolder();
  const victim = join(root, 'campaign');
  const outside = join(root, 'outside');
  cpSync(directory, victim, { recursive: true });
  mkdirSync(outside);
  for (const name of ['file', 'file.tmp', 'x.json', 'x.1.tmp']) writeFileSync(join(outside, name), 'mine');
  on(victim);
  return {
    directory: victim,
    /** What is outside of the campaign. */
    surroundings: (): unknown => [
      readdirSync(root),
      readdirSync(outside).map((name) => [name, readFileSync(join(outside, name), 'utf8')]),
    ],
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
