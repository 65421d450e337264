import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { withChecksum } from '../../src/input/checksum.ts';
import { oneLine, printableJson } from '../../src/input/oneLine.ts';
import { shellQuote } from '../../src/input/shellQuote.ts';
import { findBuiltIn, scenariosOf } from '../../src/scenario/builtinScenarios.ts';
import type { VmSpec } from '../../src/vm/spec.ts';
import { temporaryFolder } from '../commandLine.ts';
import { litmus, STORE_BUFFERING } from '../litmus/readerTexts.ts';

const { folder, path, write, gfnringHere } = temporaryFolder();
/** Clears the screen, rings, ends an escape in one byte, reorders, and pretends to be a line. */
const HOSTILE = "x\u001b[2J\u0007\u009b1m\u202e\u200b\u2028\r\n✓ proved '$(id)' `id`";
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const isClean = (text: string): boolean => !UNPRINTABLE.test(text.replaceAll('\n', ''));

test('text of users is printed on its own line, without control characters', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(oneLine(text)).not.toMatch(UNPRINTABLE);
      const json = JSON.stringify({ text }, null, 2);
      expect(isClean(printableJson(json))).toBe(true);
      expect(JSON.parse(printableJson(json))).toEqual({ text });
    }),
  ));

test('a shell reads a quoted argument back, and runs nothing in it', () => {
  const texts = fc.sample(
    fc.string({ unit: fc.constantFrom(...`ab'"$()\`\\;&|<>*? ~#!{}[]=-\t\né`), maxLength: 12 }),
    300,
  );
  const paths = [...texts, 'a b;$(id)', "it's", '-n', ''].map((text) => (text.startsWith('-') ? `./${text}` : text));
  const script = `for a in ${paths.map(shellQuote).join(' ')}; do printf '%s\\0' "$a"; done`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(paths);
  expect(shellQuote('-n')).toBe('./-n');
});

test('names in a scenario are escaped in all that explore prints', async () => {
  const { actors, ...rest } = findBuiltIn('ring')!.spec as VmSpec;
  write('machine.json', {
    ...rest,
    name: HOSTILE,
    actors: actors.map((actor, i) => ({ ...actor, name: `${HOSTILE}${i}` })),
  });
  for (const options of [[], ['--json'], ['--scheduler', 'exhaustive']]) {
    const { status, stdout, stderr } = await gfnringHere('explore', './machine.json', '--executions', '5', ...options);
    expect([status! % 4, isClean(stdout + stderr)]).toEqual([0, true]);
    expect(stdout).not.toMatch(/^✓ proved/m);
  }
});

test('the line that reproduces a finding runs in a shell, whatever its folder is called', async () => {
  const dir = "a b;$(touch ran)'";
  const { stdout } = await gfnringHere('explore', join(process.cwd(), 'examples/lost-update.mjs'), '--dir', dir);
  const [, line] = /reproduce +npx gfnring (replay .*)/.exec(stdout)!;
  const seen = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8', cwd: folder });
  expect(seen).toMatch(/^replay\n.*a b;\$\(touch ran\)'\/[^\n]*\.json\n$/);
  expect(readdirSync(folder)).not.toContain('ran');
});

test('a finding with hostile text is escaped in every report', async () => {
  const { stdout } = await gfnringHere(
    'explore',
    join(process.cwd(), 'examples/lost-update.mjs'),
    '--json',
    '--dir',
    'found',
  );
  const [{ file: _, ...finding }] = JSON.parse(stdout).findings;
  write('hostile.json', withChecksum({ ...finding, message: HOSTILE, property: HOSTILE }));
  for (const command of [['replay'], ['report', '--text'], ['explore']]) {
    const [name, ...options] = command;
    const run = await gfnringHere(name, './hostile.json', '--trust', ...options);
    expect([command, run.status! < 2, isClean(run.stdout + run.stderr)]).toEqual([command, true, true]);
    expect(run.stdout).not.toMatch(/^✓ proved/m);
  }
});

test('names in a campaign are escaped in reports for CI', async () => {
  const { spec } = scenariosOf('gfn-list').find(({ known }) => known !== undefined)!;
  write('hostile-list.json', { ...spec, name: HOSTILE });
  const reports = ['--report', 'junit=ci.xml,sarif=ci.sarif,github'];
  const limits = ['--executions', '512', '--workers', '1', '--dir', 'night'];
  const { status, stdout, stderr } = await gfnringHere('fuzz', './hostile-list.json', ...limits, ...reports);
  expect(status).toBe(1);
  for (const text of [stdout, stderr, readFileSync(path('ci.xml'), 'utf8'), readFileSync(path('ci.sarif'), 'utf8')])
    expect(isClean(text)).toBe(true);
  const commands = stderr.trim().split('\n');
  expect(
    commands.filter((line) => !/^::(error|warning) [^:]*::/.test(line) && !line.includes(' executions, ')),
  ).toEqual([]);
});

test('reports overwrite neither each other nor what they show', async () => {
  await gfnringHere('explore', join(process.cwd(), 'examples/lost-update.mjs'), '--dir', 'shown');
  const file = `shown/${readdirSync(path('shown'))[0]}`;
  symlinkSync(file, path('link.json'));
  const reject = async (message: string, ...options: string[]): Promise<void> => {
    const { status, stderr } = await gfnringHere('report', file, ...options);
    expect([status, stderr]).toEqual([2, `gfnring: ${message}\n`]);
  };
  await reject(`--html ${file} would overwrite ${file}`, '--html', file);
  await reject(`--html link.json would overwrite ${file}`, '--html', 'link.json');
  await reject('--perfetto ./a would overwrite a', '--html', 'a', '--perfetto', './a');
  expect((await gfnringHere('report', file, '--html', '/dev/null', '--perfetto', '/dev/null')).status).toBe(0);
});

test('a queue address is shown without its password', async () => {
  for (const url of ['http://me:secret@host', 'redis//me:secret@host:1', 'me:se@cret@host', 'redis://me:secret@host:x'])
    expect((await gfnringHere('work', url)).stderr).toMatch(/^gfnring: '…@[^@]*' is no address.*\n$/);
});

test('a folder of litmus tests ends with loops of links and FIFOs in it', async () => {
  mkdirSync(path('tests/deep'), { recursive: true });
  write('tests/deep/SB.litmus', litmus(STORE_BUFFERING, 'exists (0:r0=0 /\\ 1:r0=0)'));
  symlinkSync('..', path('tests/deep/up'));
  symlinkSync('../..', path('tests/deep/top'));
  symlinkSync('/dev/zero', path('tests/zero.litmus'));
  execFileSync('mkfifo', [path('tests/fifo.litmus')]);
  const { status, stdout } = await gfnringHere('litmus', 'tests');
  expect(stdout).toMatch(/fifo.litmus +not read: .* FIFO/);
  expect([status, stdout]).toEqual([0, expect.stringContaining('3 tests under')]);
});

test('a litmus test that is named alone and cannot be read is wrong usage', async () => {
  write('garbage.litmus', 'garbage');
  const { status, stderr, stdout } = await gfnringHere('litmus', 'garbage.litmus');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^gfnring: garbage.litmus: not read: .*\n$/);
});
