import type { Expression, FenceStatement, Statement, Update } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';

/** The address of an lvalue: `x` for `*x`. */
function addressOf(lvalue: Expression, line: number): Expression {
  if (lvalue.kind === 'load' && lvalue.how === 'read') return lvalue.at;
  throw new UnsupportedTest('only *x can be accessed', line);
}

const number = (value: number): Expression => ({ kind: 'number', value });
const minus = (of: Expression): Expression => ({ kind: 'unary', op: '-', of });
const binary = (op: string, left: Expression, right: Expression): Expression => ({ kind: 'binary', op, left, right });

const update =
  (how: Update['how'], isNew = false) =>
  (at: Expression, value: Expression): Expression => ({ kind: 'update', how, at, value, isNew });
const addReturn = update('fetchAdd', true);
const fetchAdd = update('fetchAdd');

/**
 * Calls with a value. In a signature, `L` is an lvalue, whose address is taken, `a` an address, `v`
 * a value.
 */
const VALUES: Readonly<Record<string, readonly [string, (...args: Expression[]) => Expression]>> = {
  READ_ONCE: ['L', (at) => ({ kind: 'load', how: 'load', at })],
  rcu_dereference: ['L', (at) => ({ kind: 'load', how: 'load', at })],
  lockless_dereference: ['L', (at) => ({ kind: 'load', how: 'load', at })],
  atomic_read: ['a', (at) => ({ kind: 'load', how: 'load', at })],
  smp_load_acquire: ['a', (at) => ({ kind: 'load', how: 'loadAcquire', at })],
  atomic_read_acquire: ['a', (at) => ({ kind: 'load', how: 'loadAcquire', at })],
  xchg: ['av', update('xchg')],
  atomic_xchg: ['av', update('xchg')],
  cmpxchg: ['avv', cmpxchg],
  atomic_cmpxchg: ['avv', cmpxchg],
  atomic_add_return: ['va', (v, at) => addReturn(at, v)],
  atomic_sub_return: ['va', (v, at) => addReturn(at, minus(v))],
  atomic_inc_return: ['a', (at) => addReturn(at, number(1))],
  atomic_dec_return: ['a', (at) => addReturn(at, number(-1))],
  atomic_fetch_add: ['va', (v, at) => fetchAdd(at, v)],
  atomic_fetch_sub: ['va', (v, at) => fetchAdd(at, minus(v))],
  atomic_fetch_inc: ['a', (at) => fetchAdd(at, number(1))],
  atomic_fetch_dec: ['a', (at) => fetchAdd(at, number(-1))],
  atomic_fetch_and: ['va', (v, at) => update('fetchAnd')(at, v)],
  atomic_fetch_or: ['va', (v, at) => update('fetchOr')(at, v)],
  atomic_sub_and_test: ['va', (v, at) => binary('==', addReturn(at, minus(v)), number(0))],
  atomic_inc_and_test: ['a', (at) => binary('==', addReturn(at, number(1)), number(0))],
  atomic_dec_and_test: ['a', (at) => binary('==', addReturn(at, number(-1)), number(0))],
  atomic_add_negative: ['va', (v, at) => binary('<', addReturn(at, v), number(0))],
};

function cmpxchg(at: Expression, expected: Expression, value: Expression): Expression {
  return { kind: 'update', how: 'cmpxchg', at, value, expected, isNew: false };
}

const fence = (how: FenceStatement, as: string) => (): readonly Statement[] => [{ kind: 'fence', how, as }];
const store = (how: 'store' | 'storeRelease') => (at: Expression, value: Expression) => [
  { kind: 'store', how, at, value } as const,
];

/**
 * Calls without a value. Fences that complement another operation (`__after_spinlock` and so on)
 * are full fences here, which may be stronger. An RCU read-side critical section has no effect. It
 * orders something only if another thread waits for a grace period, and such tests are not
 * supported. `barrier` restricts the compiler only.
 */
const EFFECTS: Readonly<Record<string, readonly [string, (...args: Expression[]) => readonly Statement[]]>> = {
  WRITE_ONCE: ['Lv', store('store')],
  atomic_set: ['av', store('store')],
  smp_store_release: ['av', store('storeRelease')],
  atomic_set_release: ['av', store('storeRelease')],
  rcu_assign_pointer: ['Lv', store('storeRelease')],
  smp_store_mb: ['Lv', (at, value) => [...store('store')(at, value), ...fence('mb', 'smp_mb')()]],
  smp_mb: ['', fence('mb', 'smp_mb')],
  smp_rmb: ['', fence('rmb', 'smp_rmb')],
  smp_wmb: ['', fence('wmb', 'smp_wmb')],
  smp_mb__before_atomic: ['', fence('mb', 'smp_mb__before_atomic')],
  smp_mb__after_atomic: ['', fence('mb', 'smp_mb__after_atomic')],
  smp_mb__after_spinlock: ['', fence('mb', 'smp_mb__after_spinlock')],
  smp_mb__after_unlock_lock: ['', fence('mb', 'smp_mb__after_unlock_lock')],
  barrier: ['', () => []],
  rcu_read_lock: ['', () => []],
  rcu_read_unlock: ['', () => []],
  spin_lock: ['a', (at) => [{ kind: 'lock', at }]],
  spin_unlock: ['a', (at) => [{ kind: 'unlock', at }]],
};

/** The expression that a call stands for. */
export function callExpression(name: string, args: readonly Expression[], line: number): Expression {
  return build(VALUES, name, args, line);
}

/** The statements that a call stands for. A call with a value may be made for its effect. */
export function callStatements(name: string, args: readonly Expression[], line: number): readonly Statement[] {
  if (Object.hasOwn(VALUES, name)) return [{ kind: 'do', value: callExpression(name, args, line) }];
  return build(EFFECTS, name, args, line);
}

function build<T>(
  table: Readonly<Record<string, readonly [string, (...args: Expression[]) => T]>>,
  name: string,
  args: readonly Expression[],
  line: number,
): T {
  if (!Object.hasOwn(table, name)) throw new UnsupportedTest(`${name}: ${whyNot(name)}`, line);
  const [signature, make] = table[name];
  if (args.length !== signature.length)
    throw new UnsupportedTest(`${name} takes ${signature.length} arguments, not ${args.length}`, line);
  return make(...args.map((argument, i) => (signature[i] === 'L' ? addressOf(argument, line) : argument)));
}

function whyNot(name: string): string {
  if (Object.hasOwn(EFFECTS, name)) return 'has no value';
  if (/srcu/.test(name)) return 'SRCU is not modelled';
  if (/rcu/.test(name)) return 'RCU is not modelled';
  if (/^(atomic_|xchg_|cmpxchg_).*_(relaxed|acquire|release)$/.test(name) || /^(cmp)?xchg_/.test(name))
    return 'only full order is modelled';
  if (/^atomic_(add|sub|inc|dec|and|or|xor)$/.test(name)) return 'has no order, and only full order is modelled';
  return 'not modelled';
}
