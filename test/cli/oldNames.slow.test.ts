import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSettings } from '../../src/campaign/parse.ts';
import { withChecksum } from '../../src/input/checksum.ts';
import { explore } from '../../src/testing/explore.ts';
import { temporaryFolder } from '../commandLine.ts';

/** The memory model `rc11` was called `weak`. */

const { gfnring, gfnringHere, path, write } = temporaryFolder();
write('publish.mjs', readFileSync('examples/publish.mjs', 'utf8'));

const read = (file: string): object => JSON.parse(readFileSync(path(file), 'utf8'));
const renamed = (file: string): string => write(file, withChecksum({ ...read(file), memoryModel: 'weak' }));
const SAID = 'gfnring: the memory model weak is called rc11 now; the old name will go\n';

test.each([
  ['explore', './publish.mjs'],
  ['check', '--tracker', 'dirty-bitmap', '--seconds', '0.1'],
  ['fuzz', 'wrap', '--executions', '1', '--workers', '1'],
])('%s takes the old name, and says once what the new one is', async (...command) => {
  const { status, stderr } = await gfnringHere(...command, '--memory-model', 'weak');
  expect(stderr.split(SAID).length).toBe(2);
  expect(status).not.toBe(2);
});

test('so does a process of its own', () => {
  expect(gfnring('explore', './publish.mjs', '--memory-model', 'weak')).toMatchObject({ status: 1, stderr: SAID });
});

test('litmus takes the old name', async () => {
  const { stderr } = await gfnringHere('litmus', 'no-such-file', '--memory-model', 'weak');
  expect(stderr).toMatch(new RegExp(`^${SAID}gfnring: `));
});

test('the library takes the old name', async () => {
  const { outcome, findings } = await explore('./examples/publish.mjs', {
    memoryModel: 'weak',
    minimise: 0,
    dir: path('library'),
  });
  expect(outcome).toBe('violated');
  expect(read(join('library', findings[0].file!.split('/').at(-1)!))).toMatchObject({ memoryModel: 'rc11' });
});

test('a finding with the old name is read', async () => {
  const explored = await gfnringHere('explore', './publish.mjs', '--memory-model', 'rc11', '--json');
  const [{ file, property }] = JSON.parse(explored.stdout).findings;
  renamed(file);
  const { status, stdout, stderr } = await gfnringHere('replay', file, '--trust', '--json');
  expect([status, stderr]).toEqual([1, '']);
  expect(JSON.parse(stdout)).toMatchObject({ memoryModel: 'rc11' });
  expect(stdout).toContain(property);
});

test('a campaign with the old name is read, and goes on', async () => {
  const fuzz = ['fuzz', '--dir', 'night', '--executions', '10', '--workers', '1'];
  await gfnringHere(...fuzz, 'wrap', '--memory-model', 'rc11');
  renamed('night/campaign.json');
  expect(parseSettings(read('night/campaign.json'), 'campaign.json').memoryModel).toBe('rc11');
  expect(await gfnringHere(...fuzz, '--resume', '--trust')).toMatchObject({ status: 0 });
});

test.each([
  [['explore', './publish.mjs'], 'sc, tso, rc11, lkmm'],
  [['check'], 'sc, tso, rc11'],
  [['fuzz', 'wrap'], 'sc, tso, rc11'],
  [['litmus', '.'], 'sc, tso, rc11, lkmm'],
])('%s refuses an unknown name in one line', async (command, names) => {
  expect(await gfnringHere(...command, '--memory-model', 'arm')).toEqual({
    status: 2,
    stdout: '',
    stderr: `gfnring: --memory-model is 'arm': must be one of ${names}\n`,
  });
});
