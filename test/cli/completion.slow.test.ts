import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { formatBashScript } from '../../src/cli/completion/bash.ts';
import { collectCommands } from '../../src/cli/completion/commandTree.ts';
import { formatFishScript } from '../../src/cli/completion/fish.ts';
import { formatZshScript } from '../../src/cli/completion/zsh.ts';
import { commandsOf, createProgram } from '../../src/cli/createProgram.ts';
import { temporaryFolder } from '../commandLine.ts';

const program = await createProgram();
const nodes = collectCommands(program);
const { folder, path, write } = temporaryFolder();
mkdirSync(path('mine'));
write('mine/one.mjs', '');
const script = (format: typeof formatBashScript, shell: string): string =>
  write(`script.${shell}`, format(nodes, '# header'));
const isInstalled = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

/** Lines, and the words that they are completed to. */
const offered: [string, string[]][] = [
  ['gfnring co', ['corpus', 'completion']],
  ['gfnring corpus m', ['merge', 'minimise']],
  ['gfnring help ke', ['kernel']],
  ['gfnring check --mem', ['--memory', '--memory-model']],
  ['gfnring check --memory-model ', ['sc', 'tso', 'rc11']],
  ['gfnring check --tracker dirty-ring@6', ['dirty-ring@6.1', 'dirty-ring@6.12', 'dirty-ring@6.17']],
  ['gfnring explore --tearing dirty-ring@6.1/c', ['dirty-ring@6.1/checkpoint']],
  ['gfnring fuzz wrap ring-', ['ring-s', 'ring-m', 'ring-l', 'ring-x']],
  ['gfnring kernel wra', ['wrap', 'wrapped-offset']],
  ['gfnring kernel confo', ['conformance']],
  ['gfnring kernel conformance --ring ', ['5.11', '6.1', '6.12', '6.17', 'repaired']],
  ['gfnring replay --on w', ['workers']],
  ['gfnring completion ', ['bash', 'zsh', 'fish']],
  // A number has no values, and one argument is too many.
  ['gfnring explore --seed c', []],
  ['gfnring explore ring v', []],
];

test('the nodes are all commands of the program, with all options', () => {
  const pathOf = (command: Command): string =>
    command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();
  const flagsOf = new Map(nodes.map(({ path, flags }) => [path, flags.flatMap(({ names }) => names)]));
  for (const command of commandsOf(program)) {
    const options = command.options.flatMap(({ short, long }) => [short ?? [], long ?? []].flat());
    expect([pathOf(command), flagsOf.get(pathOf(command))]).toEqual([
      pathOf(command),
      expect.arrayContaining([...options, '--help']),
    ]);
  }
});

describe('bash', () => {
  const complete = (lines: readonly string[]): string[][] => {
    const body = `. ${script(formatBashScript, 'bash')}
      for COMP_LINE; do COMP_POINT=\${#COMP_LINE}; COMPREPLY=(); [[ $COMP_LINE =~ @?[^[:space:]=@]*$ ]]; _gfnring gfnring "\${BASH_REMATCH[0]}"; echo "\${COMPREPLY[@]}"; done`;
    const text = execFileSync('bash', ['-c', body, 'bash', ...lines], { encoding: 'utf8' });
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ').filter(Boolean));
  };

  test('offers matching words', () => {
    const got = complete(offered.map(([line]) => line));
    expect(offered.map(([line], i) => [line, got[i]])).toEqual(
      offered.map(([line, words]) => [
        line,
        line.includes('@') ? words.map((word) => word.slice('dirty-ring'.length)) : words,
      ]),
    );
  });

  test('knows all commands, options and values of the program', () => {
    const expected = nodes.flatMap(({ path, commands, flags, args }): [string, readonly string[]][] => {
      const at = `gfnring ${path}`.trim();
      return [
        [`${at} `, [...commands.map(({ name }) => name), ...(args[0]?.words ?? [])]],
        [`${at} -`, flags.flatMap(({ names }) => names)],
        ...flags.flatMap(({ names, value }): [string, readonly string[]][] =>
          value ? [[`${at} ${names.at(-1)} `, value.words]] : [],
        ),
      ];
    });
    expect(expected.length).toBeGreaterThan(90);
    const got = complete(expected.map(([line]) => line));
    expect(expected.map(([line], i) => [line, got[i]])).toEqual(expected);
  });

  test.skipIf(!isInstalled('script'))('completes on a terminal, where readline splits words and offers paths', () => {
    const typed = path('typed');
    const rc = write('rc', `. ${script(formatBashScript, 'bash')}\ngfnring() { echo "$@" >> typed; }\n`);
    const lines = [
      'check --tracker dirty-ring@6.17',
      'check --tracker=dirty-b',
      'explore dirty-ring@6.1/che',
      'explore ./mi\tone',
      'explore --seed mi',
    ];
    const input = lines.map((line) => `gfnring ${line}\t\n`).join('');
    const bash = `bash --noprofile --rcfile ${rc} -i`;
    execFileSync('script', ['-qec', bash, '/dev/null'], { cwd: folder, input: `${input}exit\n`, timeout: 30_000 });
    expect(readFileSync(typed, 'utf8').split('\n').slice(0, -1)).toEqual([
      'check --tracker dirty-ring@6.17',
      'check --tracker=dirty-bitmap',
      'explore dirty-ring@6.1/checkpoint',
      'explore ./mine/one.mjs',
      'explore --seed mi',
    ]);
  });
});

describe.skipIf(!isInstalled('fish'))('fish (skipped where it is not installed)', () => {
  const complete = (lines: readonly string[]): string[][] => {
    const body = `source ${script(formatFishScript, 'fish')}; for line in $argv; complete -C $line; echo =; end`;
    const text = execFileSync('fish', ['--no-config', '-c', body, ...lines], { encoding: 'utf8', cwd: folder });
    const parts = text.split(/^=\n/m).slice(0, -1);
    return parts.map((part) =>
      part
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('\t')[0]),
    );
  };

  test('offers matching words', () => {
    // The script for fish does not count arguments.
    const lines = offered.filter(([line]) => line !== 'gfnring explore ring v');
    const got = complete(lines.map(([line]) => line));
    expect(lines.map(([line], i) => [line, got[i]])).toEqual(lines.map(([line, words]) => [line, [...words].sort()]));
  });

  test('offers paths', () => {
    const [path, ofOption, none] = complete(['gfnring explore ./mi', 'gfnring report --html ', 'gfnring list ']);
    expect([path, none]).toEqual([['./mine/'], []]);
    expect(ofOption).toContain('mine/');
  });
});

describe.skipIf(!isInstalled('zsh'))('zsh (skipped where it is not installed)', () => {
  test('offers matching words and paths', () => {
    const lines = [
      ...offered,
      ['gfnring explore mine/o', ['one.mjs']] as const,
      ['gfnring report --html mi', ['mine']],
    ];
    const captured = path('captured');
    const args = [
      join(process.cwd(), 'test/cli/captured.zsh'),
      script(formatZshScript, 'zsh'),
      ...lines.map(([line]) => line as string),
    ];
    execFileSync('zsh', ['-f', ...args], { cwd: folder, env: { ...process.env, CAPTURED: captured }, timeout: 50_000 });
    const parts = readFileSync(captured, 'utf8').split(/^: \d+\n/m);
    const got = parts.slice(0, -1).map((part) => part.split('\n').filter((word) => word !== ''));
    expect(lines.map(([line], i) => [line, got[i]])).toEqual(lines.map(([line, words]) => [line, words]));
  });
});
