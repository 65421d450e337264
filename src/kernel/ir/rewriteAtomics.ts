import { type FenceOrder, fenceKind, Kind, type MemoryOrder, type RmwKind, rmwKind } from '../../memory/kinds.ts';

/** Returns the number of the site of a hook, which is added. */
export type AddSite = (line: string, what: string) => number;

const BYTES: Readonly<Record<string, number>> = { i8: 1, i16: 2, i32: 4 };
const ORDERS: Readonly<Record<string, MemoryOrder>> = {
  monotonic: 'relaxed',
  acquire: 'acquire',
  release: 'release',
  acq_rel: 'acq_rel',
  seq_cst: 'seq_cst',
};
const OPERATIONS: Readonly<Record<string, RmwKind>> = {
  xchg: Kind.xchg,
  add: Kind.fetchAdd,
  sub: Kind.fetchAdd,
  and: Kind.fetchAnd,
  or: Kind.fetchOr,
};
/** The order of a compare-and-exchange that fails, by that of one that succeeds: see `cmpxchg`. */
const FAILURE: Readonly<Record<string, string>> = {
  monotonic: 'monotonic',
  acquire: 'acquire',
  release: 'monotonic',
  acq_rel: 'acquire',
  seq_cst: 'seq_cst',
};

const RMW = /^(\s+)(%[\w.-]+) = atomicrmw (?:volatile )?(\w+) ptr (\S+), (\w+) (\S+) (\w+), align \d+/;
const CMPXCHG =
  /^(\s+)(%[\w.-]+) = cmpxchg (?:weak )?(?:volatile )?ptr (\S+), (\w+) (\S+), \w+ (\S+) (\w+) (\w+), align \d+/;
const FENCE = /^(\s+)fence (acquire|release|acq_rel|seq_cst)\b/;

/**
 * A C11 read-modify-write or fence of LLVM IR as calls of hooks; undefined: the line is none that
 * `Memory` has. These are `xchg`, `add`, `sub`, `and`, `or` and `cmpxchg` of up to 32 bits. A
 * `cmpxchg` that fails has the load half of its order, which is what compilers take by default.
 */
export function hookAtomic(line: string, debug: string, addSite: AddSite): string | undefined {
  const fence = FENCE.exec(line);
  if (fence !== null) {
    const kind = fenceKind(fence[2] as FenceOrder);
    return `${fence[1]}call void @gfnring_fence(i32 ${addSite(line, 'fence')}, i32 ${kind})${debug}`;
  }
  const rmw = RMW.exec(line);
  if (rmw !== null) {
    const [, indent, to, operation, address, type, operand, order] = rmw;
    const base = OPERATIONS[operation];
    if (base === undefined || BYTES[type] === undefined || ORDERS[order] === undefined) return undefined;
    const site = addSite(line, 'rmw');
    const negated = operation === 'sub' ? [`%gfn.neg${site} = sub ${type} 0, ${operand}`] : [];
    const value = operation === 'sub' ? `%gfn.neg${site}` : operand;
    const call = callHook(site, rmwKind(base, ORDERS[order]), address, type, ['0', value], to);
    return [...negated, ...call].map((text) => `${indent}${text}${debug}`).join('\n');
  }
  const cmpxchg = CMPXCHG.exec(line);
  if (cmpxchg === null) return undefined;
  const [, indent, to, address, type, expected, replacement, order, failure] = cmpxchg;
  if (BYTES[type] === undefined || ORDERS[order] === undefined || FAILURE[order] !== failure) return undefined;
  const site = addSite(line, 'rmw');
  const old = `%gfn.value${site}`;
  const call = callHook(site, rmwKind(Kind.cmpxchg, ORDERS[order]), address, type, [expected, replacement], old);
  const pair = `{ ${type}, i1 }`;
  return [
    ...call,
    `%gfn.equal${site} = icmp eq ${type} ${old}, ${expected}`,
    `%gfn.pair${site} = insertvalue ${pair} undef, ${type} ${old}, 0`,
    `${to} = insertvalue ${pair} %gfn.pair${site}, i1 %gfn.equal${site}, 1`,
  ]
    .map((text) => `${indent}${text}${debug}`)
    .join('\n');
}

/**
 * `to` = the hook of a read-modify-write. It takes and returns 32 bits; narrower types are
 * converted.
 */
function callHook(
  site: number,
  kind: number,
  address: string,
  type: string,
  [expected, operand]: readonly [string, string],
  to: string,
): string[] {
  const call = (a: string, b: string): string =>
    `call i32 @gfnring_rmw(i32 ${site}, i32 ${kind}, ptr ${address}, i32 ${BYTES[type]}, i32 ${a}, i32 ${b})`;
  if (type === 'i32') return [`${to} = ${call(expected, operand)}`];
  return [
    `%gfn.expected${site} = zext ${type} ${expected} to i32`,
    `%gfn.operand${site} = zext ${type} ${operand} to i32`,
    `%gfn.old${site} = ${call(`%gfn.expected${site}`, `%gfn.operand${site}`)}`,
    `${to} = trunc i32 %gfn.old${site} to ${type}`,
  ];
}

/** The hooks that such a line needs. */
export const atomicHooks = [
  'declare i32 @gfnring_rmw(i32, i32, ptr, i32, i32, i32)',
  'declare void @gfnring_fence(i32, i32)',
];
