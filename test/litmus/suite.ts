import { cellsOf, type Litmus, type Registers } from './litmus.ts';
import { litmus } from './notation.ts';

/**
 * A test of the literature and its outcomes. The short form of an outcome has a digit for each
 * register in the order of the text, `-` for one that was never set. After a slash, it has the
 * final values of the cells in `finals`; the other cells always have the same final value.
 */
export interface Row {
  readonly name: string;
  readonly test: Litmus;
  readonly finals: string;
  /** By model: all outcomes. */
  readonly allowed: Readonly<Record<'sc' | 'tso' | 'rc11', readonly string[]>>;
}

/** The outcomes that a model adds to those of the previous one. */
interface Added {
  readonly sc: string;
  readonly tso?: string;
  readonly rc11?: string;
  readonly finals?: string;
}

function row(name: string, text: string, { sc, tso = '', rc11 = '', finals = '' }: Added): Row {
  const list = (...outcomes: string[]): string[] => outcomes.join(' ').split(' ').filter(Boolean).sort();
  return {
    name,
    test: litmus(text),
    finals,
    allowed: { sc: list(sc), tso: list(sc, tso), rc11: list(sc, tso, rc11) },
  };
}

/** The short form of an outcome. */
export function short({ test, finals }: Row, outcome: string): string {
  const [results, values] = JSON.parse(outcome) as [Registers[], number[]];
  const cells = cellsOf(test);
  const last = [...finals].map((cell) => values[cells.indexOf(cell)]).join('');
  return `${results
    .flat()
    .map((value) => value ?? '-')
    .join('')}${last && `/${last}`}`;
}

/** All binary words of a length, except the given ones. */
function bits(digits: number, ...but: string[]): string {
  const words = Array.from({ length: 2 ** digits }, (_, i) => i.toString(2).padStart(digits, '0'));
  return words.filter((word) => !but.includes(word)).join(' ');
}

/** All concatenations of words, one from each list. */
const cross = (...lists: string[]): string =>
  lists.reduce((words, list) =>
    words
      .split(' ')
      .flatMap((word) => list.split(' ').map((next) => word + next))
      .join(' '),
  );

/** The steps with a fence, or nothing, in place of `%`. */
const between = (form: string, fence: string): string => form.replace('%', fence === '' ? '' : `${fence}; `);

const WRITERS = ['', 'wmb', 'mb', 'rel'] as const;
const READERS = ['', 'rmb', 'mb', 'acq'] as const;
const named = (...parts: readonly string[]): string => parts.map((part) => part || 'po').join('+');

/** Two steps ordered by `how`: a fence between them, or a release in the second. */
const writer = (first: string, how: string, second: string): string =>
  how === 'rel' ? `${first}; rel ${second}` : between(`${first}; %${second}`, how);
/** The same with an acquire in the first. */
const reader = (first: string, how: string, second: string): string =>
  how === 'acq' ? `acq ${first}; ${second}` : between(`${first}; %${second}`, how);

/** Message passing: any order on both sides is enough; on one side it is not. */
const MP = WRITERS.flatMap((w) =>
  READERS.map((r) =>
    row(`MP+${named(w, r)}`, `${writer('x=1', w, 'y=1')} | ${reader('r0=y', r, 'r1=x')}`, {
      sc: bits(2, '10'),
      ...((w === '' || r === '') && { rc11: '10' }),
    }),
  ),
);

/** A barrier of the other side orders nothing. */
const MP_WRONG = [
  ['rmb', 'rmb'],
  ['wmb', 'wmb'],
].map(([w, r]) =>
  row(`MP+${named(w, r)}`, `${writer('x=1', w, 'y=1')} | ${reader('r0=y', r, 'r1=x')}`, {
    sc: bits(2, '10'),
    rc11: '10',
  }),
);

/**
 * A load, then a store: neither rmb nor wmb orders them. Nor does a release store, as only
 * `current` bounds its coherence position.
 */
const S = WRITERS.flatMap((w) =>
  [...READERS, 'wmb', 'rel'].map((r) => {
    const second = r === 'rel' ? writer('r0=y', r, 'x=1') : reader('r0=y', r, 'x=1');
    return row(`S+${named(w, r)}`, `${writer('x=2', w, 'y=1')} | ${second}`, {
      finals: 'x',
      sc: '0/1 0/2 1/1',
      ...((w === '' || !['mb', 'acq'].includes(r)) && { rc11: '1/2' }),
    });
  }),
);

/**
 * Two stores; a store, then a load: only mb on both sides is enough. TSO orders the stores itself.
 */
const R = WRITERS.flatMap((w) =>
  ['', 'rmb', 'wmb', 'mb'].map((r) =>
    row(`R+${named(w, r)}`, `${writer('x=1', w, 'y=1')} | ${between('y=2; %r0=x', r)}`, {
      finals: 'y',
      sc: '0/1 1/1 1/2',
      ...(r !== 'mb' ? { tso: '0/2' } : w !== 'mb' && { rc11: '0/2' }),
    }),
  ),
);

const SB = [
  ['', ''],
  ['wmb', 'wmb'],
  ['rmb', 'rmb'],
  ['mb', ''],
  ['', 'mb'],
  ['mb', 'rmb'],
  ['mb', 'mb'],
].map(([a, b]) =>
  row(`SB+${named(a, b)}`, `${between('x=1; %r0=y', a)} | ${between('y=1; %r0=x', b)}`, {
    sc: bits(2, '00'),
    ...((a !== 'mb' || b !== 'mb') && { tso: '00' }),
  }),
);

const SB_OTHERS = [
  row('SB+rel-acqs', 'rel x=1; acq r0=y | rel y=1; acq r0=x', { sc: bits(2, '00'), tso: '00' }),
  // Registers: that of the read-modify-write, then that of the load.
  row('SB+xchgs', 'r0=xchg x 1; r1=y | r0=xchg y 1; r1=x', { sc: '0001 0100 0101' }),
  row('SB+adds', 'r0=add x 1; r1=y | r0=add y 1; r1=x', { sc: '0001 0100 0101' }),
  row('SB+xchg+po', 'r0=xchg x 1; r1=y | y=1; r0=x', { sc: '001 010 011', tso: '000' }),
  row('SB with xchgs between', 'x=1; r0=xchg a 1; r1=y | y=1; r0=xchg b 1; r1=x', { sc: '0001 0100 0101' }),
  row('SB with cmpxchgs between that succeed', 'x=1; r0=cmpxchg a 0 1; r1=y | y=1; r0=cmpxchg b 0 1; r1=x', {
    sc: '0001 0100 0101',
  }),
  // On x86 it is a locked instruction anyway. The kernel promises no ordering if it fails.
  row('SB with cmpxchgs between that fail', 'x=1; r0=cmpxchg a 1 2; r1=y | y=1; r0=cmpxchg a 1 2; r1=x', {
    sc: '0001 0100 0101',
    rc11: '0000',
  }),
  // Store forwarding: a thread sees its own store before others do.
  row('SB+rfis', 'x=1; r0=x; r1=y | y=1; r0=y; r1=x', { sc: '1011 1110 1111', tso: '1010' }),
  row('n6', 'x=1; r0=x; r1=y | y=1; x=2', { finals: 'x', sc: '10/2 11/1 11/2 21/2', tso: '10/1', rc11: '20/2' }),
  row('n5', 'x=1; r0=x | x=2; r0=x', { finals: 'x', sc: '11/1 12/2 12/1 22/2' }),
];

const W22 = ['', 'wmb', 'mb', 'rel'].flatMap((a) =>
  ['', 'mb'].map((b) =>
    row(`2+2W+${named(a, b)}`, `${writer('x=1', a, 'y=2')} | ${writer('y=1', b, 'x=2')}`, {
      finals: 'xy',
      sc: '/12 /21 /22',
      ...((a !== 'mb' || b !== 'mb') && { rc11: '/11' }),
    }),
  ),
);

const W22_OTHERS = ['wmb', 'rel'].map((how) =>
  row(`2+2W+${named(how, how)}`, `${writer('x=1', how, 'y=2')} | ${writer('y=1', how, 'x=2')}`, {
    finals: 'xy',
    sc: '/12 /21 /22',
    rc11: '/11',
  }),
);

/** Load buffering: no model here lets loads read from later stores. */
const LB = [
  row('LB', 'r0=x; y=1 | r0=y; x=1', { sc: bits(2, '11') }),
  row('LB+acq+rel', 'acq r0=x; y=1 | r0=y; rel x=1', { sc: bits(2, '11') }),
  row('LB with the value handed on', 'r0=x; y=r0 | r0=y; x=r0', { sc: '00' }),
];

const IRIW = ['', 'rmb', 'acq', 'mb'].flatMap((a) =>
  ['', 'rmb', 'acq', 'mb'].map((b) =>
    row(`IRIW+${named(a, b)}`, `x=1 | ${reader('r0=x', a, 'r1=y')} | ${reader('r0=y', b, 'r1=x')} | y=1`, {
      sc: bits(4, '1010'),
      ...((a !== 'mb' || b !== 'mb') && { rc11: '1010' }),
    }),
  ),
);

/**
 * The middle thread must propagate what it has read: a release or mb does, an acquire alone does
 * not.
 */
const WRC = [
  ...[
    ['r0=x; y=1', 'po'],
    ['r0=x; wmb; y=1', 'wmb'],
    ['r0=x; rmb; y=1', 'rmb'],
    ['acq r0=x; y=1', 'acq'],
    ['acq r0=x; wmb; y=1', 'acq-wmb'],
    ['r0=x; rel y=1', 'rel'],
    ['r0=x; mb; y=1', 'mb'],
  ].flatMap(([middle, how]) =>
    READERS.map((r) =>
      row(`WRC+${named(how, r)}`, `x=1 | ${middle} | ${reader('r0=y', r, 'r1=x')}`, {
        sc: bits(3, '110'),
        ...((!['rel', 'mb'].includes(how) || r === '') && { rc11: '110' }),
      }),
    ),
  ),
];

const CHAINS = [
  row('RWC', 'x=1 | r0=x; r1=y | y=1; r0=x', { sc: bits(3, '100'), tso: '100' }),
  row('RWC+acq+mb', 'x=1 | acq r0=x; r1=y | y=1; mb; r0=x', { sc: bits(3, '100'), rc11: '100' }),
  row('RWC+mbs', 'x=1 | r0=x; mb; r1=y | y=1; mb; r0=x', { sc: bits(3, '100') }),
  row('W+RWC+rel+acq+mb', 'x=1; rel y=1 | acq r0=y; r1=z | z=1; mb; r0=x', { sc: bits(3, '100'), rc11: '100' }),
  row('W+RWC+rel+mb+mb', 'x=1; rel y=1 | r0=y; mb; r1=z | z=1; mb; r0=x', { sc: bits(3, '100') }),
  row('W+RWC+wmb+mb+mb', 'x=1; wmb; y=1 | r0=y; mb; r1=z | z=1; mb; r0=x', { sc: bits(3, '100') }),
  row('W+RWC+po+mb+mb', 'x=1; y=1 | r0=y; mb; r1=z | z=1; mb; r0=x', { sc: bits(3, '100'), rc11: '100' }),
  row('ISA2', 'x=1; y=1 | r0=y; z=1 | r0=z; r1=x', { sc: bits(3, '110'), rc11: '110' }),
  row('ISA2+rel+acq-rel+acq', 'x=1; rel y=1 | acq r0=y; rel z=1 | acq r0=z; r1=x', { sc: bits(3, '110') }),
  row('ISA2+wmb+acq-rel+rmb', 'x=1; wmb; y=1 | acq r0=y; rel z=1 | r0=z; rmb; r1=x', { sc: bits(3, '110') }),
  row('ISA2+wmb+rmb-rel+acq', 'x=1; wmb; y=1 | r0=y; rmb; rel z=1 | acq r0=z; r1=x', { sc: bits(3, '110') }),
  row('ISA2+rel+mb+acq', 'x=1; rel y=1 | r0=y; mb; z=1 | acq r0=z; r1=x', { sc: bits(3, '110') }),
  // A release publishes what was acquired, but not what came with a store that was only loaded.
  row('ISA2+rel+rel+acq', 'x=1; rel y=1 | r0=y; rel z=1 | acq r0=z; r1=x', { sc: bits(3, '110'), rc11: '110' }),
  row('ISA2+rel+acq+acq', 'x=1; rel y=1 | acq r0=y; z=1 | acq r0=z; r1=x', { sc: bits(3, '110'), rc11: '110' }),
  row('ISA2+mb+po+acq', 'x=1; mb; y=1 | r0=y; z=1 | acq r0=z; r1=x', { sc: bits(3, '110'), rc11: '110' }),
  // Nothing orders the two fences: the value of y is passed on without synchronization.
  row('ISA2+mb+po+mb', 'x=1; mb; y=1 | r0=y; z=1 | r0=z; mb; r1=x', { sc: bits(3, '110'), rc11: '110' }),
];

const UP = '00 01 02 11 12 22';
const DOWN = '00 01 02 22 21 11';

const COHERENCE = [
  row('CoRR', 'x=1 | r0=x; r1=x', { sc: '00 01 11' }),
  row('CoRR of two stores', 'x=1; x=2 | r0=x; r1=x', { sc: UP }),
  row('CoRR+rmb', 'x=1; x=2 | r0=x; rmb; r1=x', { sc: UP }),
  row('CoRR1', 'x=1 | x=2 | r0=x; r1=x | r0=x', {
    finals: 'x',
    sc: `${cross(UP, '0 1 2', '/2')} ${cross(DOWN, '0 1 2', '/1')}`,
  }),
  row('CoRR2', 'x=1 | x=2 | r0=x; r1=x | r0=x; r1=x', {
    finals: 'x',
    sc: `${cross(UP, UP, '/2')} ${cross(DOWN, DOWN, '/1')}`,
  }),
  row('CoWR', 'x=1; r0=x | x=2', { finals: 'x', sc: '1/1 1/2 2/2' }),
  row('CoRW', 'r0=x; x=1 | x=2', { finals: 'x', sc: '0/1 0/2 2/1' }),
  row('CoRW1', 'r0=x; x=1', { finals: 'x', sc: '0/1' }),
  row('CoWW', 'x=1; x=2', { finals: 'x', sc: '/2' }),
  // After rmb, the view bounds the thread's loads, so its own store may be too old for them. It
  // does not bound the positions of its stores.
  row('S+wmb+rmb, and looked at', 'x=1; wmb; y=1 | r0=y; rmb; x=2; r1=x', {
    finals: 'x',
    sc: '02/2 02/1 01/1 12/2',
    rc11: '11/1',
  }),
];

const SEQUENCE = '000/1 001/1 011/1 040/1 041/1 100/5 101/5 111/5 151/5';
const ATOMIC = [
  row('two adds', 'r0=add x 1 | r0=add x 1', { finals: 'x', sc: '01/2 10/2' }),
  row('two cmpxchgs', 'r0=cmpxchg x 0 1 | r0=cmpxchg x 0 2', { finals: 'x', sc: '01/1 20/2' }),
  row('two xchgs', 'r0=xchg x 1 | r0=xchg x 2', { finals: 'x', sc: '01/2 20/1' }),
  row('an add and a store', 'r0=add x 1 | x=4', { finals: 'x', sc: '0/4 4/5' }),
  row('a release sequence through an add', 'x=1; rel y=1 | r0=add y 4 | acq r0=y; r1=x', { finals: 'y', sc: SEQUENCE }),
  row('the same after mb', 'x=1; mb; y=1 | r0=add y 4 | r0=y; mb; r1=x', { finals: 'y', sc: SEQUENCE }),
  row('the same after wmb', 'x=1; wmb; y=1 | r0=add y 4 | r0=y; rmb; r1=x', { finals: 'y', sc: SEQUENCE }),
  row('no release sequence without a release', 'x=1; y=1 | r0=add y 4 | acq r0=y; r1=x', {
    finals: 'y',
    sc: SEQUENCE,
    rc11: '010/1 110/5 150/5',
  }),
  row('a later store of the same thread breaks it', 'x=1; rel y=1; y=2 | acq r0=y; r1=x', {
    sc: '00 01 11 21',
    rc11: '20',
  }),
  row('MP+add+acq', 'x=1; r0=add y 1 | acq r0=y; r1=x', { sc: '000 001 011' }),
  row('MP+rel+add', 'x=1; rel y=1 | r0=add y 1; r1=x', { finals: 'y', sc: '00/1 01/1 11/2' }),
  row('MP+rel+cmpxchg that fails', 'x=1; rel y=1 | r0=cmpxchg y 7 8; r1=x', { sc: bits(2, '10'), rc11: '10' }),
];

const LOCKS = ['m', 's'].flatMap((lock) => {
  const locked = (body: string): string => `lock ${lock}; ${body}; unlock ${lock}`;
  return [
    row(`SB under a lock (${lock})`, `${locked('x=1; r0=y')} | ${locked('y=1; r0=x')}`, { sc: '01 10' }),
    row(`MP under a lock (${lock})`, `${locked('x=1; y=1')} | ${locked('r0=y; r1=x')}`, { sc: '00 11' }),
    row(`MP by a lock (${lock})`, `x=1; ${locked('y=1')} | ${locked('r0=y')}; r1=x`, { sc: '00 01 11' }),
    row(`counting under a lock (${lock})`, `${locked('r0=x; x=1')} | ${locked('r0=x; x=2')}`, {
      finals: 'x',
      sc: '01/2 20/1',
    }),
    row(
      `SB through a lock (${lock})`,
      `x=1; lock ${lock}; unlock ${lock}; r0=y | y=1; lock ${lock}; unlock ${lock}; r0=x`,
      {
        sc: bits(2, '00'),
      },
    ),
    // On x86, a lock is a full fence. For the kernel it is an acquire: earlier accesses may move
    // after it.
    row(
      `SB through two locks (${lock})`,
      `x=1; lock ${lock}; unlock ${lock}; r0=y | y=1; lock ${lock}1; unlock ${lock}1; r0=x`,
      { sc: bits(2, '00'), rc11: '00' },
    ),
    row(`ISA2+wmb+rmb-unlock+lock (${lock})`, `x=1; wmb; y=1 | r0=y; rmb; ${locked('z=1')} | ${locked('r0=z')}; r1=x`, {
      sc: bits(3, '110'),
    }),
    row(`ISA2+wmb+po-unlock+lock (${lock})`, `x=1; wmb; y=1 | r0=y; ${locked('z=1')} | ${locked('r0=z')}; r1=x`, {
      sc: bits(3, '110'),
      rc11: '110',
    }),
    // Accesses after the unlock may be seen before it.
    row(`MP past an unlock (${lock})`, `${locked('x=1')}; y=1 | r0=y; rmb; r1=x`, { sc: bits(2, '10'), rc11: '10' }),
    // A load may overtake the unlock of a spinlock, which is a store, but not that of a mutex.
    row(`SB past an unlock (${lock})`, `${locked('x=1')}; r0=y | y=1; mb; r0=x`, {
      sc: bits(2, '00'),
      ...(lock === 's' ? { tso: '00' } : { rc11: '00' }),
    }),
  ];
});

const PUBLISHED_ONES = [
  row('MP+rel+acq, if', 'x=1; rel y=1 | acq r0=y; if r0=1; r1=x', { sc: '0- 11' }),
  row('MP+rels+acq, if', 'x=1; rel y=0; y=1 | acq r0=y; if r0=1; r1=x', { sc: '0- 11', rc11: '10' }),
  row('MP2', 'rel a=1; rel c=1; rel b=1; rel d=1 | acq r0=b; acq r1=a | acq r0=d; acq r1=c', {
    sc: cross('00 01 11', '00 01 11'),
  }),
];

export const SUITE: readonly Row[] = [
  ...[MP, MP_WRONG, S, R, SB, SB_OTHERS, W22, W22_OTHERS, LB, IRIW, WRC, CHAINS, COHERENCE, ATOMIC, LOCKS].flat(),
  ...PUBLISHED_ONES,
];
