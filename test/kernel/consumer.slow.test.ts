import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHere, temporaryFolder } from '../commandLine.ts';

const { folder } = temporaryFolder();
const LONG = { timeout: 600_000 };
const MAIL = ['--kdir', 'examples/kernel', '--file', 'virt/kvm/gfnring.c'];

/** Writes a consumer. */
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const gfnring = (consumer: string, harvest: string, ...args: string[]) =>
  runHere('.', 'kernel', '--consumer', consumer, '--harvest', harvest, '--dir', folder, ...args);
const report = async (consumer: string, harvest: string, ...args: string[]) =>
  JSON.parse((await gfnring(consumer, harvest, '--json', ...args)).stdout);

describe('examples/consumer', () => {
  test('right.c is proved with our own ring, under every model', LONG, async () => {
    const { outcome, consumer } = await report('examples/consumer/right.c', 'harvest', 'overtaken', 'wrap');
    expect(outcome).toBe('passed');
    expect(consumer).toMatchObject({ harvest: 'harvest', ring: 'dirty-ring', hooked: { load: 5, store: 2 } });
    for (const model of ['tso', 'rc11'])
      expect(
        (await report('examples/consumer/right.c', 'harvest', 'dirty-again', 'handed-over', '--memory-model', model))
          .outcome,
      ).toBe('passed');
  });

  test('wrong.c reports a page twice, and another never', LONG, async () => {
    const { findings, differences } = await report('examples/consumer/wrong.c', 'harvest', 'overtaken');
    expect(findings[0].property).toBe('NL5 every page that was written is reported, or still recorded');
    expect(differences[0].property).toMatch(/^F-4/);
    const again = await runHere('.', 'replay', findings[0].file, '--lines');
    expect([again.status, again.stdout]).toEqual([
      1,
      expect.stringMatching(/harvest examples\/consumer\/wrong\.c:\d+:\d+/),
    ]);
  });

  test('without its acquire, right.c loses a page under rc11 alone', LONG, async () => {
    const text = RIGHT.replace('__ATOMIC_ACQUIRE', '__ATOMIC_RELAXED');
    const consumer = file('relaxed.c', text);
    expect((await report(consumer, 'reap', 'dirty-again', 'handed-over')).outcome).toBe('passed');
    const { findings } = await report(consumer, 'reap', 'dirty-again', '--memory-model', 'rc11');
    expect(findings[0].property).toBe('no dirty page is ever lost');
  });
});

/** Plain C with its own struct, and without a header. Its callback has an address space. */
const RIGHT = `typedef unsigned u32; typedef unsigned long long u64;
struct kvm_dirty_gfn { u32 flags, slot; u64 offset; };
static u32 taken;
int reap(void (*found)(void *, int as_id, u32 slot, u64 page), void *opaque, struct kvm_dirty_gfn *ring, u32 *next, u32 entries)
{
	for (;; ++*next, taken++) {
		struct kvm_dirty_gfn *entry = ring + *next % entries;
		if (__atomic_load_n(&entry->flags, __ATOMIC_ACQUIRE) != 1) return 0;
		struct kvm_dirty_gfn copy = *entry;
		found(opaque, copy.slot >> 16, copy.slot & 0xffff, copy.offset);
		__atomic_store_n(&entry->flags, 2, __ATOMIC_RELEASE);
	}
}
`;

/** In the form of QEMU's file. Only what the function uses can be compiled. */
const QEMU = `#include "qemu/osdep.h"
#include "exec/everything.h"
static void mark(KVMState *state, uint32_t space, uint32_t slot, uint64_t page)
{
	if (space >= state->nr_as) return;
	KVMSlot *of = &state->as[space].ml->slots[slot];
	if (page < of->memory_size / qemu_real_host_page_size()) set_bit(page, of->dirty_bmap);
}
static uint32_t reap(KVMState *state, CPUState *cpu)
{
	uint32_t index = cpu->kvm_fetch_index, first = index;
	assert(cpu->kvm_dirty_gfns);
	trace_reap(cpu->cpu_index);
	for (struct kvm_dirty_gfn *entry;; index++) {
		entry = cpu->kvm_dirty_gfns + index % state->kvm_dirty_ring_size;
		if (qatomic_load_acquire(&entry->flags) != KVM_DIRTY_GFN_F_DIRTY) break;
		mark(state, entry->slot >> 16, entry->slot & 0xffff, entry->offset);
		qatomic_store_release(&entry->flags, KVM_DIRTY_GFN_F_RESET);
	}
	cpu->kvm_fetch_index = index;
	cpu->dirty_pages += index - first;
	return index - first;
}
static Unknown *elsewhere(Other *of) { return of->that; }
`;

/** In the form of KVM's selftests. */
const SELFTEST = `#include "kvm_util.h"
static uint32_t test_dirty_ring_count = 65536;
static uint64_t last;
static uint32_t collect(struct kvm_dirty_gfn *gfns, int slot, void *bitmap, uint32_t num_pages, uint32_t *fetch_index)
{
	uint32_t count = 0;
	for (struct kvm_dirty_gfn *gfn; ; (*fetch_index)++, count++) {
		gfn = &gfns[*fetch_index % test_dirty_ring_count];
		if (smp_load_acquire(&gfn->flags) != KVM_DIRTY_GFN_F_DIRTY) return count;
		TEST_ASSERT(gfn->slot == slot, "another slot %u", gfn->slot);
		TEST_ASSERT(gfn->offset < num_pages, "no such page");
		__set_bit_le(gfn->offset, bitmap);
		last = gfn->offset;
		smp_store_release(&gfn->flags, KVM_DIRTY_GFN_F_RESET);
	}
}
`;

const SHAPES = [
  ['a callback', RIGHT, 'reap', []],
  ["QEMU's", QEMU, 'reap', ['mark', 'reap']],
  ["the selftests'", SELFTEST, 'collect', ['test_dirty_ring_count', 'last', 'collect']],
] as const;

describe('shapes of a harvest', () => {
  test.each(SHAPES)('%s is proved, and reports what it harvests', LONG, async (_, text, harvest, cut) => {
    const consumer = file(`${harvest}-${text.length}.c`, text);
    const { outcome, consumer: of } = await report(consumer, harvest, 'handed-over', 'dirty-again', 'forged-entry');
    expect([outcome, of.taken.map(({ name }: { name: string }) => name)]).toEqual(['passed', cut]);
  });

  test.each(SHAPES)('%s loses a page where it skips one', LONG, async (_, text, harvest) => {
    const skips = text.replace(/!= (1|KVM_DIRTY_GFN_F_DIRTY)\)/, '!= $1 || entry_is_odd)');
    const index = harvest === 'collect' ? '*fetch_index' : text === QEMU ? 'index' : '*next';
    const consumer = file(`skips-${text.length}.c`, skips.replace('entry_is_odd', `(${index} & 1)`));
    expect((await report(consumer, harvest, 'dirty-again', '--as', 'none')).findings).toHaveLength(1);
  });

  test('an adapter calls a function with parameters that are not known', LONG, async () => {
    const text = RIGHT.replace('int reap(', 'struct vmm { int x; };\nstatic int reap(struct vmm *vmm, ');
    const adapter = file(
      'adapter.c',
      `static void found(void *of, int as_id, u32 slot, u64 page) { consumer_report(as_id << 16 | slot, page); }
       void adapted(struct kvm_dirty_gfn *ring, u32 size, u32 *next) { reap(0, found, 0, ring, next, size); }`,
    );
    expect((await report(file('adapted.c', text), 'adapted', 'dirty-again', '--adapter', adapter)).outcome).toBe(
      'passed',
    );
  });
});

/** Of the ring of the mail, which publishes its index. */
const OF_MAIL = `#include <stdint.h>
#include <linux/kvm.h>
void harvest(struct kvm_dirty_log_list *list, uint32_t size, uint32_t max, void (*report)(uint32_t, uint64_t))
{
	uint16_t cons = list->indices.cons;
	uint16_t count = __atomic_load_n(&list->indices.prod, __ATOMIC_ACQUIRE) - cons;
	if (count > max) count = max;
	for (uint16_t i = 0; i < count; i++) {
		struct kvm_dirty_gfn entry = list->dirty_gfns[(uint16_t)(cons + i) % size];
		report(entry.slot, entry.offset);
	}
	__atomic_store_n(&list->indices.cons, (uint16_t)(cons + count), __ATOMIC_RELEASE);
}
`;

describe("the kernel's C file and a consumer's", () => {
  test('are proved together', LONG, async () => {
    const { outcome, kernel, consumer } = await report(
      file('mail.c', OF_MAIL),
      'harvest',
      'ring',
      'full-ring',
      ...MAIL,
    );
    expect([outcome, kernel.file, consumer.ring]).toEqual(['passed', 'virt/kvm/gfnring.c', 'gfn-ring']);
  });

  test('a trace has lines of both', LONG, async () => {
    const early = OF_MAIL.replace(
      '\tfor (',
      '\t__atomic_store_n(&list->indices.cons, (uint16_t)(cons + count), 3);\n\tfor (',
    );
    const { stdout, status } = await gfnring(file('early.c', early), 'harvest', 'ring', ...MAIL);
    expect(status).toBe(1);
    expect(stdout).toMatch(/harvest early\.c:\d+:\d+/);
    expect(stdout).toMatch(/kvm_gfn_ring_push virt\/kvm\/gfnring\.c:\d+:\d+/);
  });
});

describe('bad input ends in one line and status 2', () => {
  const right = 'examples/consumer/right.c';
  test.each([
    ['no such file', ['--consumer', 'none.c', '--harvest', 'f'], /none\.c/],
    ['no function', ['--consumer', right], /--consumer needs --harvest FUNCTION/],
    ['no consumer', ['--harvest', 'f'], /--harvest goes with --consumer FILE/],
    [
      'another function',
      ['--consumer', right, '--harvest', 'f'],
      /right\.c defines no function f: it has flags_of, give_back, harvest$/,
    ],
    [
      'an entry of another ring',
      ['--consumer', right, '--harvest', 'give_back', ...MAIL],
      /takes entries of a dirty-ring, and the kernel's is a gfn-ring/,
    ],
    [
      'another ring',
      ['--consumer', right, '--harvest', 'harvest', '--as', 'gfn-ring'],
      /--as gfn-ring: .* dirty-ring@/,
    ],
  ])('%s', LONG, async (_, args, message) => {
    const { status, stdout, stderr } = await runHere('.', 'kernel', ...args, '--quiet');
    expect([status, stdout, stderr.trim()]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    [
      'an unknown parameter',
      RIGHT.replace('void *opaque', 'struct vmm *vmm'),
      /'struct vmm \*vmm' that gfnring does not/,
    ],
    [
      'no ring',
      `${RIGHT}void none(void) { }`.replace('int reap', 'int other').replace('none', 'reap'),
      /no parameter for the entries/,
    ],
    ['an error of C', RIGHT.replace('int reap', 'int x = y; int reap'), /error: use of undeclared identifier 'y'/],
    ['a missing function', RIGHT.replace('++*next', '++*next, elsewhere()'), /lacks elsewhere/],
    ['an access that cannot be hooked', RIGHT.replace('taken++', '__atomic_fetch_xor(next, 1, 5)'), /cannot be hooked/],
  ])('%s', LONG, async (_, text, message) => {
    const { status, stderr } = await gfnring(file('bad.c', text), 'reap', '--quiet');
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
