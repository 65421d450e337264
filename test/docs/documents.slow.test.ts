import { cpSync, existsSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command as CommanderCommand } from 'commander';
import { describe, expect, test } from 'vitest';
import { scenarioNamesAndPaths } from '../../src/cli/completionValues.ts';
import { commandsOf as allCommandsOf, createProgram } from '../../src/cli/createProgram.ts';
import { runHere, temporaryFolder } from '../commandLine.ts';
import { argsOf, type Block, blocksOf, type Command, commandsOf, documents, expectShown } from './blocks.ts';

/**
 * Commands without `$ ` that this test does not run, and why. Commands with `$ ` are run and
 * compared.
 */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [
    /^npx gfnring (fuzz|work|corpus merge) /,
    'campaigns take hours, queues need Redis: test/campaign, test/cli/fuzz.slow.test.ts',
  ],
  [/^npx gfnring kernel .*--(kdir|before) linux/, "a kernel tree is the reader's: test/kernel"],
  [/^npx gfnring prove\b/, 'runs for seconds: test/prove'],
  [/^npx gfnring kernel conformance /, 'boots a kernel: test/conformance'],
  [/^npx gfnring kernel confirm /, 'boots a kernel: test/confirm'],
  [/^npx gfnring report (\.gfnring|night)/, "a finding and a campaign of the reader's: test/cli/report.slow.test.ts"],
];
const whyNot = (command: string): string | undefined => NOT_RUN.find(([of]) => of.test(command))?.[1];

/** The commands of a block without `$ `. */
const notRunOf = ({ text }: Block): string[] =>
  [...text.matchAll(/(?:npx |^)gfnring [a-z].*/gm)].map(([command]) => command);

/** Documents whose commands another test runs, because they need more than a folder. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'examples/kernel-patch/README.md': 'test/kernel/kernelPatchExample.ts',
  'examples/vitest-property/README.md': 'test/package.slow.test.ts',
};

/** A generated document. test/cli/help.test.ts parses its commands. */
const WRITTEN = 'docs/command-line.md';

/** Code that is in no file of the examples, by its beginning. */
const NO_FILE: readonly (readonly [document: string, begins: string, why: string])[] = [
  ['docs/api.md', '', 'generated declarations'],
];

/**
 * Commands run in this folder. It contains the examples, as the project does. They are copied,
 * because the hash in the name of a finding covers the path from there to the module.
 */
const folder = realpathSync(temporaryFolder().folder);
cpSync('examples', join(folder, 'examples'), { recursive: true });
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));

/** Results by command. A command that several documents show runs once. */
const results = new Map<string, { readonly printed: string; readonly status: number | null }>();
async function resultOf(args: readonly string[]) {
  const known = results.get(args.join(' '));
  if (known !== undefined) return known;
  const { stdout, stderr, status } = await runHere(folder, ...args);
  // Packages are in this folder, and not in the one that commands run in.
  const result = { printed: `${stdout}${stderr}`.replaceAll(`${resolve('.')}/`, ''), status };
  results.set(args.join(' '), result);
  return result;
}

async function run(command: Command): Promise<void> {
  const args = argsOf(command);
  const { printed, status } = await resultOf(args);
  expectShown(command, printed, status);
  for (const [i, option] of args.entries())
    if (option === '--html' || option === '--perfetto') expect(existsSync(join(folder, args[i + 1]))).toBe(true);
}

const shown = documents.map((document) => {
  const blocks = blocksOf(document);
  return { document, blocks, commands: blocks.flatMap(commandsOf) };
});

describe.each(shown.filter(({ document, commands }) => commands.length > 0 && !(document in ELSEWHERE)))(
  '$document',
  ({ commands }) => {
    test.each(commands.map((one) => [`${one.at} ${one.command}`, one] as const))('%s', (_, command) => run(command));
  },
);

test('every command of a document is run, or there is a reason not to', () => {
  for (const { document, blocks, commands } of shown) {
    // No other form of fence, and no command after output, may hide a command.
    const text = readFileSync(document, 'utf8');
    const lines = text.match(/^\s*\$ /gm) ?? [];
    expect([document, lines.length]).toEqual([document, commands.length]);
    const outside = text.replaceAll(/^```[\s\S]*?^```/gm, '');
    expect([document, outside.match(/^\s*~~~.*|^[\s>]+```.*|^[\s>]*npx .*/gm)]).toEqual([document, null]);
    if (document === WRITTEN) continue;
    const others = blocks.filter((block) => commandsOf(block).length === 0).flatMap(notRunOf);
    expect(others.filter((command) => whyNot(command) === undefined)).toEqual([]);
    const elsewhere = ELSEWHERE[document];
    if (elsewhere) expect(readFileSync(elsewhere, 'utf8')).toContain(document.split('/')[1]);
  }
  for (const document of ['README.md', 'docs/tutorial.md', 'docs/findings.md'])
    expect(shown.find((one) => one.document === document)!.commands.length).toBeGreaterThan(2);
});

test('every command and option that a document names exists', async () => {
  const path = (command: CommanderCommand): string =>
    (command.parent?.parent ? `${path(command.parent)} ` : '') + command.name();
  const options: Record<string, (string | undefined)[]> = Object.fromEntries(
    allCommandsOf(await createProgram()).map((one) => [path(one), one.options.map(({ long }) => long)]),
  );
  const readme = readFileSync('README.md', 'utf8');
  const names = Object.keys(options).filter((name) => !name.includes(' ') && name !== 'gfnring');
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  const commands = shown.flatMap(({ document, blocks }) => [
    ...blocks.filter((block) => commandsOf(block).length === 0).flatMap(notRunOf),
    ...[...readFileSync(document, 'utf8').matchAll(/`((?:npx )?gfnring [^`]+)`/g)].map(([, command]) => command),
  ]);
  expect(commands.length).toBeGreaterThan(20);
  for (const command of commands) {
    const [first, second, ...rest] = command.split('gfnring ')[1].split(/ +# /)[0].split(/\s+/);
    const has = options[`${first} ${second}`] ?? options[first];
    const unknown = [second ?? '', ...rest].filter((word) => /^--[a-z]/.test(word) && !has?.includes(word));
    expect([command, has === undefined, unknown]).toEqual([command, false, []]);
    // A built-in scenario, and no path or placeholder.
    if (first === 'explore' && /^[a-z][^.]*$|@/.test(second ?? ''))
      expect(scenarioNamesAndPaths().words).toContain(second);
  }
});

/** The last example file that is named before a block. */
const fileOf = ({ before }: Block): string | undefined =>
  [...before.matchAll(/[[`](examples\/[\w./-]+\.\w+)[\]`]/g)]
    .map(([, file]) => file)
    .findLast((file) => existsSync(file));

const code = shown
  .flatMap(({ blocks }) => blocks)
  .filter(({ language }) => /^(js|mjs|ts|c)$/.test(language))
  .filter(({ document, text }) => !NO_FILE.some(([of, begins]) => of === document && text.startsWith(begins)));

test.each(code.map((block) => [`${block.document}:${block.line}`, block] as const))(
  '%s equals the file that is named before it',
  (_, block) => {
    const file = fileOf(block);
    expect(file).toBeDefined();
    const whole = readFileSync(file!, 'utf8');
    // The whole file, or some lines of it.
    if (block.text !== whole) expect(`\n${whole}`).toContain(`\n${block.text}`);
  },
);
