import { compileKernel, explore, type VmDefinition, vm } from 'gfnring';
import { expect, test } from 'vitest';

test("a kernel's C file at the other end", { timeout: 120_000 }, async () => {
  const kernel = await compileKernel('examples/kernel', 'virt/kvm/gfnring.c');
  const early =
    (first: boolean): VmDefinition['harvest'] =>
    (mem, { size, entries, prod, cons }, max) => {
      const from = mem.load(cons!);
      const count = Math.min((mem.loadAcquire(prod!) - from) & 0xffff, max);
      const give = () => mem.storeRelease(cons!, (from + count) & 0xffff);
      if (first && count > 0) give();
      const pages = Array.from({ length: count }, (_, i) => entries[(from + i) & (size - 1)]).map((entry) => ({
        slot: mem.read(entry.slot),
        offset: mem.read64(entry.offset),
      }));
      if (!first && count > 0) give();
      return pages;
    };
  for (const [first, outcome] of [
    [false, 'passed'],
    [true, 'violated'],
  ] as const) {
    const report = await explore(vm({ name: 'a', kernel, scenario: 'ring', harvest: early(first) }), { seconds: 60 });
    expect([first, report.outcome]).toEqual([first, outcome]);
  }
});

test.each([
  ['right', 'passed'],
  ['wrong', 'violated'],
])('examples/consumer/%s.mjs under weaker models', { timeout: 240_000 }, async (name, outcome) => {
  // The right one under rc11 takes long.
  const isShort = process.env.GFNRING_LONG === undefined && name === 'right';
  for (const memoryModel of isShort ? (['tso'] as const) : (['tso', 'rc11'] as const)) {
    const report = await explore(`examples/consumer/${name}.mjs`, { memoryModel, minimise: 0, seconds: 100 });
    expect([memoryModel, report.outcome]).toEqual([memoryModel, outcome]);
  }
});

test('a kernel that cannot be compiled is refused in one line', async () => {
  await expect(compileKernel('/nowhere')).rejects.toThrow(/^\/nowhere is no folder: .*$/);
});
