import { describe, expect, test } from 'vitest';
import { compareVerdict } from '../../src/litmus/report.ts';
import { litmus, STORE_BUFFERING } from './readerTexts.ts';

/** Whether the LKMM allows an outcome, and whether a data race. */
function decide(threads: readonly string[], condition: string, initial = ''): string {
  const { verdict, reasons } = compareVerdict(litmus(threads, `exists (${condition})`, { initial }), 'lkmm', 30);
  return verdict ?? reasons.join('; ');
}

/** Message passing: what the writer does between its stores, and the reader between its loads. */
const passing = (write: string, read: string): string =>
  decide([`x, y: WRITE_ONCE(*x, 1); ${write}`, `x, y: ${read}`], '1:r0=1 /\\ 1:r1=0');
const store = 'WRITE_ONCE(*y, 1);';
const loads = (fence: string): string => `r0 = READ_ONCE(*y); ${fence} r1 = READ_ONCE(*x);`;

// Outcomes from the publications on the LKMM: Alglave et al., ASPLOS 2018, and the kernel's
// `tools/memory-model/Documentation`.
describe('orders of one thread', () => {
  test('store buffering needs full fences', () => {
    const both = '0:r0=0 /\\ 1:r0=0';
    const fenced = (fence: string) => STORE_BUFFERING.map((thread) => thread.replace('r0 =', `${fence} r0 =`));
    expect(decide(STORE_BUFFERING, both)).toBe('Sometimes');
    for (const weak of ['smp_wmb();', 'smp_rmb();', 'barrier();', 'r1 = xchg_relaxed(z, 1);'])
      expect([
        weak,
        decide(
          fenced(weak).map((text) => `z, ${text}`),
          both,
        ),
      ]).toEqual([weak, 'Sometimes']);
    for (const full of [
      'smp_mb();',
      'r1 = xchg(z, 1);',
      'synchronize_rcu();',
      'atomic_inc(z); smp_mb__after_atomic();',
    ])
      expect([
        full,
        decide(
          fenced(full).map((text) => `z, ${text}`),
          both,
        ),
      ]).toEqual([full, 'Never']);
  });

  test('message passing needs an order on both sides', () => {
    expect(passing(store, loads(''))).toBe('Sometimes');
    expect(passing(`smp_wmb(); ${store}`, loads(''))).toBe('Sometimes');
    expect(passing(store, loads('smp_rmb();'))).toBe('Sometimes');
    expect(passing(`smp_wmb(); ${store}`, loads('smp_rmb();'))).toBe('Never');
    expect(passing('smp_store_release(y, 1);', 'r0 = smp_load_acquire(y); r1 = READ_ONCE(*x);')).toBe('Never');
    // A control dependency orders no load.
    expect(passing('smp_store_release(y, 1);', 'r0 = READ_ONCE(*y); if (r0) r1 = READ_ONCE(*x);')).toBe('Sometimes');
  });

  test('load buffering is allowed without a dependency', () => {
    const buffering = (first: string, second: string): string =>
      decide([`x, y: r0 = READ_ONCE(*x); ${first}`, `x, y: r0 = READ_ONCE(*y); ${second}`], '0:r0=1 /\\ 1:r0=1');
    const [plain, other] = ['WRITE_ONCE(*y, 1);', 'WRITE_ONCE(*x, 1);'];
    expect(buffering(plain, other)).toBe('Sometimes');
    expect(buffering('WRITE_ONCE(*y, r0);', other)).toBe('Sometimes');
    expect(buffering('WRITE_ONCE(*y, r0);', 'WRITE_ONCE(*x, r0);')).toBe('Never');
    expect(buffering('if (r0) WRITE_ONCE(*y, 1);', 'if (r0) WRITE_ONCE(*x, 1);')).toBe('Never');
    // The dependency ends with the if.
    expect(buffering(`if (r0) r1 = 1; ${plain}`, 'WRITE_ONCE(*x, r0);')).toBe('Sometimes');
    // It is carried through what the thread writes and reads back.
    const carried = 'WRITE_ONCE(*z, r0); r1 = READ_ONCE(*z); WRITE_ONCE(*y, r1);';
    expect(
      decide([`x, y, z: r0 = READ_ONCE(*x); ${carried}`, 'x, y: r0 = READ_ONCE(*y); WRITE_ONCE(*x, r0);'], '1:r0=1'),
    ).toBe('Never');
    expect(buffering('smp_store_release(y, 1);', other)).toBe('Sometimes');
    expect(buffering('smp_store_release(y, 1);', 'smp_store_release(x, 1);')).toBe('Never');
  });

  test('address dependencies order loads', () => {
    const through = (load: string) =>
      decide(
        ['x, y: WRITE_ONCE(*x, 1); smp_store_release(y, x);', `y: r0 = ${load}; r1 = READ_ONCE(*r0);`],
        '1:r0=x /\\ 1:r1=0',
        'int *y = &z; int z = 0;',
      );
    expect(through('rcu_dereference(*y)')).toBe('Never');
  });
});

describe('orders of several threads', () => {
  test('a release passes on what its thread has read (A-cumulativity), a full fence to all', () => {
    const causality = (second: string) =>
      decide(
        [
          'x: WRITE_ONCE(*x, 1);',
          `x, y: r0 = READ_ONCE(*x); ${second}`,
          'x, y: r0 = smp_load_acquire(y); r1 = READ_ONCE(*x);',
        ],
        '1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0',
      );
    expect(causality('smp_store_release(y, 1);')).toBe('Never');
    expect(causality('WRITE_ONCE(*y, r0);')).toBe('Sometimes');
    const reads = (fence: string) =>
      decide(
        [
          'x: WRITE_ONCE(*x, 1);',
          'y: WRITE_ONCE(*y, 1);',
          `x, y: r0 = READ_ONCE(*x); ${fence} r1 = READ_ONCE(*y);`,
          `x, y: r0 = READ_ONCE(*y); ${fence} r1 = READ_ONCE(*x);`,
        ],
        '2:r0=1 /\\ 2:r1=0 /\\ 3:r0=1 /\\ 3:r1=0',
      );
    expect(reads('smp_rmb();')).toBe('Sometimes');
    expect(reads('smp_mb();')).toBe('Never');
  });

  test('a release is seen through atomics that follow it', () => {
    const sequence = (atomic: string) =>
      decide(
        [
          'x, y: WRITE_ONCE(*x, 1); smp_store_release(y, 1);',
          `y: r0 = ${atomic};`,
          'x, y: r0 = smp_load_acquire(y); r1 = READ_ONCE(*x);',
        ],
        '1:r0=1 /\\ 2:r0=2 /\\ 2:r1=0',
      );
    expect(sequence('atomic_fetch_inc_relaxed(y)')).toBe('Never');
  });
});

describe('atomics, locks and RCU', () => {
  test('atomics are atomic, and one that fails orders nothing', () => {
    const twice = ['x: r0 = atomic_fetch_add_relaxed(1, x);', 'x: r0 = atomic_fetch_add_relaxed(1, x);'];
    expect(decide(twice, 'x=2')).toBe('Always');
    expect(decide(['x: r0 = atomic_add_unless(x, 1, 1);', 'x: r0 = atomic_add_unless(x, 1, 1);'], 'x=1')).toBe(
      'Always',
    );
    const failing = STORE_BUFFERING.map((thread) => `z, ${thread.replace('r0 =', 'r1 = cmpxchg(z, 5, 6); r0 =')}`);
    expect(decide(failing, '0:r0=0 /\\ 1:r0=0')).toBe('Sometimes');
  });

  test('locks exclude each other, and order what is inside', () => {
    const section = 'l, x: spin_lock(l); r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); spin_unlock(l);';
    expect(decide([section, section], 'x=2')).toBe('Always');
    expect(decide(['l: spin_lock(l); spin_lock(l);'], 'true')).toBe('DEADLOCK');
    expect(decide(['l: spin_lock(l); spin_unlock(l);', 'l: r0 = spin_trylock(l);'], '1:r0=0')).toBe('Sometimes');
    expect(
      decide(['l, x: spin_lock(l); spin_unlock(l); WRITE_ONCE(*x, 1);', 'l, x: r0 = spin_is_locked(l);'], '1:r0=1'),
    ).toBe('Sometimes');
    const locked = (fence: string) =>
      decide(
        [
          `l, x, y: WRITE_ONCE(*x, 1); spin_lock(l); ${fence} r0 = READ_ONCE(*y); spin_unlock(l);`,
          'x, y: WRITE_ONCE(*y, 1); smp_mb(); r0 = READ_ONCE(*x);',
        ],
        '0:r0=0 /\\ 1:r0=0',
      );
    expect(locked('')).toBe('Sometimes');
    expect(locked('smp_mb__after_spinlock();')).toBe('Never');
  });

  test('a grace period waits for read-side critical sections', () => {
    const reader = 'x, y: rcu_read_lock(); r0 = READ_ONCE(*y); r1 = READ_ONCE(*x); rcu_read_unlock();';
    const without = 'x, y: r0 = READ_ONCE(*y); r1 = READ_ONCE(*x);';
    const updater = 'x, y: WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);';
    expect(decide([updater, reader], '1:r0=1 /\\ 1:r1=0')).toBe('Never');
    expect(decide([updater, without], '1:r0=1 /\\ 1:r1=0')).toBe('Sometimes');
    // Two grace periods order two sections; one does not.
    const chain = (second: string) =>
      decide(
        [
          'x, y: rcu_read_lock(); r0 = READ_ONCE(*x); WRITE_ONCE(*y, 1); rcu_read_unlock();',
          `y, z: r0 = READ_ONCE(*y); ${second} WRITE_ONCE(*z, 1);`,
          'x, z: rcu_read_lock(); r0 = READ_ONCE(*z); WRITE_ONCE(*x, 1); rcu_read_unlock();',
        ],
        '0:r0=1 /\\ 1:r0=1 /\\ 2:r0=1',
      );
    expect(chain('synchronize_rcu();')).toBe('Sometimes');
    expect(chain('synchronize_rcu(); synchronize_rcu();')).toBe('Never');
  });

  test('SRCU waits for sections of the same structure only', () => {
    const srcu = (other: string) =>
      decide(
        [
          `x, y, struct srcu_struct *s, struct srcu_struct *t: WRITE_ONCE(*x, 1); synchronize_srcu(${other}); WRITE_ONCE(*y, 1);`,
          'x, y, struct srcu_struct *s: int i = srcu_read_lock(s); r0 = READ_ONCE(*y); r1 = READ_ONCE(*x); srcu_read_unlock(s, i);',
        ],
        '1:r0=1 /\\ 1:r1=0',
      );
    expect(srcu('s')).toBe('Never');
    expect(srcu('t')).toBe('Sometimes');
  });
});

describe('data races', () => {
  const stated = (threads: readonly string[], result: string) => {
    const { outcome, reasons } = compareVerdict(litmus(threads, 'exists (1:r0=1)', { result }), 'lkmm', 30);
    return [outcome, ...reasons];
  };
  const racing = ['x: *x = 1;', 'x: int r0 = READ_ONCE(*x);'];
  const ordered = [
    'x, y: *x = 1; smp_store_release(y, 1);',
    'x, y: int r1 = smp_load_acquire(y); int r0 = 2; if (r1) r0 = *x;',
  ];

  test('are found, and stated ones are expected', () => {
    expect(stated(racing, 'Sometimes DATARACE')).toEqual(['agree']);
    expect(stated(racing, 'Sometimes')).toEqual(['unexplained', 'a data race here, none in the test']);
    expect(stated(ordered, 'Sometimes')).toEqual(['agree']);
    expect(stated(ordered, 'Sometimes DATARACE')).toEqual(['unexplained', 'no data race here, one in the test']);
  });

  test('the outcome of a race is not judged', () => {
    expect(stated(racing, 'Never DATARACE')).toEqual(['explained', expect.stringContaining('undefined')]);
  });
});
