import { describe, expect, test } from 'vitest';
import { outsideEventsOf } from '../../src/scenario/compiledKernel.ts';
import { runHere, temporaryFolder } from '../commandLine.ts';
import { compiled, edited, MAIL, TREES, type Tree, treesOrNone } from './trees.ts';

const LONG = { timeout: 300_000 };
const { folder } = temporaryFolder();

async function report({ kdir, file }: Tree, ...args: string[]) {
  const { stdout } = await runHere('.', 'kernel', '--kdir', kdir, '--file', file, '--dir', folder, '--json', ...args);
  return JSON.parse(stdout);
}

describe('a file that asks whether it should yield is asked to, at any time', () => {
  test('code that is right is proved', LONG, async () => {
    const tree = edited(MAIL, ['mask = 1;', 'mask = 1;\n\t\tif (need_resched()) cond_resched();']);
    expect(outsideEventsOf(await compiled(tree))).toEqual({ resched: true, signals: false });
    expect(await report(tree, 'wrap', 'full-ring')).toMatchObject({
      outcome: 'passed',
      kernel: { hooked: { resched: 1 } },
    });
  });

  test.each(['need_resched()', 'spin_needbreak(&kvm->mmu_lock)', 'signal_pending(current)'])(
    'a page that is dropped after %s is found',
    LONG,
    async (call) => {
      const { findings } = await report(edited(MAIL, ['mask = 1;', `mask = ${call} ? 0 : 1;`]), 'wrap', 'vm');
      expect(findings[0].scenario.actors.at(-1)).toMatchObject({ name: 'timer' });
    },
  );
});

describe.skipIf(TREES.length === 0).each(treesOrNone)('the functions around the file, of $kdir', (tree: Tree) => {
  test('B20 is found in the ioctl of Linux', LONG, async () => {
    const { findings, kernel } = await report(tree, 'two-resetters');
    expect(kernel.taken).toContainEqual(
      expect.objectContaining({ name: 'kvm_vm_ioctl_reset_dirty_pages', file: 'virt/kvm/kvm_main.c' }),
    );
    expect(findings[0].catalogue).toBe('B20');
    const { stdout } = await runHere('.', 'kernel', 'two-resetters', '--kdir', tree.kdir, '--dir', folder);
    expect(stdout).toMatch(/unlock slots_lock +kvm_vm_ioctl_reset_dirty_pages virt\/kvm\/kvm_main\.c:\d+/);
    expect(stdout).toMatch(/in the place of the rest of the kernel: (?!.*kvm_main)/);
  });

  test('a flush before the unlock mends it', LONG, async () => {
    const flush = 'kvm_flush_remote_tlbs(kvm);';
    const unlock = 'mutex_unlock(&kvm->slots_lock);\n\n\tif (cleared)';
    const mended = edited(tree, [unlock, `${flush}\n\t${unlock}`]);
    expect(await report(mended, 'two-resetters')).toMatchObject({ outcome: 'passed', findings: [] });
  });

  test('without kvm_main.c ours runs, and the output says so', LONG, async () => {
    const { kernel } = await report({ ...edited(tree), file: tree.file }, 'wrap');
    expect(kernel.ours).not.toContain('mark_page_dirty_in_slot');
    const bare = edited(tree, [
      'kvm_vm_ioctl_reset_dirty_pages(struct kvm *kvm)\n{',
      'another_name(struct kvm *kvm)\n{',
    ]);
    expect((await report(bare, 'wrap')).kernel.ours).toContain('kvm_vm_ioctl_reset_dirty_pages');
  });
});
