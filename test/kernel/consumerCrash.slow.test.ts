import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHere, temporaryFolder } from '../commandLine.ts';

const { folder } = temporaryFolder();

/** A correct harvest, but for what is put in the place of INDEX and TAKEN. */
const TEXT = `#include <assert.h>
#include <stdlib.h>
#include <linux/kvm.h>
#include <linux/compiler.h>
static unsigned limit = 1;
void harvest(struct kvm_dirty_gfn *ring, unsigned size, unsigned *next, void (*report)(unsigned slot, unsigned long long page))
{
	for (;;) {
		struct kvm_dirty_gfn *entry = &ring[INDEX];
		if (smp_load_acquire(&entry->flags) != KVM_DIRTY_GFN_F_DIRTY)
			return;
		report(entry->slot, entry->offset);
		TAKEN;
		smp_store_release(&entry->flags, KVM_DIRTY_GFN_F_RESET);
		WRITE_ONCE(*next, READ_ONCE(*next) + 1);
	}
}
`;
const RIGHT = '*next & (size - 1)';

test.each([
  ['an entry beyond the ring', '*next', '', /^V1 .*/, /harvest crash\.c:10:\d+ reads 4 bytes beyond every object/],
  ['a null pointer', RIGHT, '*(unsigned *)0 = 1', /^V1 .*/, /harvest crash\.c:13:\d+ writes 4 bytes at address 0/],
  ['an assertion', RIGHT, 'assert(entry->offset != 0)', /^V2 .*/, /harvest crash\.c:13:\d+ aborts/],
  ['abort', RIGHT, 'abort()', /^V2 .*/, /harvest crash\.c:13:\d+ aborts/],
  ['a division by zero', RIGHT, 'limit = 7 / (entry->flags - 1)', /^V2 .*/, /by zero, after harvest crash\.c:13/],
])('%s is found', { timeout: 120_000 }, async (_, index, taken, property, message) => {
  const path = join(folder, 'crash.c');
  writeFileSync(path, TEXT.replace('INDEX', index).replace('TAKEN', taken));
  const args = ['--consumer', path, '--harvest', 'harvest', '--as', 'none', '--dir', folder, '--json'];
  const { findings } = JSON.parse((await runHere('.', 'kernel', 'wrap', ...args)).stdout);
  expect(findings[0]).toMatchObject({
    property: expect.stringMatching(property),
    message: expect.stringMatching(message),
  });
});

test('an assertion that fails because userspace forged the entry is no finding', { timeout: 120_000 }, async () => {
  const path = join(folder, 'forged.c');
  writeFileSync(path, TEXT.replace('INDEX', RIGHT).replace('TAKEN', 'assert(entry->slot != 0xffffffff)'));
  const args = ['--consumer', path, '--harvest', 'harvest', '--dir', folder, '--json'];
  const { outcome, scenarios } = JSON.parse((await runHere('.', 'kernel', 'forged-entry', ...args)).stdout);
  expect([outcome, scenarios[0].blocked > 0]).toEqual(['passed', true]);
});
