import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compile } from '../../src/kernel/compile/compile.ts';
import { KernelTree } from '../../src/kernel/compile/kernelTree.ts';
import { collectSourceFiles } from '../../src/kernel/compile/sourceTree.ts';
import { type SupervisionMessage, setSupervisor } from '../../src/process/supervision.ts';
import { emptyFolder, runIn } from '../commandLine.ts';
import { MAIL } from './trees.ts';

const LONG = { timeout: 600_000 };
/** Runs only in `npm run test:long`: each compiles a file. */
const long = test.skipIf(process.env.GFNRING_LONG === undefined);

/** A copy of the tree of the mail's ring with more files, and with `text` after its C file. */
function treeWith(text: string, files: Readonly<Record<string, string>> = {}): string {
  const kdir = emptyFolder();
  cpSync(MAIL.kdir, kdir, { recursive: true });
  const written = { [MAIL.file]: `${readFileSync(join(MAIL.kdir, MAIL.file), 'utf8')}\n${text}`, ...files };
  for (const [path, content] of Object.entries(written)) {
    mkdirSync(join(kdir, dirname(path)), { recursive: true });
    writeFileSync(join(kdir, path), content);
  }
  return kdir;
}

describe('symbolic links of a tree', () => {
  test('inside of it, they are followed', () => {
    const kdir = treeWith('#include <linux/link.h>\n#include <folder/there.h>', { 'tools/there.h': 'int there;' });
    symlinkSync('../../tools/there.h', join(kdir, 'include/linux/link.h'));
    symlinkSync('../tools', join(kdir, 'include/folder'));
    symlinkSync('gfnring.c', join(kdir, 'virt/kvm/link.c'));
    const root = join(emptyFolder(), 'root');
    symlinkSync(kdir, root);
    const files = collectSourceFiles(new KernelTree(root), 'virt/kvm/link.c');
    expect(files.get('virt/kvm/link.c')).toContain('kvm_gfn_ring_push');
    for (const path of ['include/linux/link.h', 'include/folder/there.h']) expect(files.get(path)).toBe('int there;');
  });

  const outside = treeWith('', { 'secret.h': 'int secret;' });
  test.each([
    ['a header', 'include/link.h', join(outside, 'secret.h'), MAIL.file],
    ['a folder of headers', 'include/folder', outside, MAIL.file],
    ['the C file', 'virt/kvm/link.c', join(outside, MAIL.file), 'virt/kvm/link.c'],
  ])('out of it, one line refuses %s', async (_, at, to, file) => {
    const kdir = treeWith('#include <link.h>\n#include <folder/secret.h>');
    symlinkSync(to, join(kdir, at));
    const error = await compile({ kdir, file, allowed: [] }).catch(({ name, message }) => `${name}: ${message}`);
    expect(error).toMatch(/^KernelError: \S+ leads out of the tree through a symbolic link: .*$/);
    expect(error).toContain(join(kdir, at));
  });
});

test('a file of empty lines is read in linear time', () => {
  const kdir = treeWith('\n'.repeat(100_000));
  const start = performance.now();
  collectSourceFiles(new KernelTree(kdir), MAIL.file);
  expect(performance.now() - start).toBeLessThan(2000);
});

describe('the compiler is limited in time', () => {
  /** Each definition has 8 times the text of the last. */
  const BOMB = Array.from({ length: 12 }, (_, i) => `#define A${i} ${`${i === 0 ? 'x' : `A${i - 1}`} `.repeat(8)}`);

  test('by a guard, whose ending names the file', async () => {
    const messages: SupervisionMessage[] = [];
    setSupervisor((message) => messages.push(message));
    onTestFinished(() => setSupervisor(undefined));
    await expect(compile({ kdir: emptyFolder(), file: MAIL.file, allowed: [] })).rejects.toThrow('is no file');
    expect(messages).toMatchObject([{ kind: 'guard' }, { kind: 'release' }]);
    const [guard] = messages as Extract<SupervisionMessage, { readonly kind: 'guard' }>[];
    expect(guard.seconds).toBeLessThan(60);
    for (const reason of ['late', 'out of memory'] as const) {
      expect(guard.endings[reason].status).toBe('usage');
      expect(guard.endings[reason].stderr).toMatch(/^gfnring: virt\/kvm\/gfnring\.c: .*\n$/);
    }
  });

  long('a macro that never ends', LONG, () => {
    const kdir = treeWith([...BOMB, 'int y[] = { A11 };'].join('\n'));
    expect(runIn('.', 'kernel', 'ring', '--kdir', kdir, '--file', MAIL.file)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^gfnring: virt\/kvm\/gfnring\.c: (it has not compiled after|compiling takes more memory)[^\n]*\n$/,
      ),
    });
  });
});

long('constructors do not run, and a folder may have the name of a member of an object', LONG, () => {
  const kdir = treeWith('#include "constructor/endless.h"', {
    'virt/kvm/constructor/endless.h': '__attribute__((constructor)) void endless(void) { for (;;); }\n',
  });
  expect(runIn('.', 'kernel', 'ring', '--kdir', kdir, '--file', MAIL.file)).toMatchObject({ status: 0, stderr: '' });
});
