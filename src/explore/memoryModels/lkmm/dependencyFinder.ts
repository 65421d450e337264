import { isChoice, isFullFence, isRead, isRmw, isWrite, kindOf, methodOf } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import { isPromise } from '../../trust/partialGraph.ts';
import type { Dependencies } from './dependencies.ts';
import type { GraphRelations } from './graphRelations.ts';
import type { LkmmGraph } from './lkmmGraph.ts';
import type { LocationValues } from './locationValues.ts';
import { isAlwaysFirst, promisedValue } from './promises.ts';
import { type ProbedAccess, type ProbedRun, type ReadValue, type ThreadProbe, writesAfter } from './threadProbe.ts';

/** An access of the thread whose dependencies are looked for. */
interface KnownAccess extends ProbedAccess {
  readonly location: number;
  readonly value: ReadValue;
  readonly writes: boolean;
}

/** The numbers of the reads in the thread that an access depends on. */
interface Found {
  readonly address: readonly number[];
  readonly data: readonly number[];
  readonly control: readonly number[];
}

/** An access whose dependencies are looked for. */
interface WantedAccess {
  readonly thread: number;
  /** What its thread did; it is the last one of these. */
  readonly accesses: readonly KnownAccess[];
  readonly access: KnownAccess;
  /** The place in the code of each access in a run that has it; runs the thread the first time. */
  readonly sites: () => readonly (string | undefined)[];
}

/**
 * Runs that are tried to see whether an access is always there; beyond that it counts as such. They
 * are fewer where a run is long: so many accesses in all, and fewer where several reads change.
 */
const RUNS_MAX = 200;
const RUNS_MIN = 3;
const ACCESSES_MAX = 3000;
/** A run with more accesses than this ends without result. */
const longestOf = ({ length }: readonly KnownAccess[]): number => 2 * length + 30;

/**
 * Finds what the accesses of a thread depend on. An operation is a function of the values it reads.
 * So a thread runs again with another value of one read, or of two. What is not the same then
 * depends on them. See `docs/memory-models.md` for how that differs from dependencies of the text.
 */
export class DependencyFinder {
  private readonly probe: ThreadProbe;
  private readonly possible: LocationValues;
  private readonly locationOf: (code: number) => number;
  private readonly cache = new Map<string, Found>();

  /** @param locationOf the location of an access. */
  constructor(probe: ThreadProbe, possible: LocationValues, locationOf: (code: number) => number) {
    this.probe = probe;
    this.possible = possible;
    this.locationOf = locationOf;
  }

  /** The dependencies of all events of a graph. */
  of(x: GraphRelations, execution: Execution<LkmmGraph>): Dependencies {
    const found = { address: x.pool.empty(), data: x.pool.empty(), control: x.pool.empty() };
    const { readOf, writeOf } = x.events;
    execution.memory.stepsOf.forEach((own, thread) => {
      const accesses = accessesOf(execution, own);
      const key = new PathKey(execution, thread);
      own.forEach((s, k) => {
        const event = accesses[k].writes ? writeOf[s] : readOf[s];
        if (event >= 0) {
          const { address, data, control } = this.cached(key, thread, accesses, k);
          for (const read of address) found.address.add(readOf[own[read]], event);
          for (const read of data) found.data.add(readOf[own[read]], event);
          for (const read of control) found.control.add(readOf[own[read]], event);
          if (accesses[k].writes && readOf[s] >= 0) {
            // The address of a read-modify-write is also that of its read. Its write may also
            // depend on what it has read.
            for (const read of address) found.address.add(readOf[own[read]], readOf[s]);
            if (usesOldValue(accesses[k].code)) found.data.add(readOf[s], event);
          }
        }
        key.add(s);
      });
    });
    return found;
  }

  /** Whether step `write` depends on step `read` of its thread, which no fence keeps before it. */
  isDependent(execution: Execution<LkmmGraph>, read: number, write: number): boolean {
    const thread = execution.schedule[write];
    const own = execution.memory.stepsOf[thread];
    const key = new PathKey(execution, thread);
    const k = own.indexOf(write);
    for (const s of own.slice(0, k)) key.add(s);
    const { address, data, control } = this.cached(key, thread, accessesOf(execution, own), k);
    const at = own.indexOf(read);
    return address.includes(at) || data.includes(at) || control.includes(at);
  }

  private cached({ key, execution }: PathKey, thread: number, accesses: readonly KnownAccess[], k: number): Found {
    const node = execution.nodes[execution.memory.stepsOf[thread][k]];
    const of = `${key} ${node}`;
    const known = this.cache.get(of);
    if (known !== undefined) return known;
    const found = this.find(thread, accesses, k);
    this.cache.set(of, found);
    return found;
  }

  private find(thread: number, accesses: readonly KnownAccess[], k: number): Found {
    const found = { address: new Set<number>(), data: new Set<number>(), control: new Set<number>() };
    const reads: number[] = [];
    for (let i = firstUnfenced(accesses, k); i < k; i++)
      if (!isAlwaysFirst(kindOf(accesses[i].code)) && this.isVariable(accesses[i])) reads.push(i);
    if (reads.length === 0) return listsOf(found);
    const of = this.wanted(thread, accesses.slice(0, k + 1));
    const differsWith = (changed: readonly (readonly [number, ReadValue])[]): boolean => {
      const kinds = this.difference(of, new Map(changed));
      for (const kind of kinds) for (const [read] of changed) found[kind].add(read);
      return kinds.size > 0;
    };
    const values = (read: number): ReadValue[] => this.others(accesses[read]);
    const rest = reads.filter((read) => values(read).filter((value) => differsWith([[read, value]])).length === 0);
    if (!this.dependsOnSeveral(of, rest)) return listsOf(found);
    for (const [i, a] of rest.entries())
      for (const b of rest.slice(i + 1))
        for (const first of values(a))
          for (const second of values(b))
            differsWith([
              [a, first],
              [b, second],
            ]);
    return listsOf(found);
  }

  /** The last of these accesses. */
  private wanted(thread: number, accesses: readonly KnownAccess[]): WantedAccess {
    const told = new Map(accesses.map((known) => [nameOf(known), known.value]));
    let sites: readonly (string | undefined)[] | undefined;
    return {
      ...{ thread, accesses, access: accesses.at(-1)! },
      sites: () => {
        sites ??= this.probe
          .run(thread, (read, before) =>
            before.length > longestOf(accesses)
              ? undefined
              : (told.get(nameOf(read)) ?? this.valuesOf(read)[0] ?? [0, 0]),
          )
          .sites();
        return sites;
      },
    };
  }

  /**
   * Whether an access may differ when several of these reads return other values, though each of
   * them alone changes nothing: as `a | b` does, where both are 1.
   */
  private dependsOnSeveral(of: WantedAccess, reads: readonly number[]): boolean {
    if (reads.length < 2) return false;
    const others = reads.map((read) => this.others(of.accesses[read]));
    const most = Math.max(...others.map(({ length }) => length));
    return Array.from({ length: most }, (_, i) => i).some((i) => {
      const changed = new Map(reads.map((read, n) => [read, others[n][i % others[n].length]]));
      return this.difference(of, changed).size > 0;
    });
  }

  private isVariable(access: KnownAccess): boolean {
    return isRead(kindOf(access.code)) && this.others(access).length > 0;
  }

  private others({ location, value: [low, high] }: KnownAccess): ReadValue[] {
    return this.possible.of(location).filter(([l, h]) => l !== low || h !== high);
  }

  /** In which ways an access differs, in some run, when these reads return other values. */
  private difference(of: WantedAccess, changed: ReadonlyMap<number, ReadValue>): ReadonlySet<keyof Found> {
    const told = new Map<string, ReadValue>();
    of.accesses.forEach((access, i) => {
      if (isRead(kindOf(access.code)) || isChoice(kindOf(access.code)))
        told.set(nameOf(access), changed.get(i) ?? access.value);
    });
    const kinds = new Set<keyof Found>();
    const longest = longestOf(of.accesses);
    const budget = ACCESSES_MAX / (changed.size ** 2 * of.accesses.length);
    const runsMax = Math.min(RUNS_MAX, Math.max(RUNS_MIN, budget));
    const choices: { chosen: number; readonly of: number }[] = [];
    for (let runs = 0; runs < runsMax; runs++) {
      let at = 0;
      const values = new Map<ProbedAccess, ReadValue>();
      const run = this.probe.run(of.thread, (access, before) => {
        // The rest does not matter, and a loop may go on for ever.
        if (before.length > longest || isInPlace(of, before, values)) return undefined;
        const value = told.get(nameOf(access)) ?? this.choose(access, choices, at++);
        values.set(access, value);
        return value;
      });
      const kind = run.isComplete ? differenceIn(run, of, values) : undefined;
      if (kind !== undefined) kinds.add(kind);
      if (!advance(choices)) break;
    }
    return kinds;
  }

  /** What an access that was not told its value may return. */
  private valuesOf({ code, operand }: ProbedAccess): readonly ReadValue[] {
    if (!isChoice(kindOf(code))) return this.possible.of(this.locationOf(code));
    return Array.from({ length: operand }, (_, chosen): ReadValue => [chosen, 0]);
  }

  private choose(access: ProbedAccess, choices: { chosen: number; readonly of: number }[], at: number): ReadValue {
    const values = this.valuesOf(access);
    if (at === choices.length) choices.push({ chosen: 0, of: Math.max(1, values.length) });
    return values[choices[at].chosen] ?? [0, 0];
  }
}

/**
 * The first access before number `k` that no full fence keeps before it. A dependency on earlier
 * ones would order nothing more.
 */
function firstUnfenced(accesses: readonly KnownAccess[], k: number): number {
  const isFence = ({ code, writes }: KnownAccess): boolean =>
    isFullFence(kindOf(code)) && (writes || !isRmw(kindOf(code)));
  if (isFence(accesses[k])) return k;
  let first = k;
  while (first > 0 && !isFence(accesses[first - 1])) first--;
  return first;
}

/** What a thread has done, and read, up to one of its accesses. */
class PathKey {
  key: string;
  readonly execution: Execution<LkmmGraph>;

  constructor(execution: Execution<LkmmGraph>, thread: number) {
    this.execution = execution;
    this.key = `${thread}`;
  }

  add(s: number): void {
    const { nodes, values, highs } = this.execution;
    this.key += ` ${nodes[s]}:${values[s]}:${highs[s]}`;
  }
}

const listsOf = ({ address, data, control }: Readonly<Record<keyof Found, ReadonlySet<number>>>): Found => ({
  address: [...address],
  data: [...data],
  control: [...control],
});

/** Accesses are compared between runs by what they are, and which one of these it is. */
const nameOf = ({ code, nth }: ProbedAccess): string => `${code} ${nth}`;

function advance(choices: { chosen: number; readonly of: number }[]): boolean {
  for (let last = choices.at(-1); last !== undefined; last = choices.at(-1)) {
    if (++last.chosen < last.of) return true;
    choices.pop();
  }
  return false;
}

/** Whether two accesses write the same, if the first one writes; or else read the same place. */
function isSame(access: KnownAccess, other: ProbedAccess, values: ReadonlyMap<ProbedAccess, ReadValue>): boolean {
  if (other.code !== access.code) return false;
  if (!access.writes) return true;
  if (other.operand !== access.operand || other.operandHigh !== access.operandHigh) return false;
  if (!isRmw(kindOf(other.code))) return true;
  // It may not have read yet.
  const read = values.get(other);
  return read !== undefined && writesAfter(other, read);
}

/** Whether a run accesses the same places up to the wanted access, and has that. */
function isInPlace(
  { accesses, access }: WantedAccess,
  run: readonly ProbedAccess[],
  values: ReadonlyMap<ProbedAccess, ReadValue>,
): boolean {
  const at = accesses.length - 1;
  return run.length > at && accesses.every(({ code }, i) => run[i].code === code) && isSame(access, run[at], values);
}

/**
 * How a run differs in an access; undefined: it has it. An access that another branch makes, and
 * that the run with the wanted one does not come to, stands for it.
 */
function differenceIn(
  { accesses: others, sites }: ProbedRun,
  of: WantedAccess,
  values: ReadonlyMap<ProbedAccess, ReadValue>,
): keyof Found | undefined {
  const { access, accesses } = of;
  if (isInPlace(of, others, values)) return undefined;
  const theirs = sites();
  const ours = of.sites();
  const place = ours[accesses.length - 1];
  const nth = ours.slice(0, accesses.length - 1).filter((site) => site === place).length;
  const at = others.filter((_, i) => theirs[i] === place)[nth];
  if (at !== undefined && isSame(access, at, values)) return undefined;
  const stands = (other: ProbedAccess, i: number): boolean =>
    access.writes && isSame(access, other, values) && !ours.includes(theirs[i]);
  if (others.some(stands)) return undefined;
  if (at === undefined || kindOf(at.code) !== kindOf(access.code)) return access.writes ? 'control' : undefined;
  if (at.code !== access.code) return 'address';
  return access.writes ? 'data' : undefined;
}

/** Whether what a read-modify-write writes depends on what it has read. */
const usesOldValue = (code: number): boolean => !['xchg', 'cmpxchg'].includes(methodOf(kindOf(code)).name);

function accessesOf(execution: Execution<LkmmGraph>, own: readonly number[]): KnownAccess[] {
  const { tree, nodes, footprints, values, memory } = execution;
  const counts = new Map<number, number>();
  return own.map((s) => {
    const node = nodes[s];
    const code = tree.code[node];
    const nth = counts.get(code) ?? 0;
    counts.set(code, nth + 1);
    const store = memory.read[s];
    const value: ReadValue = isChoice(kindOf(code))
      ? [values[s], 0]
      : isPromise(store)
        ? [promisedValue(store), 0]
        : [memory.stores.low[store] ?? 0, memory.stores.high[store] ?? 0];
    const location = memory.locationOf(code);
    const writes = isWrite(kindOf(footprints[s]));
    return {
      ...{ code, nth, location, value, writes },
      ...{ operand: tree.operand[node], operandHigh: tree.operandHigh[node] },
      ...{ expected: tree.expected[node], expectedHigh: tree.expectedHigh[node] },
    };
  });
}
