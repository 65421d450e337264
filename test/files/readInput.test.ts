import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readInput, readText } from '../../src/files/readInput.ts';
import { parseJson } from '../../src/input/parseJson.ts';

const folder = mkdtempSync(join(tmpdir(), 'gfnring-input-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const read = (file: string): string => readInput(file, { what: 'scenario' });

test('a regular file is read, through links too, without its byte order mark', () => {
  writeFileSync(at('plain.json'), '\ufeff{"é": 1}');
  symlinkSync('plain.json', at('link.json'));
  expect(read(at('plain.json'))).toBe('{"é": 1}');
  expect(read(at('link.json'))).toBe('{"é": 1}');
  expect(read('/proc/self/status')).toContain('Pid:');
});

test('a link in a directory of the program is not followed', () => {
  writeFileSync(at('target'), 'text');
  symlinkSync('target', at('link'));
  expect(readText(at('target'))).toBe('text');
  expect(() => readText(at('link'))).toThrow('link: it is a symbolic link');
  expect(readText(at('nothing'))).toBeUndefined();
});

test('what is no regular file is refused at once', async () => {
  execFileSync('mkfifo', [at('fifo')]);
  symlinkSync('/dev/zero', at('zero'));
  symlinkSync('round', at('round'));
  const server = createServer().listen(at('socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  expect(() => read(at('fifo'))).toThrow('it is a FIFO, and no regular file');
  expect(() => read(at('zero'))).toThrow('it is a device, and no regular file');
  expect(() => read(at('socket'))).toThrow('it is a socket');
  expect(() => read(folder)).toThrow('it is a directory, and no regular file');
  expect(() => read(at('round'))).toThrow(/round: ELOOP$/);
  expect(() => read(at('a\0b'))).toThrow('a path has no null character');
  server.close();
});

test('a large file is refused without being read', () => {
  writeFileSync(at('large'), '');
  truncateSync(at('large'), 2 ** 34);
  expect(() => read(at('large'))).toThrow('large is too large: at most 16 MB are read');
});

test('text that is not in UTF-8 is refused', () => {
  writeFileSync(at('latin1'), Buffer.from([0x22, 0xe9, 0x22]));
  expect(() => read(at('latin1'))).toThrow('latin1 is no text in UTF-8');
});

test.each([
  ['', 'x is empty: a scenario is expected'],
  [' \n', 'x is empty: a scenario is expected'],
  ['{"a": [1, 2', 'x is no JSON, it seems to be cut off: a scenario is expected'],
  ['{"a": 1}}', 'x is no JSON: a scenario is expected'],
  ['['.repeat(100_000) + ']'.repeat(100_000), 'x is nested too deep: at most 64 levels are read'],
  [`[${'1,'.repeat(8_000_000)}1]`, 'x has too many values: at most 200000 are read'],
  [`"${'\\"'.repeat(4_000_000)}`, 'x is no JSON, it seems to be cut off: a scenario is expected'],
])('a bad document is refused quickly: %#', (text, message) => {
  const start = performance.now();
  expect(() => parseJson(text, 'x', 'scenario')).toThrow(message);
  expect(performance.now() - start).toBeLessThan(2000);
});

test('brackets and commas in strings are no nesting', () => {
  const text = JSON.stringify({ a: '[{,'.repeat(200_000), b: '\\"[' });
  expect(parseJson(text, 'x', 'scenario')).toEqual(JSON.parse(text));
});
