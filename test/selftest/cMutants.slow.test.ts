import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cArguments } from '../../selftest/cMutants/command.ts';
import { type CMutant, cMutantsOf, operators } from '../../selftest/cMutants/operators.ts';
import { runNode } from '../commandLine.ts';
import { MAIL } from '../kernel/trees.ts';

const OWN = `static inline u32 next(struct ring *ring, u32 size)
{
	u16 index = READ_ONCE(ring->index) & (size - 1);

	if (index >= size && size)
		return 0;
	ring->count++;
	/* A comment. */
	smp_store_release(&ring->index, (u16)(index + 1));
	return 1ull << index;
}
`;

describe('mutants of C', () => {
  test('each operator changes one place', async () => {
    const made = (await cMutantsOf(OWN)).map(({ key, change, lines }) => `${key} @${lines[0]}: ${change}`);
    expect(made).toEqual(
      expect.arrayContaining([
        'next width 1 @3: u16 → u8',
        'next mask 1 @3: READ_ONCE(ring->index) & (size - 1) → (READ_ONCE(ring->index))',
        'next weaken 1 @3: READ_ONCE(ring->index) → (ring->index)',
        'next number 1 @3: 1 → (1 + 1)',
        'next negate 1 @5: (index >= size && size) → (!(index >= size && size))',
        'next operand 1 @5: index >= size && size → (index >= size)',
        'next bound 1 @5: index >= size → index > size',
        'next drop 1 @7: ring->count++; → ;',
        'next swap 1 @7: ring->count++; /* A comment. */ smp_store_release(&ring->index, (u16)(index + 1)); → smp_store_release(&ring->index, (u16)(index + 1)); /* A comment. */ ring->count++;',
        'next weaken 2 @9: smp_store_release(&ring->index, (u16)(index + 1)) → WRITE_ONCE(*(&ring->index), (u16)(index + 1))',
        'next width 2 @9: (u16)(index + 1) → (index + 1)',
        'next width 3 @10: 1ull → 1',
      ]),
    );
    expect(new Set(made.map((text) => text.split(' ')[1]))).toEqual(new Set(Object.keys(operators)));
  });

  test("of the mail's ring: each is listed once, and is another text", async () => {
    const text = readFileSync(join(MAIL.kdir, MAIL.file), 'utf8');
    const mutants: readonly CMutant[] = await cMutantsOf(text);
    expect(mutants.length).toBeGreaterThan(100);
    expect(new Set(mutants.map(({ key }) => key)).size).toBe(mutants.length);
    expect(mutants.filter((mutant) => mutant.text === text)).toEqual([]);
  });

  test('an argument names no mutant twice', () => {
    for (const { survivors } of cArguments()) {
      const keys = survivors.flatMap((survivor) => survivor.keys);
      expect(keys).toEqual([...new Set(keys)]);
    }
  });
});

test('a sample of the mutants is killed by a loss, each by a process that judges others too', {
  timeout: 600_000,
}, () => {
  const keys = [
    'entry_at mask 1',
    'kvm_gfn_ring_push drop 3',
    'kvm_gfn_ring_push weaken 4',
    '__kvm_gfn_ring_reset bound 1',
    '__kvm_gfn_ring_reset negate 2',
  ];
  const args = ['c-mutants', ...keys, '--scenarios', 'wrap,two-spaces', '--workers', '1'];
  const { status, stdout, stderr } = runNode(['build/selftest/main.js', ...args]);
  expect(stderr.match(/^\d\/5 .*: (?:killed|refused|hang) /gm)).toHaveLength(5);
  expect(stdout).toContain('\n5 mutants, 0 left\n');
  expect(status).toBe(0);
});
