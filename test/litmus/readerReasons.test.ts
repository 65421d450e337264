import { expect, test } from 'vitest';
import { explainExtraOutcome, explainMissingOutcome } from '../../src/litmus/explain.ts';

import { parseTest } from '../../src/litmus/parser/parse.ts';
import { compareVerdict } from '../../src/litmus/report.ts';
import { litmus, STORE_BUFFERING } from './readerTexts.ts';

const read = (...threads: string[]) => parseTest(litmus(threads, 'exists (x=0)', { initial: 'x=0;' }));
const DEPENDENCIES = 'dependencies order nothing here';
const CUMULATIVE = 'a release here does not pass on what was read without acquire (A-cumulativity)';
const UNLOCK_LOCK = 'an unlock and a lock after it order nothing here for others';
const REACH = 'after smp_mb, an order of execution alone passes nothing on here';
const LOAD_BUFFERING = 'load buffering is forbidden here';
const WMB = 'smp_wmb does not pass on what an atomic has read here';
const RMB = 'smp_rmb does not order the store of an atomic here';
const SEND = 'x, y: WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1);';

test('dependencies: a value that flows into an address, a value, or an if around a store', () => {
  const more = (reader: string) => explainExtraOutcome(read(SEND, reader));
  for (const reader of [
    'x, y: r0 = READ_ONCE(*y); WRITE_ONCE(*x, r0 + 1);',
    'x, int **y: r0 = READ_ONCE(*y); r1 = READ_ONCE(*r0);',
    'x, y: r0 = READ_ONCE(*y); r1 = r0; if (r1) { WRITE_ONCE(*x, 2); }',
    'x, y: if (READ_ONCE(*y)) r2 = 1; else WRITE_ONCE(*x, 2);',
  ])
    expect([reader, more(reader)]).toEqual([reader, [DEPENDENCIES]]);
  for (const reader of [
    'x, y: r0 = READ_ONCE(*y); r1 = READ_ONCE(*x);',
    'x, y: r0 = READ_ONCE(*y); if (r0) { r1 = READ_ONCE(*x); }',
    'x, y: r0 = smp_load_acquire(y); WRITE_ONCE(*x, r0);',
    'x, y: r0 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, r0);',
    'x, y: r0 = READ_ONCE(*y); if (r0) { r1 = 1; } WRITE_ONCE(*x, 2);',
  ])
    expect([reader, more(reader)]).toEqual([reader, []]);
});

test('A-cumulativity: a release after a load, without acquire, of what others have published', () => {
  const more = (sender: string, middle: string) =>
    explainExtraOutcome(read(sender, middle, 'x, z: r0 = smp_load_acquire(z);'));
  expect(more(SEND, 'y, z: r0 = READ_ONCE(*y); smp_store_release(z, 1);')).toEqual([CUMULATIVE]);
  expect(more(SEND, 'y, z: r0 = smp_load_acquire(y); smp_store_release(z, 1);')).toEqual([]);
  expect(more(SEND, 'y, z: r0 = READ_ONCE(*y); smp_rmb(); smp_store_release(z, 1);')).toEqual([]);
  expect(more('y: WRITE_ONCE(*y, 1);', 'y, z: r0 = READ_ONCE(*y); smp_store_release(z, 1);')).toEqual([]);
});

test('an unlock and a lock: a store after it that is seen without the lock', () => {
  const locked = 'l, x: spin_lock(l); WRITE_ONCE(*x, 1); spin_unlock(l);';
  expect(explainExtraOutcome(read(locked, locked))).toEqual([]);
  expect(explainExtraOutcome(read(locked, locked, 'x: r0 = READ_ONCE(*x);'))).toEqual([UNLOCK_LOCK]);
  expect(explainExtraOutcome(read(locked, 'x: r0 = READ_ONCE(*x);'))).toEqual([]);
  const fenced = 'l, x: spin_lock(l); smp_mb__after_spinlock(); WRITE_ONCE(*x, 1); spin_unlock(l);';
  expect(explainExtraOutcome(read(fenced, fenced, 'x: r0 = READ_ONCE(*x);'))).toEqual([]);
});

test('after smp_mb: an acquire and a bare store', () => {
  const sender = 'x, y: WRITE_ONCE(*x, 1); smp_mb(); WRITE_ONCE(*y, 1);';
  const reader = 'x, z: r0 = smp_load_acquire(z); r1 = READ_ONCE(*x);';
  expect(explainExtraOutcome(read(sender, 'y, z: r0 = smp_load_acquire(y); WRITE_ONCE(*z, 1);', reader))).toEqual([
    REACH,
  ]);
  expect(explainExtraOutcome(read(SEND, 'y, z: r0 = smp_load_acquire(y); WRITE_ONCE(*z, 1);', reader))).toEqual([]);
  expect(explainExtraOutcome(read(sender, 'y, z: r0 = smp_load_acquire(y); smp_store_release(z, 1);', reader))).toEqual(
    [],
  );
});

test('load buffering: values that may go round, with nothing that holds one of the stores back', () => {
  const open = ['x, y: r0 = READ_ONCE(*x); WRITE_ONCE(*y, 1);', 'x, y: r0 = READ_ONCE(*y); WRITE_ONCE(*x, 1);'];
  const held = ['x, y: r0 = READ_ONCE(*x); smp_store_release(y, 1);', 'x, y: r0 = READ_ONCE(*y); WRITE_ONCE(*x, r0);'];
  expect(explainMissingOutcome(read(...open))).toEqual([LOAD_BUFFERING]);
  expect(explainMissingOutcome(read(open[0], held[1]))).toEqual([LOAD_BUFFERING]);
  expect(explainMissingOutcome(read(...held))).toEqual([]);
  expect(explainMissingOutcome(read(open[0], 'x, y: r0 = READ_ONCE(*x);'))).toEqual([]);
  expect(explainMissingOutcome(read(...STORE_BUFFERING))).toEqual([]);
});

test('constructs that are stronger here than in the LKMM', () => {
  expect(explainMissingOutcome(read('x: *x = 1;', 'x: r0 = READ_ONCE(*x);'))).toEqual([
    'plain accesses are as READ_ONCE and WRITE_ONCE here',
  ]);
  expect(explainMissingOutcome(read('x: smp_mb__before_atomic(); r0 = xchg(x, 1);'))).toEqual([
    'smp_mb__before_atomic is smp_mb here',
  ]);
});

test('atomics whose order is not full', () => {
  const send = SEND.replace('wmb', 'mb');
  const middle = (first: string) => `y, z: ${first} smp_wmb(); WRITE_ONCE(*z, 1);`;
  const more = (...threads: string[]) => explainExtraOutcome(read(...threads));
  expect(more(send, middle('r0 = xchg_relaxed(y, 2);'))).toEqual([WMB]);
  expect(more(send, middle('atomic_inc(y);'))).toEqual([WMB]);
  expect(more(send, middle('r0 = xchg(y, 2);'))).toEqual([]);
  expect(more(send, 'y, z: r0 = READ_ONCE(*y); smp_rmb(); r1 = xchg_relaxed(z, 1);')).toEqual([RMB]);
  expect(more(send, 'y, z: r0 = READ_ONCE(*y); smp_rmb(); r1 = xchg(z, 1);')).toEqual([]);
  const less = (...threads: string[]) => explainMissingOutcome(read(...threads));
  expect(less('x, y: atomic_inc(x); smp_rmb(); r0 = READ_ONCE(*y);')).toEqual([
    'an atomic without a value is a load for smp_rmb here',
  ]);
  expect(less('x: r0 = cmpxchg_acquire(x, 1, 2);')).toEqual(['a cmpxchg_acquire that fails is an acquire here']);
  const round = (store: string) => [
    `x, y: r0 = READ_ONCE(*x); ${store}`,
    'x, y: r0 = READ_ONCE(*y); WRITE_ONCE(*x, 1);',
  ];
  expect(less(...round('r1 = xchg_relaxed(y, 1);'))).toEqual([LOAD_BUFFERING]);
  expect(less(...round('r1 = xchg_acquire(y, 1);'))).toEqual([LOAD_BUFFERING]);
  expect(
    less('x, y: r0 = READ_ONCE(*x); r1 = xchg_release(y, 1);', 'x, y: r0 = xchg_acquire(y, 2); WRITE_ONCE(*x, 1);'),
  ).toEqual([]);
});

test('a cmpxchg may fail, and order nothing', () => {
  const reader = 'x, y: r0 = cmpxchg(y, 7, 8); WRITE_ONCE(*x, 1);';
  expect(explainMissingOutcome(read('x, y: r0 = READ_ONCE(*x); smp_mb(); WRITE_ONCE(*y, 1);', reader))).toEqual([
    LOAD_BUFFERING,
  ]);
  expect(explainExtraOutcome(read(SEND, 'y, z: r0 = cmpxchg(y, 7, 8); smp_store_release(z, 1);'))).toEqual([
    CUMULATIVE,
  ]);
});

test('a release behind smp_rmb may still come first in coherence order', () => {
  const released = 'x, y: r0 = READ_ONCE(*x); smp_rmb(); smp_store_release(y, 1);';
  const other = 'x, y: smp_store_release(y, 2); smp_mb(); WRITE_ONCE(*x, 1);';
  expect(
    compareVerdict(litmus([released, other], 'exists (0:r0=1 /\\ y=2)', { result: 'Never' }), 'rc11', 10),
  ).toMatchObject({
    ...{ outcome: 'explained', reasons: [CUMULATIVE] },
  });
});

test('orders of atomics under rc11', () => {
  const passes = (send: string, receive: string) =>
    compareVerdict(
      litmus(
        [`x, y: WRITE_ONCE(*x, 1); ${send}`, `x, y: ${receive} r1 = READ_ONCE(*x);`],
        'exists (0:r0=0 /\\ 1:r0=1 /\\ 1:r1=0)',
      ),
      'rc11',
      10,
    ).verdict;
  const add = (order: string) => `r0 = atomic_fetch_add${order}(0, y);`;
  const set = (order: string) => `r0 = xchg${order}(y, 1);`;
  const acquire = 'r0 = smp_load_acquire(y);';
  expect(['', '_release', '_acquire', '_relaxed'].map((order) => passes(set(order), acquire))).toEqual([
    'Never',
    'Never',
    'Sometimes',
    'Sometimes',
  ]);
  expect(['', '_release', '_acquire', '_relaxed'].map((order) => passes(set('_release'), add(order)))).toEqual([
    'Never',
    'Sometimes',
    'Never',
    'Sometimes',
  ]);
  expect(passes('r0 = atomic_add_return_release(1, y); r0 = 0;', 'r0 = cmpxchg_acquire(y, 7, 8);')).toBe('Never');
  expect(passes('r0 = 0; atomic_inc(y);', acquire)).toBe('Sometimes');
});

test('sc allows less and not more', () => {
  const both = (result: string) =>
    compareVerdict(litmus(STORE_BUFFERING, 'exists (0:r0=0 /\\ 1:r0=0)', { result }), 'sc', 10);
  expect(both('Never')).toMatchObject({ outcome: 'agree', reasons: [] });
  expect(both('Sometimes')).toMatchObject({ outcome: 'explained', reasons: ['under sc, nothing is reordered'] });
  expect(both('Always')).toMatchObject({ outcome: 'unexplained', verdict: 'Never' });
  expect(compareVerdict(litmus(STORE_BUFFERING, 'exists (0:r0=0)', { result: 'Never' }), 'sc', 10)).toMatchObject({
    outcome: 'unexplained',
    stated: 'Never',
    verdict: 'Sometimes',
    reasons: [],
  });
});

test('rc11 differs for these reasons', () => {
  const rc11 = (result: string, condition: string, ...threads: string[]) => {
    const { outcome, reasons } = compareVerdict(litmus(threads, condition, { result }), 'rc11', 10);
    return [outcome, ...reasons];
  };
  const acquire = 'x, z: r0 = smp_load_acquire(z); r1 = READ_ONCE(*x);';
  const missed = 'exists (1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0)';
  const round = 'exists (0:r0=1 /\\ 1:r0=1)';
  const open = ['x, y: r0 = READ_ONCE(*x); WRITE_ONCE(*y, 1);', 'x, y: r0 = READ_ONCE(*y); WRITE_ONCE(*x, 1);'];
  const released = 'y, z: r0 = READ_ONCE(*y); smp_store_release(z, 1);';
  expect(rc11('Never', missed, SEND, released, acquire)).toEqual(['explained', CUMULATIVE]);
  expect(rc11('Never', 'exists (x=1 /\\ 1:r0=1)', SEND, released.replaceAll('z', 'x'))).toEqual([
    'explained',
    CUMULATIVE,
  ]);
  const fenced = SEND.replace('wmb', 'mb');
  const on = 'y, z: r0 = smp_load_acquire(y); WRITE_ONCE(*z, 1);';
  expect(rc11('Never', missed, fenced, on, acquire)).toEqual(['explained', REACH]);
  expect(rc11('Never', missed, fenced, on.replace('acquire(y);', 'acquire(y); smp_mb();'), acquire)).toEqual(['agree']);
  expect(rc11('Sometimes', round, ...open)).toEqual(['explained', LOAD_BUFFERING]);
  expect(rc11('Never', round, ...open)).toEqual(['agree']);
  expect(rc11('Sometimes', 'exists (0:r0=0 /\\ 1:r0=0)', ...STORE_BUFFERING)).toEqual(['agree']);
  expect(rc11('Never', 'exists (0:r0=0 /\\ 1:r0=0)', ...STORE_BUFFERING)).toEqual(['unexplained']);
  expect(rc11('Always', 'exists (0:r0=0 /\\ 1:r0=0)', ...STORE_BUFFERING)).toEqual(['unexplained']);
});

test('tso allows less than rc11 and more than sc', () => {
  const tso = (threads: readonly string[], condition: string) =>
    compareVerdict(litmus(threads, condition, { result: 'Sometimes' }), 'tso', 10);
  expect(tso(STORE_BUFFERING, 'exists (0:r0=0 /\\ 1:r0=0)').outcome).toBe('agree');
  const reader = 'x, y: r0 = READ_ONCE(*y); r1 = READ_ONCE(*x);';
  expect(tso([SEND.replace('smp_wmb();', ''), reader], 'exists (1:r0=1 /\\ 1:r1=0)')).toMatchObject({
    outcome: 'explained',
    reasons: ['under tso, only loads overtake stores, and none an atomic update'],
  });
});
