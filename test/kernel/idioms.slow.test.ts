import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/kernel/compile/compile.ts';
import { emptyFolder } from '../commandLine.ts';
import { compiled, edited, MAIL } from './trees.ts';

const LONG = { timeout: 120_000 };

/** The mail's ring with statements before the push of an entry, and declarations before it. */
const withStatements = (statements: string, declarations = '') =>
  edited(
    MAIL,
    ['entry->slot = datum->slot;', `{ ${statements} } entry->slot = datum->slot;`],
    ['#include "kvm_mm.h"', `#include "kvm_mm.h"\n${declarations}`],
  );

test('names that kernel code uses compile, and accesses through them are hooked', LONG, async () => {
  const statements = [
    'u32 seen = data_race(entry->slot);',
    'ASSERT_EXCLUSIVE_WRITER(entry->slot); ASSERT_EXCLUSIVE_ACCESS(entry->slot);',
    'if (IS_ENABLED(CONFIG_SMP) || IS_ENABLED(CONFIG_NOT_THERE)) seen++;',
    'WARN_ONCE(seen == 77, "text %u", seen); WARN(seen == 78, "text");',
    'struct kvm_vcpu *vcpu = container_of(ring, struct kvm_vcpu, gfn_ring);',
    'lockdep_assert(vcpu || lockdep_is_held(&kvm->slots_lock)); lockdep_assert_held_write(&kvm->mmu_lock);',
    'struct kvm_dirty_gfn copy; memset(&copy, 0, sizeof(copy)); memcpy(&copy, datum, sizeof(copy));',
    'seen = clamp(min(seen, max(1u, seen)), 0u, 5u) + (u32)(BIT_ULL(40) >> 40) + min_t(u16, seen, 3);',
    'if (kvm_slot_dirty_track_enabled(slot)) swap(copy.slot, seen);',
    'atomic_t once = ATOMIC_INIT(1); (void)once; (void)array_index_nospec(seen, 4);',
    'pr_err_ratelimited("%u", seen); cond_resched(); rcu_read_lock(); rcu_read_unlock();',
  ];
  const { hooked, sites } = await compiled(withStatements(statements.join('\n')));
  expect(hooked).toMatchObject({ yield: 1, copy: 2 });
  expect(sites.some((site) => /^kvm_gfn_ring_push virt\/kvm\/gfnring\.c:\d+/.test(site))).toBe(true);
});

describe('locks of every form are locks of the scheduler', () => {
  const DECLARED = 'static DEFINE_MUTEX(one); static DEFINE_RWLOCK(many); DEFINE_STATIC_SRCU(readers);';

  test('mutexes and guards', LONG, async () => {
    const tree = withStatements(
      'guard(mutex)(&one); scoped_guard(spinlock, &two) { entry->slot = 0; if (0) break; }',
      `${DECLARED} static DEFINE_SPINLOCK(two);`,
    );
    const { hooked, globals } = await compiled(tree);
    expect(hooked).toMatchObject({ lock: 3, unlock: 3 });
    expect(globals.map(({ name, members }) => [name, members[0].is])).toEqual(
      expect.arrayContaining([
        ['one', 'mutex'],
        ['two', 'spinlock'],
      ]),
    );
  });

  test('locks with readers', LONG, async () => {
    const tree = withStatements(
      'int index = srcu_read_lock(&readers); read_lock(&many); read_unlock(&many); srcu_read_unlock(&readers, index);' +
        'write_lock(&many); write_unlock(&many); synchronize_srcu(&readers);',
      DECLARED,
    );
    const { hooked, globals } = await compiled(tree);
    expect(hooked).toMatchObject({ read_lock: 1, read_unlock: 1, srcu_lock: 1, srcu_unlock: 1, synchronize: 1 });
    expect(globals.map(({ members }) => members[0].is)).toEqual(expect.arrayContaining(['rwlock', 'srcu']));
  });
});

describe('what our headers lack', () => {
  const unknown = () => withStatements('entry->slot = SOME_NAME;');

  test('the message says whose lack it is and how to add it, once', LONG, async () => {
    const error = await compiled(unknown()).catch(({ message }) => message);
    expect(error).toMatch(/gfnring\.c:\d+:\d+: error: .*SOME_NAME.*gfnring's shim.* lacks SOME_NAME\. -D NAME=VALUE/);
    expect(error).not.toContain('gfnring: ');
  });

  test('without the headers of userspace, the message names the header', LONG, async () => {
    const { kdir, file } = edited(MAIL);
    const error = await compile({ kdir: `${kdir}/virt`, file: file.slice('virt/'.length), allowed: [] }).catch(
      ({ message }) => message,
    );
    expect(error).toMatch(/neither the tree nor gfnring's shim has linux\/kvm\.h/);
  });

  test('-D, --include and --shim add it', LONG, async () => {
    const tree = { ...unknown(), allowed: [] };
    await expect(compile({ ...tree, defines: ['SOME_NAME=3'] })).resolves.toBeDefined();
    const folder = emptyFolder();
    const header = join(folder, 'names.h');
    writeFileSync(header, '#define SOME_NAME 4\n');
    await expect(compile({ ...tree, includes: [header] })).resolves.toBeDefined();
    mkdirSync(join(folder, 'shim/linux'), { recursive: true });
    writeFileSync(join(folder, 'shim/linux/kconfig.h'), '#define SOME_NAME 5\n');
    await expect(compile({ ...tree, shims: [join(folder, 'shim')] })).resolves.toBeDefined();
  });

  test('an option of the kernel is set', LONG, async () => {
    const tree = withStatements('_Static_assert(IS_ENABLED(CONFIG_SOME), "is not set");');
    await expect(compiled(tree)).rejects.toThrow('is not set');
    await expect(compile({ ...tree, allowed: [], defines: ['CONFIG_SOME=1'] })).resolves.toBeDefined();
  });
});
