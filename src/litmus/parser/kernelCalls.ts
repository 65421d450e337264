import type { Expression, FenceStatement, Load, Statement, Update } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';

/** The address of an lvalue: `x` for `*x`. */
function addressOf(lvalue: Expression, line: number): Expression {
  if (lvalue.kind === 'load' && lvalue.how === 'read') return lvalue.at;
  throw new UnsupportedTest('only *x can be accessed', line);
}

const number = (value: number): Expression => ({ kind: 'number', value });
const minus = (of: Expression): Expression => ({ kind: 'unary', op: '-', of });
const complement = (of: Expression): Expression => ({ kind: 'unary', op: '~', of });
const binary = (op: string, left: Expression, right: Expression): Expression => ({ kind: 'binary', op, left, right });

type Build<T> = (...args: Expression[]) => T;
/** By name of a function: the kinds of its arguments, and what a call of it stands for. */
type Calls<T> = Readonly<Record<string, readonly [string, Build<T>]>>;

const update =
  (how: Update['how'], order: Update['order'], result: Update['result']) =>
  (at: Expression, value: Expression, expected?: Expression): Expression => ({
    ...{ kind: 'update', how, order, at, value, result },
    ...(expected !== undefined && { expected }),
  });

/** The endings of the names of atomics. */
const ORDERS = { '': 'mb', _relaxed: 'relaxed', _acquire: 'acquire', _release: 'release' } as const;

/** The atomics that have a version for each order. */
function orderedAtomics(ending: keyof typeof ORDERS): Calls<Expression> {
  const order = ORDERS[ending];
  const xchg = update('xchg', order, 'old');
  const compare = update('cmpxchg', order, 'old');
  const cmpxchg: Build<Expression> = (at, expected, value) => compare(at, value, expected);
  const returns = update('fetchAdd', order, 'new');
  const fetches = update('fetchAdd', order, 'old');
  return {
    [`xchg${ending}`]: ['av', xchg],
    [`atomic_xchg${ending}`]: ['av', xchg],
    [`cmpxchg${ending}`]: ['avv', cmpxchg],
    [`atomic_cmpxchg${ending}`]: ['avv', cmpxchg],
    [`atomic_add_return${ending}`]: ['va', (v, at) => returns(at, v)],
    [`atomic_sub_return${ending}`]: ['va', (v, at) => returns(at, minus(v))],
    [`atomic_inc_return${ending}`]: ['a', (at) => returns(at, number(1))],
    [`atomic_dec_return${ending}`]: ['a', (at) => returns(at, number(-1))],
    [`atomic_fetch_add${ending}`]: ['va', (v, at) => fetches(at, v)],
    [`atomic_fetch_sub${ending}`]: ['va', (v, at) => fetches(at, minus(v))],
    [`atomic_fetch_inc${ending}`]: ['a', (at) => fetches(at, number(1))],
    [`atomic_fetch_dec${ending}`]: ['a', (at) => fetches(at, number(-1))],
    [`atomic_fetch_and${ending}`]: ['va', (v, at) => update('fetchAnd', order, 'old')(at, v)],
    [`atomic_fetch_or${ending}`]: ['va', (v, at) => update('fetchOr', order, 'old')(at, v)],
    [`atomic_fetch_andnot${ending}`]: ['va', (v, at) => update('fetchAnd', order, 'old')(at, complement(v))],
    [`atomic_add_negative${ending}`]: ['va', (v, at) => binary('<', returns(at, v), number(0))],
    [`atomic_fetch_xor${ending}`]: ['va', (v, at) => update('fetchXor', order, 'old')(at, v)],
  };
}

const addReturn = update('fetchAdd', 'mb', 'new');
const addUnless = update('addUnless', 'mb', 'old');
const load =
  (how: Load) =>
  (at: Expression): Expression => ({ kind: 'load', how, at });

/**
 * Calls with a value. In a signature, `L` is an lvalue, whose address is taken, `a` an address, `v`
 * a value.
 */
const VALUES: Calls<Expression> = {
  ...orderedAtomics(''),
  ...orderedAtomics('_relaxed'),
  ...orderedAtomics('_acquire'),
  ...orderedAtomics('_release'),
  READ_ONCE: ['L', load('load')],
  rcu_dereference: ['L', load('load')],
  lockless_dereference: ['L', load('load')],
  atomic_read: ['a', load('load')],
  smp_load_acquire: ['a', load('loadAcquire')],
  atomic_read_acquire: ['a', load('loadAcquire')],
  atomic_sub_and_test: ['va', (v, at) => binary('==', addReturn(at, minus(v)), number(0))],
  atomic_inc_and_test: ['a', (at) => binary('==', addReturn(at, number(1)), number(0))],
  atomic_dec_and_test: ['a', (at) => binary('==', addReturn(at, number(-1)), number(0))],
  atomic_add_unless: ['avv', (at, v, unless) => addUnless(at, v, unless)],
  atomic_inc_not_zero: ['a', (at) => addUnless(at, number(1), number(0))],
  spin_trylock: ['a', (at) => ({ kind: 'lockTest', how: 'spin_trylock', at })],
  spin_is_locked: ['a', (at) => ({ kind: 'lockTest', how: 'spin_is_locked', at })],
  srcu_read_lock: ['a', (at) => ({ kind: 'srcuLock', at })],
  srcu_down_read: ['a', (at) => ({ kind: 'srcuLock', at })],
};

const fence = (how: FenceStatement | null, as: string) => (): readonly Statement[] => [{ kind: 'fence', how, as }];
const store = (how: 'store' | 'storeRelease') => (at: Expression, value: Expression) => [
  { kind: 'store', how, at, value } as const,
];
const change =
  (how: Update['how']) =>
  (value: Expression, at: Expression): readonly Statement[] => [
    { kind: 'do', value: update(how, 'relaxed', 'none')(at, value) },
  ];
const srcu =
  (as: string) =>
  (at: Expression, cookie?: Expression): readonly Statement[] => [
    { kind: 'srcu', as, at, ...(cookie !== undefined && { cookie }) },
  ];

/**
 * Fences of the kernel, and what they are in explored programs, where fences that complement
 * another operation (`__after_spinlock` and so on) may be stronger.
 */
const FENCES: Readonly<Record<string, FenceStatement | null>> = {
  smp_mb: 'mb',
  smp_rmb: 'rmb',
  smp_wmb: 'wmb',
  smp_mb__before_atomic: 'mb',
  smp_mb__after_atomic: 'mb',
  smp_mb__after_spinlock: 'mb',
  smp_mb__after_unlock_lock: 'mb',
  smp_mb__after_srcu_read_unlock: null,
  barrier: null,
  rcu_read_lock: null,
  rcu_read_unlock: null,
  synchronize_rcu: null,
  synchronize_rcu_expedited: null,
  smp_memb: null,
};

/** Calls without a value. */
const EFFECTS: Calls<readonly Statement[]> = {
  ...Object.fromEntries(Object.entries(FENCES).map(([name, how]) => [name, ['', fence(how, name)] as const])),
  // The fence of a loop that waits: with the control dependency it is an acquire.
  smp_acquire__after_ctrl_dep: ['', fence('rmb', 'smp_rmb')],
  WRITE_ONCE: ['Lv', store('store')],
  atomic_set: ['av', store('store')],
  smp_store_release: ['av', store('storeRelease')],
  atomic_set_release: ['av', store('storeRelease')],
  rcu_assign_pointer: ['Lv', store('storeRelease')],
  smp_store_mb: ['Lv', (at, value) => [...store('store')(at, value), ...fence('mb', 'smp_mb')()]],
  atomic_add: ['va', change('fetchAdd')],
  atomic_sub: ['va', (v, at) => change('fetchAdd')(minus(v), at)],
  atomic_inc: ['a', (at) => change('fetchAdd')(number(1), at)],
  atomic_dec: ['a', (at) => change('fetchAdd')(number(-1), at)],
  atomic_and: ['va', change('fetchAnd')],
  atomic_andnot: ['va', (v, at) => change('fetchAnd')(complement(v), at)],
  atomic_or: ['va', change('fetchOr')],
  atomic_xor: ['va', change('fetchXor')],
  spin_lock: ['a', (at) => [{ kind: 'lock', at }]],
  spin_unlock: ['a', (at) => [{ kind: 'unlock', at }]],
  spin_unlock_wait: [
    'a',
    (at) => [
      { kind: 'lock', at },
      { kind: 'unlock', at },
    ],
  ],
  srcu_read_unlock: ['av', srcu('srcu_read_unlock')],
  srcu_up_read: ['av', srcu('srcu_read_unlock')],
  synchronize_srcu: ['a', srcu('synchronize_srcu')],
  synchronize_srcu_expedited: ['a', srcu('synchronize_srcu_expedited')],
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

function build<T>(table: Calls<T>, called: string, args: readonly Expression[], line: number): T {
  const name = called.replace(/^atomic(?:64|_long)_/, 'atomic_');
  if (!Object.hasOwn(table, name)) throw new UnsupportedTest(`${called}: ${whyNot(name)}`, line);
  const [signature, make] = table[name];
  if (args.length !== signature.length)
    throw new UnsupportedTest(`${name} takes ${signature.length} arguments, not ${args.length}`, line);
  return make(...args.map((argument, i) => (signature[i] === 'L' ? addressOf(argument, line) : argument)));
}

const whyNot = (name: string): string => (Object.hasOwn(EFFECTS, name) ? 'has no value' : 'not modelled');
