import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksum } from '../../src/campaign/directory/journal.ts';
import { contentChecksum } from '../../src/input/checksum.ts';
import { findBuiltIn, scenariosOf } from '../../src/scenario/builtinScenarios.ts';
import { trackerNames } from '../../src/trackers/registry.ts';
import { runHere } from '../commandLine.ts';
import { litmus, STORE_BUFFERING } from '../litmus/readerTexts.ts';
import { type Mutation, mutateBytes, mutateDocument, mutateFile } from './fileMutations.ts';

/** How the documents of a file are kept in it. */
type Form = 'document' | 'lines' | 'snapshot' | 'text';

/** A file that commands read, below a folder. */
export interface ValidFile {
  readonly name: string;
  readonly form: Form;
  /** The command lines that read it. */
  readonly commands: readonly (readonly string[])[];
}

const FAST = ['--executions', '10', '--steps', '2000', '--seconds', '1', '--minimise', '0.05', '--dir', 'out'];
const PROOF = [
  '--scheduler',
  'exhaustive',
  '--seconds',
  '0.1',
  '--steps',
  '2000',
  '--minimise',
  '0.05',
  '--dir',
  'out',
];

const ofScenario = (name: string) => [
  ['explore', `./${name}`, ...FAST],
  ['explore', `./${name}`, ...FAST, '--json'],
  ['explore', `./${name}`, ...PROOF, '--memory-model', 'rc11'],
];
const ofFinding = (name: string) => [
  ['replay', name, '--trust'],
  ['replay', name, '--trust', '--quiet', '--json'],
  ['report', name, '--trust', '--text'],
  ['report', name, '--trust', '--html', 'page.html'],
  ['explore', `./${name}`, '--trust', ...FAST],
];
const OF_CAMPAIGN = [
  ['report', 'night', '--trust', '--html', 'page.html'],
  ['corpus', 'merge', 'night', 'other', '--trust'],
  ['corpus', 'merge', 'other', 'night', '--trust', '--json'],
  ['corpus', 'minimise', 'night', '--trust'],
  [
    'fuzz',
    '--trust',
    '--dir',
    'night',
    '--resume',
    '--executions',
    '1',
    '--workers',
    '1',
    '--report',
    'github,junit=junit.xml',
  ],
];

/** Writes one valid file of each kind into a folder. */
export async function writeValidFiles(folder: string): Promise<readonly ValidFile[]> {
  const run = async (...args: string[]): Promise<void> => {
    const { status, stderr } = await runHere(folder, ...args);
    if (status !== 1) throw new Error(`${args.join(' ')} ends with status ${status}: ${stderr}`);
  };
  const scenarios = [
    ...['ring', 'vm', 'hostile-entry', 'gfn-ring/beside', 'gfn-ring/checkpoint'].map((name) => findBuiltIn(name)!.spec),
    ...trackerNames.map((tracker) => scenariosOf(tracker)[0].spec),
    { schema: 1, name: 'ring-s', builtIn: 'ring-s' },
  ];
  const names = scenarios.map((spec, i) => {
    writeFileSync(join(folder, `scenario${i}.json`), JSON.stringify(spec));
    return `scenario${i}.json`;
  });
  const lost = join(process.cwd(), 'examples/lost-update.mjs');
  const known = trackerNames.flatMap(scenariosOf).find((of) => of.known !== undefined)!.spec.name;
  await run('explore', lost, '--seconds', '5', '--dir', 'found');
  await run('explore', known, '--seconds', '5', '--dir', 'found');
  const findings = readdirSync(join(folder, 'found')).map((name) => `found/${name}`);
  for (const dir of ['night', 'other']) {
    const options = ['--workers', '1', '--dir', dir, '--quiet'];
    await run('fuzz', lost, 'dirty-again', '--executions', '1024', ...options);
    // This writes a snapshot, and the next command a journal that follows it.
    await run('corpus', 'minimise', dir, '--quiet');
    await run('fuzz', '--resume', '--executions', '1536', ...options);
  }
  mkdirSync(join(folder, 'tests'));
  writeFileSync(join(folder, 'tests/SB.litmus'), litmus(STORE_BUFFERING, 'exists (0:r0=0 /\\ 1:r0=0)'));
  cpSync('examples/kernel', join(folder, 'kernel'), { recursive: true });
  return [
    ...names.map((name): ValidFile => ({ name, form: 'document', commands: ofScenario(name) })),
    ...findings.map((name): ValidFile => ({ name, form: 'document', commands: ofFinding(name) })),
    ...filesOfCampaign(folder),
    ...[
      ['litmus', 'tests/SB.litmus'],
      ['litmus', 'tests'],
    ].map(
      (command): ValidFile => ({ name: 'tests/SB.litmus', form: 'text', commands: [[...command, '--seconds', '0.1']] }),
    ),
  ];
}

function filesOfCampaign(folder: string): ValidFile[] {
  const first = (of: string): string => `night/${of}/${readdirSync(join(folder, 'night', of))[0]}`;
  return (
    [
      ['night/campaign.json', 'document'],
      ['night/state.json', 'snapshot'],
      ['night/journal', 'lines'],
      ['night/clock', 'text'],
      [first('corpus'), 'document'],
      [first('findings'), 'document'],
    ] as const
  ).map(([name, form]) => ({ name, form, commands: OF_CAMPAIGN }));
}

/** Mutates a file in its place. Checksums are computed again, so that what they protect is read. */
export function mutate(folder: string, { name, form }: ValidFile, { document, bytes, file }: Mutation): void {
  const path = join(folder, name);
  const text = readFileSync(path);
  if (document.length > 0) writeFileSync(path, mutateText(text.toString(), form, document));
  if (bytes.length > 0) writeFileSync(path, mutateBytes(text, bytes));
  for (const change of file) mutateFile(path, change);
}

const sealed = (text: string): string => `${checksum(text)} ${text}\n`;

/** A text of a document with the checksum of its content, where it has one. */
function resealed(text: string): string {
  const [, old] = /"checksum":"([0-9a-f]{64})"/.exec(text) ?? [];
  if (old === undefined) return text;
  try {
    return text.replace(old, contentChecksum(JSON.parse(text) as object));
  } catch {
    return text;
  }
}

function mutateText(text: string, form: Form, changes: Mutation['document']): string {
  switch (form) {
    case 'document':
      return resealed(mutateDocument(JSON.parse(text), changes));
    case 'snapshot':
      return sealed(mutateDocument(JSON.parse(text.slice(9)), changes));
    case 'lines': {
      const events = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line.slice(9)) as unknown);
      // The first line only: what comes after it must be read as well, or not at all.
      return events
        .map((event, i) => sealed(i === 0 ? mutateDocument(event, changes) : JSON.stringify(event)))
        .join('');
    }
    case 'text':
      return mutateBytes(
        Buffer.from(text),
        changes.map(({ at }) => ({ do: 'cut' as const, at, length: 3 })),
      ).toString();
  }
}
