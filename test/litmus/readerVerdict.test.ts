import { expect, test } from 'vitest';
import { compareVerdict } from '../../src/litmus/report.ts';
import type { Verdict } from '../../src/litmus/syntax.ts';
import { litmus, STORE_BUFFERING } from './readerTexts.ts';

const verdict = (threads: readonly string[], condition: string, initial = ''): Verdict | null => {
  const report = compareVerdict(litmus(threads, condition, { initial }), 'sc', 10);
  expect(report.outcome).toBe('unstated');
  return report.verdict;
};

test('a verdict is about the proposition, for each quantifier', () => {
  for (const asked of ['exists', '~exists', 'forall']) {
    expect(verdict(STORE_BUFFERING, `${asked} (0:r0=0 /\\ 1:r0=0)`)).toBe('Never');
    expect(verdict(STORE_BUFFERING, `${asked} (0:r0=0)`)).toBe('Sometimes');
    expect(verdict(STORE_BUFFERING, `${asked} (0:r0=1 \\/ 1:r0=1)`)).toBe('Always');
  }
});

test('not negates a proposition', () => {
  expect(verdict(STORE_BUFFERING, 'exists (~(0:r0=0 /\\ 1:r0=0))')).toBe('Always');
  expect(verdict(STORE_BUFFERING, 'exists (~(0:r0=1 \\/ 1:r0=1))')).toBe('Never');
});

test('executions that the filter rejects do not count', () => {
  expect(verdict(STORE_BUFFERING, 'filter (0:r0=0)\nexists (1:r0=1)')).toBe('Always');
  expect(verdict(STORE_BUFFERING, 'filter (0:r0=2)\nexists (1:r0=1)')).toBe('DEADLOCK');
});

test('executions that do not end do not count', () => {
  const crossed = [
    'l1, l2, x: spin_lock(l1); spin_lock(l2); WRITE_ONCE(*x, 1); spin_unlock(l2); spin_unlock(l1);',
    'l1, l2, x: spin_lock(l2); spin_lock(l1); WRITE_ONCE(*x, 2); spin_unlock(l1); spin_unlock(l2);',
  ];
  expect(verdict(crossed, 'exists (x=1)')).toBe('Sometimes');
  expect(verdict(['l, x: spin_lock(l); spin_lock(l);'], 'exists (x=0)')).toBe('DEADLOCK');
});

test('arithmetic is that of C, with 32 bits', () => {
  const of = (expression: string) => (value: number) =>
    expect([expression, verdict([`x: r0 = ${expression};`], `exists (0:r0=${value})`, 'x=-1')]).toEqual([
      expression,
      'Always',
    ]);
  of('1 + 2 * 3 - 7 / 2 % 2')(6);
  of('-7 / 2')(-3);
  of('1 << 3 | 5 & 4 ^ 1')(13);
  of('!5 + ~0')(-1);
  of('*x')(-1);
  of('READ_ONCE(*x) < 0 && 3 >= 3')(1);
  of('0x7fffffff + 1 == -1 << 31')(1);
  of('(intptr_t)2 != 2 || (int *)x == &*x')(1);
});

test('read-modify-writes give what they read, or what they wrote', () => {
  const of = (call: string, r0: number, x: number) =>
    expect([call, verdict([`x: r0 = ${call};`], `exists (0:r0=${r0} /\\ x=${x})`, 'x=6')]).toEqual([call, 'Always']);
  of('xchg(x, 1)', 6, 1);
  of('cmpxchg(x, 6, 1)', 6, 1);
  of('cmpxchg(x, 5, 1)', 6, 6);
  of('atomic_add_return(2, x)', 8, 8);
  of('atomic_sub_return(7, x)', -1, -1);
  of('atomic_fetch_sub(7, x)', 6, -1);
  of('atomic_fetch_inc(x)', 6, 7);
  of('atomic_dec_return(x)', 5, 5);
  of('atomic_fetch_and(3, x)', 6, 2);
  of('atomic_fetch_or(1, x)', 6, 7);
  of('atomic_sub_and_test(6, x)', 1, 0);
  of('atomic_add_negative(-7, x)', 1, -1);
});

test('pointers point to variables only', () => {
  const threads = [
    'x, int **p: WRITE_ONCE(*x, 1); rcu_assign_pointer(*p, x);',
    'int **p: r0 = rcu_dereference(*p); r1 = *r0;',
  ];
  expect(verdict(threads, 'exists (1:r0=x /\\ 1:r1=0)', 'p=y; y=5;')).toBe('Never');
  expect(verdict(threads, 'exists (1:r0=y /\\ 1:r1=5)', 'int *p=&y; y=5;')).toBe('Sometimes');
  expect(compareVerdict(litmus(threads, 'exists (1:r0=x)'), 'sc', 10)).toMatchObject({
    outcome: 'undecided',
    reasons: ['it has a meaning: 0 is no address, and is accessed'],
  });
  expect(compareVerdict(litmus(['x, l: r0 = READ_ONCE(*l);'], 'exists (x=0)'), 'sc', 10)).toMatchObject({
    outcome: 'undecided',
  });
  expect(compareVerdict(litmus(['x, l: spin_unlock(l);'], 'exists (x=0)'), 'sc', 10)).toMatchObject({
    outcome: 'undecided',
  });
});

test('an incomplete exploration agrees with nothing', () => {
  const busy = Array.from({ length: 8 }, (_, i) => `x: ${`WRITE_ONCE(*x, ${i}); r0 = READ_ONCE(*x);`.repeat(8)}`);
  const report = compareVerdict(litmus(busy, 'exists (x=9)', { result: 'Never' }), 'sc', 0.2);
  expect(report).toMatchObject({ outcome: 'undecided', verdict: null, reasons: ['0.2 seconds'] });
});
