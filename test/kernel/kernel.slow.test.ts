import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { KernelError } from '../../src/kernel/compiled.ts';
import { emptyFolder, main, runHere, runNode, temporaryFolder } from '../commandLine.ts';
import { testKernelPatchExample } from './kernelPatchExample.ts';
import { compiled, edited, MAIL, TREES, type Tree, treesOrNone } from './trees.ts';

const { folder } = temporaryFolder();
const gfnring = (...args: string[]) => runHere('.', ...args);
const kernel = (tree: Tree, ...args: string[]) =>
  gfnring('kernel', '--kdir', tree.kdir, '--file', tree.file, '--dir', folder, ...args);
const report = async (tree: Tree, ...args: string[]) => JSON.parse((await kernel(tree, ...args, '--json')).stdout);

async function expectRejected(tree: Tree, message: RegExp): Promise<void> {
  const { status, stderr, stdout } = await kernel(tree, '--quiet');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
}

const LONG = { timeout: 600_000 };
/** Runs only in `npm run test:long`. */
const long = test.skipIf(process.env.GFNRING_LONG === undefined);
beforeAll(() => compiled(MAIL), 120_000);

describe("the mail's ring in C", () => {
  test('is proved instead of ours, also with hostile userspace and other trackers', LONG, async () => {
    const scenarios = ['ring', 'wrap', 'hostile-entry', 'host-write', 'beside'];
    const { outcome, kernel: of, scenarios: reports, tracker } = await report(MAIL, ...scenarios);
    expect([outcome, tracker, reports.length]).toEqual(['passed', 'gfn-ring', scenarios.length]);
    expect(of).toMatchObject({ file: MAIL.file, hooked: { load: 20, store: 10, lock: 1, unlock: 1 }, unhooked: [] });
  });

  // With GFNRING_LONG set, under tso too.
  test('is proved under rc11', LONG, async () => {
    for (const model of process.env.GFNRING_LONG === undefined ? ['rc11'] : ['tso', 'rc11'])
      expect(await report(MAIL, 'ring', 'full-ring', '--memory-model', model)).toMatchObject({
        memoryModel: model,
        outcome: 'passed',
      });
  });
});

test('runs on free-running threads, and their results are linearizable', LONG, async () => {
  const { hooked, unhooked, taken, ours, ...of } = (await report(MAIL, 'wrap')).kernel;
  const { scenarios } = JSON.parse((await gfnring('list', '--json')).stdout);
  const path = join(folder, 'ring.json');
  writeFileSync(
    path,
    JSON.stringify({ ...scenarios.find(({ name }: { name: string }) => name === 'ring'), kernel: of }),
  );
  const { findings, histories } = JSON.parse((await gfnring('stress', path, '--runs', '500', '--json')).stdout);
  expect([findings, histories.ok > 0]).toEqual([[], true]);
});

long('a trap in compiled code is a crash, and a finding', LONG, async () => {
  const tree = edited(MAIL, ['index & (ring->size - 1)', 'index % (ring->size - ring->size)']);
  expect((await report(tree, 'ring')).findings[0]).toMatchObject({
    property: 'G4 the kernel does not crash',
    message: expect.stringMatching(/by zero, after .*virt\/kvm\/gfnring\.c:/),
  });
});

long("a file with only the mail's functions, whose reset returns a bool", LONG, async () => {
  const tree = edited(
    MAIL,
    ['int __kvm_gfn_ring_reset(', 'static int do_reset('],
    ['return __kvm_gfn_ring_reset(', 'return do_reset('],
  );
  expect(await report(tree, 'two-resetters', 'hostile-cons')).toMatchObject({
    outcome: 'passed',
    kernel: { returns: 'bool' },
  });
});

/** The first finding of a scenario. */
const findingOf = async (tree: Tree, scenario: string, ...args: string[]) =>
  (await report(tree, scenario, ...args)).findings[0];

describe('small changes of the C code are found', () => {
  const broken: readonly (readonly [what: string, from: string, to: string, scenario: string, model: string])[] = [
    [
      'prod is published without release',
      'smp_store_release(&ring->data->indices.prod, (u16)(prod + 1))',
      'WRITE_ONCE(ring->data->indices.prod, (u16)(prod + 1))',
      'ring',
      'rc11',
    ],
    [
      "userspace's cons is not checked",
      'if (count > (u16)(READ_ONCE(ring->prod_index) - first))',
      'if (0)',
      'hostile-cons',
      'sc',
    ],
  ];
  test(
    'a struct assignment to an entry is hooked word by word, and overwrites the indices in entry 0',
    LONG,
    async () => {
      const tree = edited(MAIL, ['entry->slot = datum->slot;\n\tentry->offset = datum->offset;', '*entry = *datum;']);
      const [finding] = (await report(tree, 'ring')).findings;
      expect(finding.property).toMatch(/^R8|^R3/);
      expect((await gfnring('replay', finding.file, '--lines')).stdout).toMatch(
        /write +ring0\[0\]\.pad = 0 .*kvm_gfn_ring_push virt\/kvm\/gfnring\.c:44/,
      );
    },
  );

  long('a struct assignment from an entry to the stack is hooked word by word', LONG, async () => {
    const tree = edited(
      MAIL,
      ['u32 slot = READ_ONCE(entry->slot);', 'struct kvm_dirty_gfn datum = *entry;\n\t\tu32 slot = datum.slot;'],
      ['u64 offset = READ_ONCE(entry->offset);', 'u64 offset = datum.offset;'],
    );
    expect(await report(tree, 'ring', 'hostile-entry')).toMatchObject({
      outcome: 'passed',
      kernel: { hooked: { copy: 1 } },
    });
  });

  test.each(broken)('%s', LONG, async (_, from, to, scenario, model) => {
    const tree = edited(MAIL, [from, to]);
    const finding = await findingOf(tree, scenario, '--memory-model', model);
    expect(finding).toMatchObject({ catalogue: null, memoryModel: model, scenario: { kernel: { file: MAIL.file } } });
    const again = await gfnring('replay', finding.file, '--lines');
    expect([again.status, again.stdout]).toEqual([1, expect.stringContaining(finding.property)]);
    expect(again.stdout).toMatch(/kvm_gfn_ring_\w+ virt\/kvm\/gfnring\.c:\d+:\d+/);
    // Worker threads are sequentially consistent.
    if (model === 'sc')
      expect((await gfnring('replay', finding.file, '--on', 'workers')).stdout).toContain(finding.property);
  });
});

describe('the patches in examples/kernel-patch', testKernelPatchExample);

/** A tree of one C file. It uses our own headers. */
function treeWith(text: string, file = MAIL.file): Tree {
  const kdir = emptyFolder();
  mkdirSync(join(kdir, dirname(file)), { recursive: true });
  writeFileSync(join(kdir, file), text);
  return { kdir, file };
}

test('atomics of C11 and of Linux, of every order, are accesses', LONG, async () => {
  const before = [
    'u32 seen = __atomic_exchange_n(&entry->slot, 1, __ATOMIC_RELAXED);',
    '__atomic_compare_exchange_n(&entry->slot, &seen, 2, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);',
    '__atomic_thread_fence(__ATOMIC_RELEASE);',
    '__atomic_store_n(&entry->slot, __atomic_load_n(&entry->slot, __ATOMIC_SEQ_CST), __ATOMIC_SEQ_CST);',
    'xchg_relaxed(&entry->slot, cmpxchg_acquire(&entry->slot, 1, 2));',
    'atomic_t *counter = (atomic_t *)&entry->slot; atomic_inc(counter); atomic_sub_return_release(1, counter);',
  ];
  const tree = edited(MAIL, ['entry->slot = datum->slot;', `{ ${before.join(' ')} } entry->slot = datum->slot;`]);
  const { outcome, kernel: of } = await report(tree, 'ring');
  expect(outcome).toBe('passed');
  expect(of).toMatchObject({ hooked: { rmw: 6, fence: 1 }, unhooked: [] });
});

describe('an error of compilation is one line', () => {
  test.each([
    ['an error of C', () => edited(MAIL, ['u16 prod = ', 'u17 prod = ']), /gfnring\.c:34:\d+: error: .*u17/],
    [
      'an undefined function',
      () =>
        edited(
          MAIL,
          ['entry->slot = datum->slot;', 'entry->slot = kvm_elsewhere();'],
          ['#include "kvm_mm.h"', '#include "kvm_mm.h"\nint kvm_elsewhere(void);'],
        ),
      /^virt\/kvm\/gfnring\.c: it calls kvm_elsewhere/,
    ],
    [
      'a crash of the compiler',
      () => edited(MAIL, ['entry->slot = datum->slot;', '\n#pragma clang __debug crash\n']),
      /^virt\/kvm\/gfnring\.c: clang crashes: /,
    ],
    [
      'an access that cannot be hooked',
      () => edited(MAIL, ['entry->slot = datum->slot;', '__atomic_fetch_xor(&entry->slot, 1, __ATOMIC_SEQ_CST);']),
      /cannot be hooked.*kvm_gfn_ring_push virt\/kvm\/gfnring\.c:44:\d+: .*atomicrmw/,
    ],
  ] as const)('%s', LONG, async (_, tree, message) => {
    const error = await compiled(tree()).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(KernelError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  });
});

describe('an unsuitable file ends in one line and status 2', () => {
  test.each([
    ['no tree', () => ({ kdir: '/nowhere', file: MAIL.file }), /\/nowhere is no folder/],
    ['no file', () => ({ kdir: MAIL.kdir, file: 'virt/kvm/none.c' }), /none\.c is no file of the tree/],
    ['another file', () => treeWith('int x;'), /defines neither kvm_dirty_ring_push nor kvm_gfn_ring_push/],
    ['a folder', () => ({ kdir: MAIL.kdir, file: 'virt/kvm' }), /virt\/kvm is no file of the tree/],
    [
      'a file outside the tree',
      () => ({ kdir: 'examples/kernel/virt', file: '../include/uapi/linux/kvm.h' }),
      /is no file/,
    ],
  ] as const)('%s', LONG, (_, tree, message) => expectRejected(tree(), message));
});

describe('an unsupported ring ends in one line and status 2', () => {
  long.each([
    [
      'half a word of the ring',
      () => edited(MAIL, ['u16 prod = READ_ONCE(ring->prod_index);', 'u16 prod = *(u8 *)&ring->prod_index;']),
      /kvm_gfn_ring_push virt\/kvm\/gfnring\.c:34:\d+ accesses 1 bytes of ring0\.prod_index, which has 2/,
    ],
    [
      'a union in the ring',
      () =>
        edited(MAIL, [
          'u16 prod_index; /* written by the vCPU that owns the ring, before it is announced */\n\tu16 cons_index;',
          'union { u32 both; struct { u16 prod_index; u16 cons_index; }; };',
        ]),
      /struct kvm_gfn_ring_t: prod_index lies over another member/,
    ],
    [
      'memory that it allocates beside its entries',
      () =>
        edited(
          MAIL,
          ['u32 size; /*', 'u32 *seen;\n\tu32 size; /*'],
          ['\tring->size = size;', '\tring->seen = vzalloc(64);\n\tring->size = size;'],
          ['entry->slot = datum->slot;', 'entry->slot = datum->slot;\n\tring->seen[3] = 1;'],
        ),
      /kvm_gfn_ring_push virt\/kvm\/gfnring\.c:\d+:\d+ writes memory that the file has allocated beside/,
    ],
  ] as const)('%s', LONG, (_, tree, message) => expectRejected(tree(), message));
});

describe('an unknown scenario ends in status 2', () => {
  test('a name that does not exist', async () => {
    expect(await kernel(MAIL, 'nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('unknown scenario nothing'),
    });
  });

  test.each([
    [['--as', 'dirty-ring@6.12'], /^gfnring: --as dirty-ring@6\.12: .*gfnring\.c has the functions of gfn-ring\./],
    [['--ignore', 'B20,B99'], /^gfnring: --ignore B99: no known defect has that number\. Known are .*B22\n$/],
  ])('%s', async (options, message) => {
    const { status, stdout, stderr } = await kernel(MAIL, 'wrap', ...options, '--quiet');
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });

  test('a finding whose file was not compiled here', async () => {
    const spec = (await report(MAIL, 'wrap')).scenarios;
    expect(spec).toHaveLength(1);
    const scenario = {
      ...JSON.parse((await gfnring('list', '--json')).stdout).scenarios.find(
        ({ name }: { name: string }) => name === 'wrap',
      ),
      kernel: { file: 'a.c', key: '0'.repeat(64) },
    };
    const path = join(folder, 'elsewhere.json');
    writeFileSync(path, JSON.stringify(scenario));
    expect(await gfnring('explore', path)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/a\.c is not compiled here .*gfnring kernel --kdir/),
    });
  });
});

test('without the compiler one line names the packages to install', () => {
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  at(
    'resolve.mjs',
    `export const resolve = (name, context, next) => {
       if (/^binaryen|tree-sitter/.test(name) || name.startsWith('@yowasp/')) throw Object.assign(new Error(name), { code: 'ERR_MODULE_NOT_FOUND' });
       return next(name, context);
     };`,
  );
  const hide = at('hide.mjs', `import { register } from 'node:module'; register('./resolve.mjs', import.meta.url);`);
  const args = ['--no-deprecation', '--import', hide, main, 'kernel', '--kdir', MAIL.kdir, '--file', MAIL.file];
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'empty') };
  const { status, stderr } = runNode(args, { env });
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/npm install .*@yowasp\/clang@\S+ binaryen@\S+ web-tree-sitter@\S+ tree-sitter-c@\S+\n$/),
  ]);
});

/** Kernel trees that GFNRING_KDIR names. */
describe.skipIf(TREES.length === 0).each(treesOrNone)('$kdir', (tree: Tree) => {
  test.each(['sc', 'tso', 'rc11'])('only known defects of that version, under %s', LONG, async (model) => {
    const { stdout, status } = await kernel(tree, '--memory-model', model, '--accept-known', '--json');
    expect(status).toBe(0);
    const { findings, scenarios } = JSON.parse(stdout);
    expect(findings.map(({ catalogue }: { catalogue: string }) => catalogue)).toEqual(
      expect.arrayContaining(['B20', 'B21', 'B22']),
    );
    expect(scenarios.filter(({ exhausted }: { exhausted: boolean }) => exhausted).length).toBeGreaterThan(15);
  });

  test('hostile flags keep reset running', LONG, async () => {
    expect(await findingOf(tree, 'endless-reset')).toMatchObject({
      catalogue: 'B16',
      property: expect.stringContaining('G2'),
    });
  });

  test('with the signature of 6.17 a signal drops pages (B19), and there is no unknown defect', LONG, async () => {
    const declared = 'int kvm_dirty_ring_reset(struct kvm *kvm, struct kvm_dirty_ring *ring';
    const sixSeventeen = edited(
      tree,
      [`${declared})\n`, `${declared}, int *taken)\n`],
      [`${declared});`, `${declared}, int *taken);`],
      ['	int count = 0;\n', ''],
      ['	while (true) {\n', '	while (*taken < INT_MAX) {\n		if (signal_pending(current))\n			return -EINTR;\n'],
      ['		count++;\n', '		(*taken)++;\n'],
      ['	return count;\n', '	return 0;\n'],
    );
    const { tracker, findings } = await report(sixSeventeen, 'signal', 'wrap', 'migrate', 'two-resetters');
    expect([tracker, findings.map(({ catalogue }: { catalogue: string }) => catalogue).sort()]).toEqual([
      'dirty-ring@6.17',
      ['B19', 'B20'],
    ]);
  });

  const FIXED = '!memslot || offset >= memslot->npages ||\n\t    offset + __fls(mask) >= memslot->npages';
  test.each([
    [
      'the bound as before CVE-2026-52969',
      FIXED,
      '!memslot || (offset + __fls(mask)) >= memslot->npages',
      'wrapped-offset',
      'sc',
    ],
    ['no smp_wmb', '\tsmp_wmb();\n', '', 'handed-over', 'rc11'],
    ['no set_invalid', '\t\tkvm_dirty_gfn_set_invalid(entry);\n', '', 'dirty-again', 'sc'],
    ['no acquire', 'smp_load_acquire(&gfn->flags)', 'READ_ONCE(gfn->flags)', 'handed-over', 'rc11'],
    ['no mask', 'ring->dirty_index & (ring->size - 1)', 'ring->dirty_index', 'wrap', 'sc'],
    ['no offset', '\tentry->offset = offset;\n', '', 'handed-over', 'sc'],
  ] as const)('%s', LONG, async (_, from, to, scenario, model) => {
    const finding = await findingOf(edited(tree, [from, to]), scenario, '--memory-model', model);
    expect(finding).toMatchObject({ catalogue: null });
  });
});
