import { describe, expect, test } from 'vitest';
import { runHere, temporaryFolder } from '../commandLine.ts';
import { edited, MAIL, type Tree } from './trees.ts';

const { folder } = temporaryFolder();
const kernel = (tree: Tree, ...args: string[]) =>
  runHere('.', 'kernel', '--kdir', tree.kdir, '--file', tree.file, '--dir', folder, ...args);
const LONG = { timeout: 600_000 };

describe('--before compares two trees', () => {
  const wrong = (): Tree => edited(MAIL, ['index & (ring->size - 1)', 'index % (ring->size - ring->size)']);

  test('a finding of the patch is new, and has a trace', LONG, async () => {
    const { status, stdout } = await kernel(wrong(), 'ring', 'wrap', '--before', MAIL.kdir);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ring +proved +G4 the kernel does not crash +new: G4 the kernel does not crash$/m);
    expect(stdout).toContain('\n2 new findings, 0 gone\n');
    expect(stdout).toMatch(/kvm_gfn_ring_push virt\/kvm\/gfnring\.c:\d+:\d+/);
  });

  test('a finding that the patch removes is gone, and leaves status 0', LONG, async () => {
    const { status, stdout } = await kernel(MAIL, 'ring', '--before', wrong().kdir, '--markdown');
    expect([status, stdout.split('\n')]).toEqual([
      0,
      [
        '| scenario | before                       | after  | |',
        '| --- | --- | --- | --- |',
        '| ring     | G4 the kernel does not crash | proved | gone: G4 the kernel does not crash |',
        '',
        '0 new findings, 1 gone',
        '',
      ],
    ]);
  });

  test('--json has the rows, with the new findings', LONG, async () => {
    const { status, stdout } = await kernel(wrong(), 'ring', '--before', MAIL.kdir, '--json');
    const [row] = JSON.parse(stdout).rows;
    expect([status, row.scenario, row.before]).toEqual([1, 'ring', 'proved']);
    expect(row.fresh).toMatchObject([{ property: 'G4 the kernel does not crash', catalogue: null }]);
  });

  test('--markdown alone is refused', async () => {
    const { status, stderr } = await kernel(MAIL, 'ring', '--markdown');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/--markdown .*--before/)]);
  });
});
