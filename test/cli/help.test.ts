import { existsSync, readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { commandLineText } from '../../bench/docs/commandLine.mjs';
import { placeholderOf, valuesOf } from '../../src/cli/completion/commandTree.ts';
import { getCompletionValues } from '../../src/cli/completionValues.ts';
import { commandsOf, createProgram } from '../../src/cli/createProgram.ts';
import { STATUS, STATUS_MEANING } from '../../src/cli/status.ts';

const program = await createProgram();
const commands = commandsOf(program);
for (const command of commands) command.configureOutput({ writeOut: () => {} });

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (more) => (text += more) });
  command.outputHelp();
  return text;
}

const pathOf = (command: Command): string =>
  command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();

test.each(commands.map((command) => [pathOf(command), command] as const))(
  "the help of '%s' ends with examples that can be parsed",
  (path, command) => {
    const [, examples, ...more] = helpOf(command).split('\nExamples:\n');
    expect(more).toEqual([]);
    const lines = examples.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.length).toBeLessThanOrEqual(4);
    for (const line of lines) {
      const [, typed, words] = /^ {2}gfnring ((.+?)(?: > \S+)?) +# \S.*$/.exec(line) ?? [];
      expect([line, typed?.startsWith(path)]).toEqual([line, true]);
      const called = parsed(words.split(' '));
      // A group has examples of its commands.
      if (command.commands.length === 0) expect([line, pathOf(called)]).toEqual([line, path]);
    }
  },
);

/** Parses words and returns the command. Names and paths in them must exist. Nothing is run. */
function parsed(words: readonly string[]): Command {
  let called: Command | undefined;
  for (const command of commands)
    if (command !== program && command.name() !== 'corpus')
      command.action((...given) => {
        called = given.at(-1) as Command;
      });
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return program;
    throw error;
  }
  called!.registeredArguments.forEach((argument, i) => {
    const values = [called!.processedArgs[i] ?? []].flat() as string[];
    const known = getCompletionValues(argument)?.words;
    if (known) for (const value of values) if (!/[./]/.test(value)) expect(known).toContain(value);
  });
  for (const word of words) if (/^(\.\/)?examples\//.test(word)) expect([word, existsSync(word)]).toEqual([word, true]);
  return called!;
}

test('values that completion takes for paths are paths', () => {
  const values = commands.flatMap((command) => [
    ...command.registeredArguments,
    ...command.options.filter(({ required, optional }) => required || optional),
  ]);
  const paths = values.filter((value) => valuesOf(value).paths).map(placeholderOf);
  expect([...new Set(paths)].sort()).toEqual([
    'dir',
    'file',
    'finding',
    'folder',
    'from',
    'into',
    'path',
    'scenario',
    'scenarios',
    'what',
  ]);
});

test('docs/command-line.md is current (npm run docs writes it)', () => {
  const statuses = Object.entries(STATUS_MEANING).map(([of, meaning]) => [STATUS[of as keyof typeof STATUS], meaning]);
  expect(readFileSync('docs/command-line.md', 'utf8')).toBe(commandLineText(program, statuses));
});
