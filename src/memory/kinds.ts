import { wrap } from './cell.ts';

/**
 * What an access does, as a number. A number is never used again for another kind: a new kind gets
 * the next one.
 */
export const Kind = {
  read: 0,
  write: 1,
  load: 2,
  store: 3,
  loadAcquire: 4,
  storeRelease: 5,
  xchg: 6,
  cmpxchg: 7,
  fetchAdd: 8,
  fetchAnd: 9,
  fetchOr: 10,
  lock: 11,
  unlock: 12,
  wait: 13,
  resume: 14,
  wake: 15,
  rmb: 16,
  wmb: 17,
  mb: 18,
  fence: 19,
  choose: 20,
  fetchSub: 21,
  fetchXor: 22,
  waitFor: 23,
  resumeFor: 24,
  wakeSome: 25,
} as const;

type Kinds = typeof Kind;

/**
 * Memory orders of C11. A kind with one is the number of its base kind and, above `BASE_BITS`, the
 * number of the order. Each access has one number: an acquire load is `loadAcquire`, a seq_cst
 * fence is `mb`, a read-modify-write with 0 has full order.
 */
const ORDERS = { relaxed: 1, acquire: 2, release: 3, acq_rel: 4, seq_cst: 5 } as const;
export type MemoryOrder = keyof typeof ORDERS;
export type LoadOrder = 'relaxed' | 'acquire' | 'seq_cst';
export type StoreOrder = 'relaxed' | 'release' | 'seq_cst';
/** `full`: a relaxed read-modify-write between two seq_cst fences, as Linux has it. */
export type RmwOrder = MemoryOrder | 'full';
export type FenceOrder = Exclude<MemoryOrder, 'relaxed'>;

const BASE_BITS = 5;
const baseOf = (kind: number): number => kind & ((1 << BASE_BITS) - 1);
const withOrder = (base: number, order: MemoryOrder): number => base | (ORDERS[order] << BASE_BITS);

/**
 * The classes of accesses, and the orderings of each that the memory models know. A
 * compare-and-exchange that fails is a load. `resume` is the second step of a `wait` that slept.
 */
type AccessClass =
  | readonly ['load', 'plain' | 'relaxed' | 'acquire']
  | readonly ['store', 'plain' | 'relaxed' | 'release']
  | readonly ['read-modify-write' | 'compare-and-exchange', 'full']
  | readonly ['fence', 'loads' | 'stores' | 'full' | 'relaxed']
  | readonly ['choice', 'relaxed'];

/** Locks and wait queues: one kind each. All code that takes such an access names its kind. */
type SynchronisationName =
  | ('lock' | 'unlock' | 'wait' | 'resume' | 'wake')
  /** Of a wait with a time-out, and of a wake-up with a count: the queue has an order. */
  | ('waitFor' | 'resumeFor' | 'wakeSome');

/**
 * By kind: its class, and how it is ordered. All that is asked of a kind is derived from this
 * table, except what a read-modify-write stores: see `rmwResult`.
 */
const CLASSES = {
  read: ['load', 'plain'],
  write: ['store', 'plain'],
  load: ['load', 'relaxed'],
  store: ['store', 'relaxed'],
  loadAcquire: ['load', 'acquire'],
  storeRelease: ['store', 'release'],
  xchg: ['read-modify-write', 'full'],
  cmpxchg: ['compare-and-exchange', 'full'],
  fetchAdd: ['read-modify-write', 'full'],
  fetchAnd: ['read-modify-write', 'full'],
  fetchOr: ['read-modify-write', 'full'],
  lock: ['lock', 'acquire'],
  unlock: ['unlock', 'release'],
  wait: ['wait', 'full'],
  resume: ['resume', 'acquire'],
  wake: ['wake', 'full'],
  rmb: ['fence', 'loads'],
  wmb: ['fence', 'stores'],
  mb: ['fence', 'full'],
  fence: ['fence', 'relaxed'],
  choose: ['choice', 'relaxed'],
  fetchSub: ['read-modify-write', 'full'],
  fetchXor: ['read-modify-write', 'full'],
  waitFor: ['waitFor', 'full'],
  resumeFor: ['resumeFor', 'full'],
  wakeSome: ['wakeSome', 'full'],
} as const satisfies {
  [K in keyof Kinds]: K extends SynchronisationName ? readonly [K, 'acquire' | 'release' | 'full'] : AccessClass;
};

type NamesOf<Class> = {
  [K in keyof Kinds]: (typeof CLASSES)[K][0] extends Class ? K : never;
}[keyof Kinds];

/** For exhaustive switches over the kinds of some classes: see `unknownKind`. */
export type RmwKind = Kinds[NamesOf<'read-modify-write' | 'compare-and-exchange'>];
export type SynchronisationKind = Kinds[SynchronisationName];

/**
 * An access as one number: the kind in the low bits, the id of the place above them; of a fence 0.
 */
export const KIND_BITS = 8;
const KIND_MASK = (1 << KIND_BITS) - 1;
export const accessCode = (kind: number, id: number): number => (id << KIND_BITS) | kind;
export const kindOf = (code: number): number => code & KIND_MASK;
export const placeOf = (code: number): number => code >>> KIND_BITS;

/** What is asked of a kind, as bits of `KIND_TRAITS`. */
export const Trait = {
  load: 1 << 0,
  store: 1 << 1,
  rmw: 1 << 2,
  cmpxchg: 1 << 3,
  fence: 1 << 4,
  queue: 1 << 5,
  locking: 1 << 6,
  reads: 1 << 7,
  writes: 1 << 8,
  plain: 1 << 9,
  acquire: 1 << 10,
  release: 1 << 11,
  full: 1 << 12,
  seqCst: 1 << 13,
  choice: 1 << 14,
  /** It depends on the order of a wait queue, or changes it. */
  ordered: 1 << 15,
  /** A load, store or read-modify-write. */
  data: 0b111,
} as const;

const OF_CLASS: Readonly<Record<(typeof CLASSES)[keyof Kinds][0], number>> = {
  load: Trait.load | Trait.reads,
  store: Trait.store | Trait.writes,
  'read-modify-write': Trait.rmw | Trait.reads | Trait.writes,
  'compare-and-exchange': Trait.rmw | Trait.cmpxchg | Trait.reads | Trait.writes,
  lock: Trait.locking | Trait.writes,
  unlock: Trait.locking | Trait.writes,
  wait: Trait.queue | Trait.reads,
  resume: Trait.queue,
  wake: Trait.queue,
  waitFor: Trait.queue | Trait.ordered | Trait.reads,
  resumeFor: Trait.queue | Trait.ordered,
  wakeSome: Trait.queue | Trait.ordered,
  fence: Trait.fence,
  choice: Trait.choice | Trait.fence,
};

const OF_ORDERING: Readonly<Record<(typeof CLASSES)[keyof Kinds][1], number>> = {
  plain: Trait.plain,
  relaxed: 0,
  acquire: Trait.acquire,
  release: Trait.release,
  loads: 0,
  stores: 0,
  full: Trait.full,
};

const OF_ORDER: Readonly<Record<MemoryOrder, number>> = {
  relaxed: 0,
  acquire: Trait.acquire,
  release: Trait.release,
  acq_rel: Trait.acquire | Trait.release,
  seq_cst: Trait.acquire | Trait.release | Trait.seqCst,
};

/**
 * HOT. By kind: its traits. The numbers that are no kind have none. Code that asks several things
 * of one kind at each step reads this table once; other code uses the functions below.
 */
export const KIND_TRAITS = new Uint16Array(1 << KIND_BITS);

const names = new Array<string>(KIND_TRAITS.length).fill('');
/** Names by kind, as traces show them: the method of `Memory`, with the order in parentheses. */
export const kindNames: readonly string[] = names;

for (const [name, kind] of Object.entries(Kind)) {
  const [of, ordering] = CLASSES[name as keyof Kinds];
  names[kind] = name;
  KIND_TRAITS[kind] = OF_CLASS[of] | OF_ORDERING[ordering];
  for (const order of ordersOf(kind)) {
    names[withOrder(kind, order)] = `${name}(${order})`;
    KIND_TRAITS[withOrder(kind, order)] = OF_CLASS[of] | OF_ORDER[order];
  }
}

/** The orders that make a number of their own of this kind. */
function ordersOf(kind: number): readonly MemoryOrder[] {
  if (kind === Kind.load || kind === Kind.store) return ['seq_cst'];
  if (kind === Kind.fence) return ['acquire', 'release', 'acq_rel'];
  return KIND_TRAITS[kind] & Trait.rmw ? (Object.keys(ORDERS) as MemoryOrder[]) : [];
}

/**
 * The kind of a load, a store, a read-modify-write or a fence with an order. They throw `TypeError`
 * for an order that such an access cannot have.
 */
export function loadKind(order: LoadOrder): number {
  if (order === 'relaxed') return Kind.load;
  if (order === 'acquire') return Kind.loadAcquire;
  return order === 'seq_cst' ? withOrder(Kind.load, order) : refuseOrder('a load', order, LOAD_ORDERS);
}
export function storeKind(order: StoreOrder): number {
  if (order === 'relaxed') return Kind.store;
  if (order === 'release') return Kind.storeRelease;
  return order === 'seq_cst' ? withOrder(Kind.store, order) : refuseOrder('a store', order, STORE_ORDERS);
}
export function rmwKind(base: RmwKind, order: RmwOrder): number {
  if (order === 'full') return base;
  return Object.hasOwn(ORDERS, order)
    ? withOrder(base, order)
    : refuseOrder(kindNames[base], order, ['full', ...Object.keys(ORDERS)]);
}
export function fenceKind(order: FenceOrder): number {
  if (order === 'seq_cst') return Kind.mb;
  return FENCE_ORDERS.includes(order) ? withOrder(Kind.fence, order) : refuseOrder('a fence', order, FENCE_ORDERS);
}

const LOAD_ORDERS: readonly LoadOrder[] = ['relaxed', 'acquire', 'seq_cst'];
const STORE_ORDERS: readonly StoreOrder[] = ['relaxed', 'release', 'seq_cst'];
const FENCE_ORDERS: readonly FenceOrder[] = ['acquire', 'release', 'acq_rel', 'seq_cst'];

/** For code in plain JavaScript, which no type has warned. */
function refuseOrder(what: string, order: unknown, allowed: readonly string[]): never {
  const shown = typeof order === 'string' ? `'${order}'` : String(order);
  throw new TypeError(`${what} cannot have the memory order ${shown}: must be one of ${allowed.join(', ')}`);
}

/**
 * The access that a failed compare-and-exchange is: a load of the same place. Its order is what
 * that of the exchange says of loads; that of a `full` one is relaxed, as in Linux.
 */
export function failedCmpxchg(code: number): number {
  const traits = KIND_TRAITS[kindOf(code)];
  const order = traits & Trait.seqCst ? 'seq_cst' : traits & Trait.acquire ? 'acquire' : 'relaxed';
  return accessCode(loadKind(order), placeOf(code));
}

/** The method of `Memory` for this kind, of 32 bits or less, and its order. */
export function methodOf(kind: number): { readonly name: string; readonly order: MemoryOrder | undefined } {
  const name = kindNames[baseOf(kind)];
  if (kind === Kind.loadAcquire) return { name, order: 'acquire' };
  if (kind === Kind.storeRelease) return { name, order: 'release' };
  return { name, order: (Object.keys(ORDERS) as MemoryOrder[]).find((order) => ORDERS[order] === kind >>> BASE_BITS) };
}

// Local constants: see "Hot code" in CONTRIBUTING.md.
const { data: DATA, queue: QUEUE, reads: READS, writes: WRITES } = Trait;

/** Whether an access of this kind can change the value of its place. */
export const isWrite = (kind: number): boolean => (KIND_TRAITS[kind] & WRITES) !== 0;

/** Whether an access of this kind has a result that the thread can use. */
export const isRead = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.reads) !== 0;

/** Whether it loads or stores the value of a cell, and is no wait: then any value lets it go on. */
export const isData = (kind: number): boolean => (KIND_TRAITS[kind] & DATA) !== 0;

/** Whether it is a load and nothing else. */
export const isLoad = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.load) !== 0;

/** Whether it is a store and not a read-modify-write. */
export const isStore = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.store) !== 0;

/** Whether it is an atomic read-modify-write; a compare-and-exchange is one. */
export const isRmw = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.rmw) !== 0;

/** Whether it stores only if it finds the expected value. */
export const isCmpxchg = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.cmpxchg) !== 0;

/** Whether it has no place: a fence, or a choice, which orders nothing. */
export const isFence = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.fence) !== 0;

/** Whether it is a `choose`: a step of the thread alone whose result the scheduler chooses. */
export const isChoice = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.choice) !== 0;

/** Whether it takes or releases a lock. */
export const isLocking = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.locking) !== 0;

/** Whether it uses the wait queue of its place: a `wait`, a `resume` or a `wake`. */
export const isQueue = (kind: number): boolean => (KIND_TRAITS[kind] & QUEUE) !== 0;

/** Whether it compares the value of its place, and may then fall asleep. */
export const isWait = (kind: number): boolean => (KIND_TRAITS[kind] & QUEUE) !== 0 && (KIND_TRAITS[kind] & READS) !== 0;

/** Whether other uses of the same wait queue cannot be exchanged with it. */
export const changesQueue = (kind: number): boolean => kind === Kind.wake || (KIND_TRAITS[kind] & Trait.ordered) !== 0;

/** Whether it uses the value of its place: it is data, uses a lock, or waits. */
export const usesValue = (kind: number): boolean => (KIND_TRAITS[kind] & (READS | WRITES)) !== 0;

/** Whether it is a plain access of C. */
export const isPlain = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.plain) !== 0;

/** Whether later accesses stay after it; whether earlier ones stay before it. */
export const isAcquire = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.acquire) !== 0;
export const isRelease = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.release) !== 0;

/** Whether it is a seq_cst access of C11. A seq_cst fence is a full one. */
export const isSeqCst = (kind: number): boolean => (KIND_TRAITS[kind] & Trait.seqCst) !== 0;

/** Whether it is a full fence, or a read-modify-write that implies one before and one after it. */
export const isFullFence = (kind: number): boolean =>
  (KIND_TRAITS[kind] & Trait.full) !== 0 && (KIND_TRAITS[kind] & (Trait.rmw | Trait.fence)) !== 0;

/** For the default of an exhaustive switch over kinds; `satisfies never` reports a missing case. */
export const unknownKind = (kind: number): Error => new Error(`${kindNames[kind] ?? kind} is not expected here`);

/** By kind: that of the same access without an order. */
export const baseKind = (kind: number): RmwKind => baseOf(kind) as RmwKind;

/** The new value of a cell that held `old`, after a read-modify-write of `kind`. */
export function rmwResult(kind: number, old: number, expected: number, operand: number, bits: number): number {
  const rmw = baseKind(kind);
  switch (rmw) {
    case Kind.xchg:
      return wrap(operand, bits);
    case Kind.cmpxchg:
      return old === expected ? wrap(operand, bits) : old;
    case Kind.fetchAdd:
      return wrap(old + operand, bits);
    case Kind.fetchAnd:
      return wrap(old & operand, bits);
    case Kind.fetchOr:
      return wrap(old | operand, bits);
    case Kind.fetchSub:
      return wrap(old - operand, bits);
    case Kind.fetchXor:
      return wrap(old ^ operand, bits);
    default:
      throw unknownKind(rmw satisfies never);
  }
}
