/* In this folder: tests of C code as a subject. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { argsOf, expectShown, shownIn } from '../examples/shown.ts';
import { compiled, MAIL } from './trees.ts';

/** What examples/kernel-patch shows. One patch is compiled in each run of the tests, the one that is right in `npm run test:long`, as compiling takes seconds. */
export function examplePatches(): void {
  const [early, batches] = shownIn('examples/kernel-patch/README.md');
  const cases = [['loses a page', early] as const, ['is right', batches] as const];

  test.each(process.env.GFNRING_LONG === undefined ? cases.slice(0, 1) : cases)(
    'the one that %s: applied, compiled and run as shown',
    { timeout: 600_000 },
    async (_, shown) => {
      const cwd = mkdtempSync(join(tmpdir(), 'gfnring-patch-'));
      symlinkSync(join(process.cwd(), 'examples'), join(cwd, 'examples'));
      const before = shown.commands.slice(0, -1);
      for (const command of before) execFileSync(command, { cwd, shell: true });
      const args = argsOf(shown.commands.at(-1)!);
      await compiled({ ...MAIL, kdir: join(cwd, args[args.indexOf('--kdir') + 1]) });
      const main = join(process.cwd(), 'dist/cli/main.js');
      expectShown(shown, spawnSync(process.execPath, [main, ...args], { cwd, encoding: 'utf8' }));
    },
  );

  test('both apply to the file as it is', () => {
    for (const { commands } of [early, batches]) {
      const patch = commands.join().match(/\S+\.patch/)![0];
      execFileSync('git', ['apply', '--check', '--directory=examples/kernel', patch]);
    }
  });
}
