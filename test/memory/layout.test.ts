import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Layout, overlap, overlapTable } from '../../src/memory/layout.ts';

const BITS = { u8: 1, u16: 2, u32: 4 } as const;
const cells = fc.array(
  fc.record({ type: fc.constantFrom('u8', 'u16', 'u32', 'u64'), at: fc.option(fc.nat(31), { nil: undefined }) }),
);

test('the table of overlaps has all pairs that share a byte', () =>
  fc.assert(
    fc.property(cells, (list) => {
      const layout = new Layout();
      layout.region(40);
      for (const { type, at } of list)
        if (type === 'u64') layout.cell64('c', at && at & ~7);
        else layout.cell('c', type, at && at - (at % BITS[type]));
      const { places } = layout;
      const all = places.map((a) => places.filter((b) => overlap(a, b)).map(({ id }) => id));
      expect(overlapTable(places)).toEqual(all);
      layout.lock('l', 'mutex');
      expect(overlapTable(places)).toHaveLength(places.length);
    }),
  ));

test('the table of 300,000 places is computed within a second', () => {
  const layout = new Layout();
  for (let i = 0; i < 300_000; i++) layout.cell('c', 'u32');
  const start = performance.now();
  expect(overlapTable(Layout.copy(layout).places)).toHaveLength(300_000);
  expect(performance.now() - start).toBeLessThan(5000);
});
