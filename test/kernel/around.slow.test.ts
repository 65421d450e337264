import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
      const { findings } = await report(edited(MAIL, ['mask = 1;', `mask = ${call} ? 0 : 1;`]), 'dirty-again');
      expect(findings[0].scenario.actors.at(-1)).toMatchObject({ name: 'timer' });
    },
  );
});

test('sections of readers of SRCU nest, and a thread that waits for readers does not wait for ever', LONG, async () => {
  const tree = edited(
    MAIL,
    [
      '\tKVM_MMU_LOCK(kvm);',
      '\tint one = srcu_read_lock(&kvm->srcu), two = srcu_read_lock(&kvm->srcu);\n\tKVM_MMU_LOCK(kvm);',
    ],
    [
      '\tKVM_MMU_UNLOCK(kvm);',
      '\tKVM_MMU_UNLOCK(kvm);\n\tsrcu_read_unlock(&kvm->srcu, two);\n\tsrcu_read_unlock(&kvm->srcu, one);\n' +
        '\tsynchronize_srcu(&kvm->srcu);',
    ],
  );
  expect(await report(tree, 'dirty-again')).toMatchObject({
    outcome: 'passed',
    kernel: { hooked: { synchronize: 1 } },
  });
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

  test(
    'a patch may add members to struct kvm and struct kvm_vcpu, and put the ring behind a pointer',
    LONG,
    async () => {
      const members = edited(
        tree,
        ['\tu32 dirty_ring_size;', '\tu32 dirty_ring_size;\n\tstruct mutex own_lock;\n\tu32 own_number;'],
        ['bool first_round = true;', 'bool first_round = true; guard(mutex)(&kvm->own_lock); kvm->own_number++;'],
      );
      const { stdout } = await runHere('.', 'kernel', 'two-resetters', '--kdir', members.kdir, '--dir', folder);
      expect(stdout).toMatch(/lock +kvm\.own_lock +kvm_dirty_ring_reset virt\/kvm\/dirty_ring\.c:\d+/);
      expect(stdout).toMatch(/write +kvm\.own_number = 1/);
      const behind = edited(tree, ['\tstruct kvm_dirty_ring dirty_ring;', '\tstruct kvm_dirty_ring *dirty_ring;']);
      const uses = ['virt/kvm/dirty_ring.c', 'virt/kvm/kvm_main.c', 'arch/x86/kvm/x86.c'].filter((path) =>
        existsSync(join(behind.kdir, path)),
      );
      for (const path of uses) {
        const text = readFileSync(join(behind.kdir, path), 'latin1');
        writeFileSync(join(behind.kdir, path), text.replaceAll('&vcpu->dirty_ring', 'vcpu->dirty_ring'), 'latin1');
      }
      expect(await report(behind, 'wrap')).toMatchObject({ outcome: 'passed' });
    },
  );
});
