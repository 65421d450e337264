import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KernelTree } from '../../src/kernel/compile/kernelTree.ts';
import { collectSourceFiles } from '../../src/kernel/compile/sourceTree.ts';
import { aroundFiles, sliceAround } from '../../src/kernel/slice/around.ts';
import { definitionsOf } from '../../src/kernel/slice/definitions.ts';
import { sliceOfEnterGuest } from '../../src/kernel/slice/enterGuest.ts';
import { parseC } from '../../src/kernel/slice/parser.ts';
import { emptyFolder } from '../commandLine.ts';

const FILE = 'virt/kvm/dirty_ring.c';
const MAIN = `#include <linux/other.h>
static int helper(int n)
{
	return n + LIMIT;
}
#ifdef CONFIG_ODD
static int kvm_vm_ioctl_reset_dirty_pages(struct kvm *kvm) { return -1; }
#else
static int kvm_vm_ioctl_reset_dirty_pages(struct kvm *kvm)
{
	return helper(kvm->turns) + needed(kvm);
}
#endif
static int unrelated(void) { return elsewhere(); }
`;
const HOST = `#ifndef HOST_H
#define HOST_H
#define LIMIT 7
#define UNUSED 8
struct inner { int depth; int other; };
struct kvm {
	struct mutex slots_lock;
#ifdef CONFIG_ODD
	char turns;
#else
	u32 turns;
#endif
	struct inner *in;
	long unused;
};
static inline int needed(struct kvm *kvm) { return kvm->in->depth; }
#endif
`;

/** A tree of our own files. */
function sliced(files: Readonly<Record<string, string>>, defines: readonly string[] = []) {
  const kdir = emptyFolder();
  const all = { [FILE]: 'void kvm_dirty_ring_push(void) { trace_own_event(1); }\n', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(kdir, dirname(path)), { recursive: true });
    writeFileSync(join(kdir, path), text);
  }
  const [collected, around] = [collectSourceFiles(new KernelTree(kdir), FILE), aroundFiles(new KernelTree(kdir))];
  return sliceAround({ file: FILE, files: collected, around, defines, isMail: false });
}

describe('the parts of a tree around the file', () => {
  test('a function is taken with what it calls in its file, at its lines', async () => {
    const { text, taken, ours } = await sliced({ 'virt/kvm/kvm_main.c': MAIN, 'include/linux/kvm_host.h': HOST });
    expect(taken).toEqual([
      { name: 'helper', file: 'virt/kvm/kvm_main.c', line: 2 },
      { name: 'kvm_vm_ioctl_reset_dirty_pages', file: 'virt/kvm/kvm_main.c', line: 9 },
    ]);
    expect(text).toContain('#line 9 "virt/kvm/kvm_main.c"\nstatic int kvm_vm_ioctl_reset_dirty_pages');
    expect(text).not.toContain('unrelated');
    expect(ours).toContain('mark_page_dirty_in_slot');
  });

  test('members, macros and inline functions of kvm_host.h are taken where they are used', async () => {
    const { headers } = await sliced({ 'virt/kvm/kvm_main.c': MAIN, 'include/linux/kvm_host.h': HOST });
    const of = (part: string): string => headers.get(`gfnring-shim/linux/gfnring_tree_${part}.h`)!;
    expect(of('kvm').trim().split(/\n\t?/)).toEqual(['u32 turns;', 'struct inner *in;']);
    expect(of('structs')).toBe('struct inner {\n\tint depth;\n};\n');
    expect(of('macros')).toContain('#define LIMIT 7');
    expect(of('macros')).not.toContain('UNUSED');
    expect(of('macros')).toContain('#define trace_own_event(...)');
    expect(of('functions')).toContain('static inline int needed');
  });

  test('conditions of the preprocessor hold as --config says', async () => {
    const files = { 'virt/kvm/kvm_main.c': MAIN, 'include/linux/kvm_host.h': HOST };
    const { taken } = await sliced(files, ['CONFIG_ODD=1']);
    expect(taken.map(({ line }) => line)).toEqual([7]);
  });

  test('nothing is taken of a tree without these files', async () => {
    const { taken, text, ours } = await sliced({});
    expect([taken, text, ours.length]).toEqual([[], '', 5]);
  });

  test.each([
    ['struct kvm_vcpu { struct kvm_dirty_ring *dirty_ring; };', ['GFNRING_OWN_RING']],
    ['struct kvm_vcpu { struct kvm_dirty_ring dirty_ring; };', []],
    [
      'struct both { struct kvm_dirty_ring dirty_ring; };\nstruct kvm_vcpu { struct both *both; };',
      ['GFNRING_OWN_RING', 'GFNRING_COMMON=both', 'GFNRING_RING(vcpu)=(vcpu)->both->dirty_ring'],
    ],
  ])('where the ring of a vCPU is: %s', async (host, defines) => {
    expect((await sliced({ 'include/linux/kvm_host.h': host })).defines).toEqual(defines);
  });
});

test('of vcpu_enter_guest, the check of the ring is taken with the conditions around it', async () => {
  const root = await parseC(`static int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
	if (pending(vcpu)) {
		if (dead(vcpu))
			return 1;
		if (kvm_dirty_ring_check_request(vcpu)) {
			r = 0;
			goto out;
		}
	}
}
`);
  const { text, node } = sliceOfEnterGuest(root, 'x86.c')!;
  expect(node.startPosition.row).toBe(5);
  expect(text).toMatch(/#line 3 "x86.c"\nif \(pending\(vcpu\)\) \{\n\n#line 6 "x86.c"\nif \(kvm_dirty_ring_check/);
  expect(text).not.toContain('dead');
  expect(sliceOfEnterGuest(await parseC('int other;'), 'x86.c')).toBeUndefined();
});

test('a condition of defined, IS_ENABLED and logic is evaluated', async () => {
  const root = await parseC(`#if defined(A) && !IS_ENABLED(B) || (0)
int here;
#elif defined(C)
int there;
#else
int nowhere;
#endif
`);
  const names = (...defined: string[]): string[] => [
    ...definitionsOf(root, 'a.c', (name) => defined.includes(name)).keys(),
  ];
  expect([names('A'), names('A', 'B'), names('C')]).toEqual([['here'], ['nowhere'], ['there']]);
});
