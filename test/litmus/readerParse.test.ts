import { expect, test } from 'vitest';
import { parseTest } from '../../src/litmus/parser/parse.ts';
import { compareVerdict } from '../../src/litmus/report.ts';
import { litmus, STORE_BUFFERING } from './readerTexts.ts';

const unread = (text: string): string => {
  const report = compareVerdict(text, 'sc', 10);
  expect(report.outcome).toBe('unread');
  return report.reasons.join();
};
/** The error message for the body of a thread; `x` is a variable and `l` a lock. */
const body = (text: string): string => unread(litmus([`x, l: ${text}`], 'exists (x=1)'));

test('all parts of a test are parsed', () => {
  const text = `C all-parts (* one *)
"a line that tools write"
(* several
 * Result: Sometimes
 *)
{
int x = 3; int *p=&x; y = x; atomic_t a = ATOMIC_INIT(2); spinlock_t l;
1:r5=-1; (* here too *)
}

P1(int *x, int **p, atomic_t *a) // a reader
{
	int r0, *r1 = READ_ONCE(*p); /* two */
	int r5;
	if (r5 == -1 && (*x) >= 0) { r0 = READ_ONCE(*r1); } else r0 = (int)atomic_read(a);
	barrier();
}

P0(volatile int *x, spinlock_t *l)
{
	spin_lock(l);
	*x = *x + 1;
	spin_unlock(l);
}

locations [x; 1:r0; p]
filter (~(x=0x10) \\/ false)
exists (1:r0=4 /\\ 1:r1=x /\\ (x=4 => [y]=x) /\\ 1:r0!=1:r5) (* remarks end it *)
`;
  const read = parseTest(text);
  expect(read).toMatchObject({ name: 'all-parts (* one *)', stated: 'Sometimes' });
  expect(read.threads.map(({ number }) => number)).toEqual([0, 1]);
  expect(read.variables.map(({ name, lock }) => [name, lock])).toEqual([
    ['x', false],
    ['p', false],
    ['y', false],
    ['a', false],
    ['l', true],
  ]);
  expect(compareVerdict(text, 'sc', 10)).toMatchObject({ outcome: 'agree', verdict: 'Sometimes' });
});

test('unsupported syntax is named with its line', () => {
  expect(body('synchronize_rcu();')).toBe('synchronize_rcu: RCU is not explored, but --memory-model lkmm decides it');
  expect(body('r0 = srcu_read_lock(x);')).toMatch(/^srcu_read_lock: SRCU is not explored/);
  expect(body('r0 = atomic_fetch_xor_relaxed(1, x);')).toMatch(/^fetchXor is not explored/);
  expect(body('r0 = 1;\n\n\tr1 = spin_is_locked(l);')).toMatch(/^spin_is_locked is not explored/);
  expect(body('switch (1) { }')).toBe('line 7: switch: not modelled');
  expect(body('smp_memb();')).toBe('smp_memb is not explored, but --memory-model lkmm decides it');
  expect(body('r0 = 0x100000000;')).toBe('line 7: 0x100000000 has more than 32 bits');
  expect(unread(litmus(STORE_BUFFERING, 'exists (x=1)', { result: 'Sometimes DATARACE' }))).toBe(
    'it states a data race, for which --memory-model lkmm looks',
  );
});

test('bad syntax is reported with its line', () => {
  expect(unread('')).toBe(`line 1: it does not begin with 'C' and a name`);
  expect(unread('X86 SB\n{ }')).toMatch(/^line 1: /);
  expect(body('WRITE_ONCE(*x, 1)')).toBe(`line 8: '}' is not expected, but ';'`);
  expect(body('WRITE_ONCE(*x);')).toBe('line 7: WRITE_ONCE takes 2 arguments, not 1');
  expect(body('WRITE_ONCE(x, 1);')).toBe('line 7: only *x can be accessed');
  expect(body('r0 = smp_mb();')).toBe('line 7: smp_mb: has no value');
  expect(body('r0 = toString(x);')).toBe('line 7: toString: not modelled');
  expect(body('r0 = x @ 1;')).toBe(`line 7: '@' is not expected`);
  expect(unread(litmus(STORE_BUFFERING, ''))).toMatch(/the end of the file is not expected, but exists/);
  expect(unread(litmus(STORE_BUFFERING, 'exists (0:r0=1')).trim()).toMatch(/the end of the file is not expected/);
  expect(unread(litmus(STORE_BUFFERING, `exists ${'('.repeat(100_000)}`))).toBe('it is nested too deeply');
});

test('undefined names are reported', () => {
  expect(body('r0 = r1;')).toBe('P0 has no r1');
  expect(body('x = 1;')).toBe('P0 gives another value to x, its parameter');
  expect(unread(litmus(STORE_BUFFERING, 'exists (0:r7=1)'))).toBe('there is no 0:r7 to look at');
  expect(unread(litmus(STORE_BUFFERING, 'exists (0:r0=z)'))).toBe('there is no z to take the address of');
  expect(unread(litmus(STORE_BUFFERING, 'exists (z=1)'))).toBe('there is no z to look at');
  expect(unread(litmus(['l: spin_lock(l); spin_unlock(l);'], 'exists (l=0)'))).toMatch(/l is a lock/);
  expect(unread(litmus(Array(16).fill('x: r0 = 1;'), 'exists (x=0)'))).toBe(
    'it has 16 threads, of which there may be 15 at most',
  );
});

test('no truncated or damaged text is a crash', () => {
  const text = litmus(
    ['x, l: spin_lock(l); if (READ_ONCE(*x)) *x = 1 + xchg(x, 2); spin_unlock(l);', 'x: int r0 = *x;'],
    'filter (x=1)\nexists (1:r0=1 /\\ ~(x=2))',
    { result: 'Never', initial: 'int x = 1; 1:r2=x;' },
  );
  for (let i = 0; i < text.length - 1; i++) {
    expect(compareVerdict(text.slice(0, i), 'sc', 10).outcome).not.toBe('agree');
    compareVerdict(text.slice(0, i) + text.slice(i + 1), 'sc', 10);
  }
});
