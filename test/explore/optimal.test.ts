import { expect, test } from 'vitest';
import type { Program } from '../../src/explore/program.ts';
import { assume } from '../../src/memory/assume.ts';
import { Layout } from '../../src/memory/layout.ts';
import { interleavings, optimal, permutations } from './programs.ts';

test('a cmpxchg that fails because of one store, and succeeds because of another one without common bytes', () => {
  const layout = new Layout();
  layout.region(8);
  const whole = layout.cell('whole', 'u32', 0);
  const [low, high] = [layout.cell('low', 'u8', 0), layout.cell('high', 'u8', 1)];
  const actors: Program['actors'] = [
    { name: 'a', operations: [{ label: 'a', run: (mem) => mem.cmpxchg(whole, 256, 1) }] },
    { name: 'b', operations: [{ label: 'b', run: (mem) => mem.xchg(low, 1) }] },
    { name: 'c', operations: [{ label: 'c', run: (mem) => mem.store(high, 1) }] },
    { name: 'd', operations: [{ label: 'd', run: (mem) => mem.load(high) }] },
  ];
  for (const order of permutations(actors)) {
    const program = { layout, init: () => {}, actors: order };
    expect(interleavings(program)).toMatchObject({ executions: 24, classes: 9 });
    expect(optimal(program)).toMatchObject({ executions: 9, blocked: 0, classes: 9 });
  }
});

test('a thread that holds a lock forever does not hide executions where another one takes it first', () => {
  const layout = new Layout();
  const x = layout.cell('x', 'u32');
  const m = layout.lock('m', 'mutex');
  const actors: Program['actors'] = [
    {
      name: 'keeps',
      operations: [{ label: 'a', run: (mem) => [mem.lock(m), assume(mem.load(x) === 1), mem.unlock(m)] }],
    },
    { name: 'gives back', operations: [{ label: 'b', run: (mem) => [mem.lock(m), mem.store(x, 1), mem.unlock(m)] }] },
  ];
  expect(optimal({ layout, init: () => {}, actors })).toMatchObject({ executions: 1, blocked: 1 });
});
