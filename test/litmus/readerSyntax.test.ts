import { expect, test } from 'vitest';
import { compareVerdict, type LitmusModel } from '../../src/litmus/report.ts';
import { litmus } from './readerTexts.ts';

/** The verdict, which `sc` and `lkmm` share; or why there is none. */
function decide(threads: readonly string[], condition: string, initial = ''): string {
  const of = (model: LitmusModel): string => {
    const { verdict, reasons } = compareVerdict(litmus(threads, condition, { initial }), model, 30);
    return verdict ?? reasons.join('; ');
  };
  const [sc, lkmm] = [of('sc'), of('lkmm')];
  return sc === lkmm ? sc : `sc: ${sc}, lkmm: ${lkmm}`;
}

/** The final value of r0 after one thread ran alone. */
const resultOf = (body: string, result: number, initial = ''): string =>
  decide([`x: int r0 = 0; int r1 = 0; ${body}`], `exists (0:r0=${result})`, initial);

test('a loop runs at most twice, and executions that would go on are left out', () => {
  expect(resultOf('while (r0 < 2) r0 = r0 + 1;', 2)).toBe('Always');
  expect(resultOf('while (r0 < 3) r0 = r0 + 1;', 3)).toBe('DEADLOCK');
  expect(resultOf('do { r0 = r0 + 1; } while (r0 < 3);', 3)).toBe('Always');
  expect(resultOf('for (r1 = 0; r1 < 2; r1++) r0 += 5;', 10)).toBe('Always');
  expect(resultOf('for (int i = 2, j = 0; i; --i, j++) r0 += j;', 1)).toBe('Always');
  expect(resultOf('for (;;) r0 = 1;', 1)).toBe('DEADLOCK');
  expect(resultOf('while (r0 < 2) while (r0 < 2) r0++;', 2)).toBe('Always');
  expect(resultOf(`${'while (1) '.repeat(30)} r0 = 1;`, 1)).toMatch(/loops are nested more than 4 deep/);
  const waiting = ['x, y: WRITE_ONCE(*y, 1); smp_store_release(x, 1);', 'x, y: while (!smp_load_acquire(x)); r0 = *y;'];
  expect(decide(waiting, 'exists (1:r0=1)')).toBe('Always');
});

test('a condition of a loop controls the stores inside, not those after it', () => {
  const lkmm = (second: string): string | null => {
    const threads = ['x, y: r0 = READ_ONCE(*x); if (r0) WRITE_ONCE(*y, 1);', `x, y: r0 = READ_ONCE(*y); ${second}`];
    return compareVerdict(litmus(threads, 'exists (0:r0=1 /\\ 1:r0=1)'), 'lkmm', 30).verdict;
  };
  expect(lkmm('r1 = r0; while (r1) { WRITE_ONCE(*x, 1); r1 = 0; }')).toBe('Never');
  expect(lkmm('r1 = r0; while (r1) r1 = 0; WRITE_ONCE(*x, 1);')).toBe('Sometimes');
});

test('operators of C change locals and variables', () => {
  for (const [body, result] of [
    ['r0 = 7; r0 -= 2; r0 *= 3; r0 /= 2; r0 %= 4;', 3],
    ['r0 = 6; r0 &= 3; r0 |= 8; r0 ^= 1; r0 <<= 2; r0 >>= 1;', 22],
    ['r0++; ++r0; r1--; r0 -= r1;', 3],
    ['*x = 4; *x += 2; (*x)++; r0 = *x;', 7],
    ['r0 = r1 == 0 ? 5 : *x ? 6 : 7;', 5],
    ['r0 = +(unsigned int)0xfUL; (void)atomic_read(x);', 15],
    ['r0 = (long long)READ_ONCE(*x) ? 1 : 2;', 2],
  ] as const)
    expect([body, resultOf(body.replace('(void)atomic_read(x);', ''), result)]).toEqual([body, 'Always']);
});

test('arrays have elements at consecutive addresses', () => {
  const initial = 'int a[3] = {4, 5, 6}; int *p = &a[1];';
  const one = (body: string, condition: string): string => decide([`a: int r0 = 1; ${body}`], condition, initial);
  expect(one('a[0] = a[r0] + a[2];', 'exists (a[0]=11 /\\ a[1]=5 /\\ [a[2]]=6)')).toBe('Always');
  expect(one('*(a + 1) = 7; WRITE_ONCE(a[2], 8);', 'exists (a={4,7,8})')).toBe('Always');
  expect(one('WRITE_ONCE(*a, 9); r0 = a[0];', 'exists (0:r0=9)')).toBe('Always');
  expect(decide(['p: int *r0 = *p; int r1 = *r0;'], 'exists (0:r0=&a[1] /\\ 0:r1=5)', initial)).toBe('Always');
  expect(one('a[3] = 1;', 'exists (a[0]=4)')).toMatch(/is no address/);
  expect(one('r0 = 1;', 'exists (a[3]=4)')).toMatch(/there is no a\[3\]/);
  expect(one('r0 = 1;', 'exists (a=4)')).toMatch(/there is no a to look at/);
  expect(decide(['a: *a = 1;'], 'exists (a[0]=1)', 'int a[0];')).toMatch(/an array has 1 to 1000 elements/);
});

test('all forms of conditions are read', () => {
  const ends = (condition: string): string => decide(['x: WRITE_ONCE(*x, 1);', 'x: r0 = 1;'], condition);
  for (const always of [
    'final (x=1);',
    '(x=1)',
    'forall (P1:r0=1 /\\ not (x=2))',
    'exists (x=0 => x=3)',
    '~exists x<>2',
  ])
    expect([always, ends(always)]).toEqual([always, 'Always']);
  expect(ends('locations [x; 1:r0 int; 7:r9; ] filter (x=1) exists (1:r0=[x] \\/ false)')).toBe('Always');
});

/** Whether the LKMM allows an outcome. */
const lkmm = (threads: readonly string[], condition: string): string | null =>
  compareVerdict(litmus(threads, `exists (${condition})`), 'lkmm', 30).verdict;

test('membarrier is a fence in all threads', () => {
  const plain = 'x, y: WRITE_ONCE(*x, 1); r0 = READ_ONCE(*y);';
  const [both, fenced] = ['0:r0=0 /\\ 1:r0=0', 'x, y: WRITE_ONCE(*y, 1); smp_memb(); r0 = READ_ONCE(*x);'];
  expect(lkmm([plain, fenced], both)).toBe('Never');
  expect(lkmm([plain, 'x, y: WRITE_ONCE(*y, 1); r0 = READ_ONCE(*x);'], both)).toBe('Sometimes');
});

test('an SRCU section may end in another thread', () => {
  const reader =
    's, x, y, c, f: r1 = srcu_down_read(s); WRITE_ONCE(*c, r1); r0 = READ_ONCE(*x); smp_store_release(f, 1);';
  const other = 's, x, y, c, f: r2 = smp_load_acquire(f); r0 = READ_ONCE(*y); r1 = READ_ONCE(*c); srcu_up_read(s, r1);';
  const updater = 's, x, y: WRITE_ONCE(*x, 1); synchronize_srcu(s); WRITE_ONCE(*y, 1);';
  const outcome = '0:r0=0 /\\ 1:r2=1 /\\ 1:r0=1';
  expect(lkmm([reader, other, updater], outcome)).toBe('Never');
  expect(lkmm([reader, other.replace('srcu_up_read(s, r1);', ''), updater], outcome)).toBe('Sometimes');
});

test('values that only copy each other are no number', () => {
  const copies = ['x, y: r0 = *x; *y = r0;', 'x, y: r0 = *y; *x = r0;'];
  expect(lkmm(copies, '0:r0=1')).toBe('Never');
  const guarded = ['x, y, a, b: r1 = READ_ONCE(*x); smp_rmb(); if (r1 == 1) *a = *b; smp_wmb(); WRITE_ONCE(*y, 1);'];
  guarded.push('x, y, a, b: r1 = READ_ONCE(*y); smp_rmb(); if (r1 == 1) *b = *a; smp_wmb(); WRITE_ONCE(*x, 1);');
  expect(lkmm(guarded, '0:r1=1 /\\ 1:r1=1')).toBe('Sometimes');
});

test('values come from what is written, so chains of them are decided', () => {
  const count = 'x, y: r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); r1 = READ_ONCE(*y); WRITE_ONCE(*y, r1 + r0);';
  expect(lkmm(Array(3).fill(count), 'x=3 /\\ y=3')).toBe('Sometimes');
  // With three of the first kind, this takes seconds.
  const increment = 'x: r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1);';
  expect(lkmm([count, count, increment], 'x=4')).toBe('Never');
  const add = 'x: r0 = atomic_fetch_add(1, x); r1 = atomic_fetch_add(1, x);';
  expect(lkmm(Array(3).fill(add), '0:r0=0 /\\ 0:r1=5')).toBe('Sometimes');
  expect(lkmm(Array(3).fill(add), '0:r0=1:r0')).toBe('Never');
});
