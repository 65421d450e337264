import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runNode, temporaryFolder } from '../commandLine.ts';
import { installPacked, linkPackage, ours } from '../installPacked.ts';

/** The installed package in the oldest vitest that is supported, and in ours. */
const { folder: place } = temporaryFolder();
const project = join(place, 'project');
const write = (name: string, text: string): void => writeFileSync(join(project, name), text);
const env = { ...process.env, NO_COLOR: '1', CI: undefined };
const vitest = join(place, 'node_modules/vitest/vitest.mjs');

const ADD = 'mem.fetchAdd(count, 1);';
const add = (body: string): void =>
  write(
    'add.ts',
    `import type { Cell, Memory } from 'gfnring';\nexport const add = (mem: Memory, { count }: { count: Cell }) => { ${body} };\n`,
  );

/** Installs vitest 3. Needs the registry or npm's cache; without, its tests are skipped. */
function installOldest(): string | undefined {
  const folder = join(place, 'oldest');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{}');
  const args = 'install --no-save --prefer-offline --ignore-scripts --no-audit --no-fund vitest@3.2.4'.split(' ');
  const { status } = spawnSync('npm', args, { cwd: folder, timeout: 120_000 });
  return status === 0 ? join(folder, 'node_modules/vitest') : undefined;
}

beforeAll(() => {
  installPacked(place);
  mkdirSync(project);
  write(
    'vitest.config.mjs',
    `import { watchScenarios } from 'gfnring/vitest/plugin';
import { defineConfig } from 'vitest/config';
export default defineConfig({ plugins: [watchScenarios()] });
`,
  );
  write(
    'count.ts',
    `import { scenario } from 'gfnring';
import { add } from './add.js';
export default scenario({
  name: 'count',
  cells: { count: 'u32' },
  actors: { a: [add], b: [add] },
  finally: { 'both count': ({ read, cells }) => read(cells.count) === 2 },
});
`,
  );
  write(
    'count.test.ts',
    `import { explore } from 'gfnring';
import { expect, test } from 'vitest';
import 'gfnring/vitest';
test('counts', async () => expect(await explore('./count.ts', { memoryModel: 'rc11' })).toHold());
test('is too large', async () => expect(await explore('vm')).not.toFind('deadlock'), 1000);
`,
  );
}, 300_000);

let watcher: ReturnType<typeof spawn> | undefined;
afterEach(() => watcher?.kill());

/** The oldest with GFNRING_LONG set. */
const versions = [
  ['3', installOldest],
  ['4', () => ours('vitest')],
] as const;
describe.each(process.env.GFNRING_LONG === undefined ? versions.slice(1) : versions)(
  'in vitest %s',
  (version, find) => {
    let isThere = false;
    beforeAll(() => {
      const folder = find();
      isThere = folder !== undefined;
      if (isThere) linkPackage(place, 'vitest', folder);
      add(ADD);
    }, 150_000);

    test('one line says what was proved, and a timeout is no failure of its own', ({ skip }) => {
      if (!isThere) skip('the registry cannot be reached');
      const { status, stdout, stderr } = runNode([vitest, 'run', '-t', 'counts'], { cwd: project, env });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain(` v${version}.`);
      expect(stdout).toMatch(/\n✓ count: proved under rc11 \(\d+ states, \d\.\d s\)\n/);
      const long = runNode([vitest, 'run', '-t', 'large'], { cwd: project, env });
      expect(long.stderr).toContain(
        'neither proved nor refuted: the end of the test, whose timeout is 1 seconds, came first',
      );
      expect(long.stdout + long.stderr).not.toContain('timed out');
    });

    test('tests run again when a file of a scenario changes', async ({ skip }) => {
      if (!isThere) skip('the registry cannot be reached');
      add(ADD);
      watcher = spawn(process.execPath, [vitest, '--watch', '-t', 'counts'], {
        cwd: project,
        env,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      let printed = '';
      const until = async (text: string): Promise<void> => {
        while (!printed.includes(text)) {
          const [chunk] = await once(watcher!.stdout!, 'data');
          printed += chunk;
        }
        printed = printed.slice(printed.indexOf(text) + text.length);
      };
      await until('Waiting for file changes');
      add('mem.store(count, mem.load(count) + 1);');
      await until('RERUN  add.ts');
      await until('1 failed');
      await until('Watching for file changes');
      add(ADD);
      await until('1 passed');
    }, 180_000);
  },
);
