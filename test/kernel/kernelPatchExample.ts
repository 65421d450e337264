import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, runIn } from '../commandLine.ts';
import { argsOf, blocksOf, commandsOf, expectShown } from '../docs/blocks.ts';
import { compiled, MAIL } from './trees.ts';

/**
 * Tests the commands of examples/kernel-patch. Its two patches of C are examples of what a user
 * checks with `gfnring kernel`, and one of them is right: they are no seeded bugs. Compiling takes
 * seconds: `npm test` compiles one patch, `npm run test:long` also the correct one.
 */
export function testKernelPatchExample(): void {
  const shown = blocksOf('examples/kernel-patch/README.md').map(commandsOf);
  const [early, batches] = shown;
  const cases = [['loses a page', early] as const, ['is right', batches] as const];

  test.each(process.env.GFNRING_LONG === undefined ? cases.slice(0, 1) : cases)(
    'the one that %s: applied, compiled and run as shown',
    { timeout: 600_000 },
    async (_, commands) => {
      const cwd = emptyFolder();
      symlinkSync(join(process.cwd(), 'examples'), join(cwd, 'examples'));
      for (const { command } of commands.slice(0, -1)) execFileSync(command, { cwd, shell: true });
      const last = commands.at(-1)!;
      const args = argsOf(last);
      await compiled({ ...MAIL, kdir: join(cwd, args[args.indexOf('--kdir') + 1]) });
      const { stdout, status } = runIn(cwd, ...args);
      expectShown(last, stdout, status);
    },
  );

  test('both patches apply to the unmodified file, and there is no other', () => {
    expect(shown).toHaveLength(2);
    for (const commands of [early, batches]) {
      const patch = commands.map(({ command }) => command.match(/\S+\.patch/)?.[0]).find(Boolean)!;
      execFileSync('git', ['apply', '--check', '--directory=examples/kernel', patch]);
    }
  });
}
