import { Execution, type Stop } from '../src/explore/execution/execution.ts';
import type { Violation } from '../src/explore/execution/violation.ts';
import { type Limits, noLimits } from '../src/explore/limits.ts';
import { optimalDpor } from '../src/explore/optimalDpor/optimalDpor.ts';
import { OptimalDporWorkList } from '../src/explore/optimalDpor/optimalDporWorkList.ts';
import type { Program } from '../src/explore/program.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from '../src/explore/search/searchProgress.ts';
import { TraceCounter } from '../src/explore/search/traceCounter.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import type { WorkItem } from '../src/explore/work/workItem.ts';
import { assume, check } from '../src/memory/assume.ts';
import type { Cell, Cell64, Lock, Place } from '../src/memory/cell.ts';
import { Layout } from '../src/memory/layout.ts';
import { kindNames, kindOf, type Memory, placeOf } from '../src/memory/memory.ts';
import { type Instruction, NEXT, type ProgramShape, SHAPES } from './arbitraries/program.ts';

/** The searches that are held against each other; a canary puts a broken one in. */
export interface Searches {
  readonly optimal: (
    execution: Execution,
    judge: PropertyChecker,
    limits: Limits,
    options?: { readonly preemptions?: number },
  ) => SearchResult;
  readonly statesOf: (execution: Execution, judge: PropertyChecker) => StateCache;
}

export const searches: Searches = {
  optimal: optimalDpor,
  statesOf: (execution, judge) => new StateCache(execution, judge),
};

/** The optimal reduction in parts, three at a time with three more in work, each of which ends after an execution or two. */
export function inParts(
  execution: Execution,
  judge: PropertyChecker,
  limits: Limits,
  options: { readonly preemptions?: number } = {},
): SearchResult {
  const plan = new OptimalDporWorkList(execution, judge);
  const tally = new SearchProgress(limits);
  let now = plan.next(3);
  while (now.length > 0) {
    const ahead = plan.next(3);
    const done = now.map((part, i) => {
      const from = structuredClone(part) as WorkItem & { kind: 'optimalDpor' };
      const result = optimalDpor(execution, judge, { ...limits, executions: 1 + (i & 1) }, { ...options, from });
      return { ...result, left: [], schedule: [], stop: undefined, classes: [], readsFrom: [] };
    });
    for (const [i, part] of now.entries()) {
      tally.merge({ ...done[i], limit: undefined });
      if (tally.violation !== undefined) return tally;
      plan.complete(part, done[i]);
    }
    now = ahead.length > 0 ? ahead : plan.next(3);
  }
  return tally;
}

export const STEPS_MAX = 200;

/** The program that `shape` describes. Without `checks`, `check` lets everything pass. */
export function programOf({ shape, threads }: ProgramShape, checks: boolean): Program {
  const layout = new Layout();
  layout.region(8);
  const cells = SHAPES[shape].map(([type, at], i) =>
    type === 'u64' ? layout.cell64(`c${i}`, at) : layout.cell(`c${i}`, type, at),
  );
  const locks = [layout.lock('m', 'mutex'), layout.lock('n', 'mutex')];
  return {
    layout,
    init: () => {},
    actors: threads.map((operations, t) => ({
      name: `thread${t}`,
      operations: operations.map(({ asks, body }, i) => {
        const run = (mem: Memory, before: unknown): number[] => {
          const seen = [(before as number[] | undefined)?.at(-1) ?? 0];
          perform(mem, body, cells, locks, seen, checks);
          return seen;
        };
        return { label: `op${i}`, run: asks ? run : (mem: Memory) => run(mem, undefined) };
      }),
    })),
  };
}

function perform(
  mem: Memory,
  body: readonly Instruction[],
  cells: readonly (Cell | Cell64)[],
  locks: readonly Lock[],
  seen: number[],
  checks: boolean,
): void {
  const last = (): number => seen[seen.length - 1];
  for (const made of body) {
    if ('body' in made) {
      if (made.do === 'locked') {
        mem.lock(locks[made.lock]);
        perform(mem, made.body, cells, locks, seen, checks);
        mem.unlock(locks[made.lock]);
      } else if ((last() === made.value) !== made.not) perform(mem, made.body, cells, locks, seen, checks);
    } else if (made.do === 'assume') assume((last() === made.value) !== made.not);
    else if (made.do === 'check') check(!checks || (last() === made.value) !== made.not, 'checked');
    else {
      const cell = cells[made.cell];
      if (made.do === 'spin') {
        const other = made.other === undefined ? undefined : cells[made.other];
        // Only what was read last is kept: the operation does not know how often it went round.
        let now = read(mem, cell);
        while (now === made.value) {
          if (other !== undefined) read(mem, other);
          now = read(mem, cell);
        }
        seen.push(now);
        continue;
      }
      const value = 'value' in made ? (made.value === NEXT ? last() + 1 : made.value) : 0;
      if (cell.kind === 'cell64') {
        if (made.do === 'store') mem.store64(cell, BigInt(value) * 0x1_0000_0001n);
        else seen.push(read(mem, cell));
      } else if (made.do === 'load') seen.push(read(mem, cell));
      else if (made.do === 'store') mem.store(cell, value);
      else if (made.do === 'xchg') seen.push(mem.xchg(cell, value));
      else if (made.do === 'add') seen.push(mem.fetchAdd(cell, value));
      else if (made.do === 'cmpxchg') seen.push(mem.cmpxchg(cell, made.expected, made.value));
      else if (made.do === 'cmpxchg spin') while (mem.cmpxchg(cell, value, value + 1) !== value);
      else if (made.do === 'wait') seen.push(mem.wait(cell, made.expected) ? 1 : 0);
      else mem.wake(cell);
    }
  }
}

function read(mem: Memory, cell: Cell | Cell64): number {
  if (cell.kind !== 'cell64') return mem.load(cell);
  const value = mem.load64(cell);
  return Number((value & 0xffff_ffffn) + 1000n * (value >> 32n));
}

/** A step, as far as others can conflict with it: the bytes that it reads or writes, the queue that it looks at or wakes. */
interface Access {
  readonly thread: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly writes: boolean;
  readonly queue: number;
  readonly wakes: boolean;
}

/**
 * The happens-before class of an execution as text: for each step, by thread and number, which of the conflicting steps came before it. Worked out from the
 * trace by the definition, two steps at a time; shares nothing with how the explorer does it.
 */
export function classOf(execution: Execution): string {
  const accesses = execution.trace().map(({ thread, code, old }, s): Access => {
    const kind = kindNames[kindOf(code)];
    const place: Place = execution.places[placeOf(code)];
    const failed = kind === 'cmpxchg' && Number(old) !== execution.tree.expected[execution.nodes[s]];
    const queued = kind === 'wait' || kind === 'resume' || kind === 'wake';
    const here = kind !== 'resume' && kind !== 'wake';
    return {
      thread,
      name: `${failed ? 'failed ' : ''}${kind} ${place.name}`,
      from: here ? place.offset : 0,
      to: here ? place.offset + place.bits / 8 : 0,
      writes: /store|xchg|fetch|lock/.test(kind) && !failed,
      queue: queued ? place.id : -1,
      wakes: kind === 'wake',
    };
  });
  const lines: string[][] = execution.program.actors.map(() => []);
  const numbers: string[] = [];
  for (const [s, access] of accesses.entries()) {
    const own = lines[access.thread];
    numbers.push(`${access.thread}.${own.length}`);
    // Which came first among those before it does not matter here: their own lines say.
    const before = numbers.filter((_, e) => e < s && conflict(accesses[e], access)).sort();
    own.push([access.name, ...before].join(' '));
  }
  return lines.map((own) => own.join(', ')).join(' | ');
}

function conflict(a: Access, b: Access): boolean {
  if (a.thread === b.thread) return false;
  if (a.queue >= 0 && a.queue === b.queue && (a.wakes || b.wakes)) return true;
  return a.from < b.to && b.from < a.to && (a.writes || b.writes);
}

/** What is to be seen in the executions of one program. */
interface Seen {
  /** By class of maximal executions, with the way they stopped: how often. */
  readonly classes: Map<string, number>;
  /** Those in which no thread has gone a round in vain. */
  readonly straight: Set<string>;
  /** Final states: the way it stopped, memory, results. Blocked ones, where threads may have gone round, have no match elsewhere. */
  readonly ends: Set<string>;
  readonly events: Set<string>;
}

export class Watcher implements PropertyChecker {
  readonly seen: Seen = { classes: new Map(), straight: new Set(), ends: new Set(), events: new Set() };
  readonly resultsMatter = true;
  halted = 0;
  private readonly execution: Execution;
  private readonly withClasses: boolean;

  constructor(execution: Execution, withClasses: boolean) {
    this.execution = execution;
    this.withClasses = withClasses;
  }

  atEnd(stop: Stop): Violation | undefined {
    const { execution, seen } = this;
    const { tree, nodes, node, steps } = execution;
    const { spins } = tree;
    if (spins.size === 0 || stop.kind !== 'blocked')
      seen.ends.add(`${stop.kind} ${execution.bytes.u32.join()} ${JSON.stringify(execution.results)}`);
    seen.events.add(stop.kind);
    if (stop.kind === 'blocked') this.halted++;
    if (!this.withClasses) return undefined;
    const name = `${stop.kind}: ${classOf(execution)}`;
    seen.classes.set(name, (seen.classes.get(name) ?? 0) + 1);
    const round = (at: number): boolean => spins.has(at);
    if (!nodes.subarray(0, steps).some(round) && !node.some(round)) seen.straight.add(name);
    return undefined;
  }

  key(): string {
    return '';
  }

  sees(): boolean {
    return false;
  }
}

const lenient: PropertyChecker = { atEnd: () => undefined, key: () => '', resultsMatter: true, sees: () => false };

/** What `end` says of deadlocks and of checks that fail; the search is over with the first. */
export const strict: PropertyChecker = {
  atEnd: (stop) =>
    stop.kind === 'deadlock' ? { property: 'deadlock', message: '' } : 'violation' in stop ? stop.violation : undefined,
  key: () => '',
  resultsMatter: true,
  sees: () => false,
};

/** Holds the three searches of one program against each other. Returns what differs, and adds to `events` what its executions have shown. */
export function crossCheck(shape: ProgramShape, events: Map<string, number>, by: Searches = searches): string[] {
  const differences: string[] = [];
  const differs = (what: string, found: unknown, expected: unknown): void => {
    if (found !== expected) differences.push(`${what}: ${found}, not ${expected}`);
  };
  const program = programOf(shape, false);

  const every = new Execution(program, STEPS_MAX);
  const all = new Watcher(every, true);
  const counted = new TraceCounter(every);
  const none = depthFirstSearch(every, all, noLimits, { classes: counted });
  const finished = [...all.seen.classes.keys()].filter((name) => name.startsWith('finished'));
  differs('classes that are counted', counted.seen.size, finished.length);

  const reduced = new Execution(program, STEPS_MAX);
  const once = new Watcher(reduced, true);
  const optimal = by.optimal(reduced, once, noLimits);
  differs('executions that are given up', optimal.blocked - once.halted, 0);
  if (every.tree.hasSpins) {
    // Where somebody has gone a round in vain, the same execution without that round stands for it.
    const straight = [...all.seen.straight].filter((name) => name.startsWith('finished'));
    differs('executions of the optimal reduction', optimal.executions, straight.length);
    for (const name of straight) differs(name, once.seen.classes.get(name) ?? 0, 1);
  } else {
    differs('executions of the optimal reduction', optimal.executions, finished.length);
    for (const name of all.seen.classes.keys()) differs(name, once.seen.classes.get(name) ?? 0, 1);
    for (const name of once.seen.classes.keys()) differs(`${name} is possible`, all.seen.classes.has(name), true);
  }

  for (const most of [0, 1]) {
    const some = new Execution(program, STEPS_MAX);
    const within = new TraceCounter(some);
    depthFirstSearch(some, lenient, noLimits, { classes: within, bound: { kind: 'preemptions', max: most } });
    const few = by.optimal(new Execution(program, STEPS_MAX), lenient, noLimits, { preemptions: most });
    if (!every.tree.hasSpins) differs(`classes within ${most} preemptions`, few.executions, within.seen.size);
  }

  const stateful = new Execution(program, STEPS_MAX);
  const some = new Watcher(stateful, false);
  depthFirstSearch(stateful, some, noLimits, { states: by.statesOf(stateful, some) });
  const ends = [...all.seen.ends].sort().join('\n');
  differs('final states of the optimal reduction', [...once.seen.ends].sort().join('\n'), ends);
  differs('final states of the search of states', [...some.seen.ends].sort().join('\n'), ends);

  const checked = programOf(shape, true);
  const verdict = (search: (execution: Execution) => { violation: Violation | undefined }): boolean =>
    search(new Execution(checked, STEPS_MAX)).violation !== undefined;
  const violated = verdict((execution) => depthFirstSearch(execution, strict, noLimits));
  differs(
    'verdict of the optimal reduction',
    verdict((execution) => by.optimal(execution, strict, noLimits)),
    violated,
  );
  const states = verdict((execution) =>
    depthFirstSearch(execution, strict, noLimits, { states: by.statesOf(execution, strict) }),
  );
  differs('verdict of the search of states', states, violated);

  const names = [...all.seen.classes.keys()].join();
  const tell = (event: string, happened: boolean): void => {
    if (happened) events.set(event, (events.get(event) ?? 0) + 1);
  };
  tell('programs', true);
  for (const event of all.seen.events) tell(event, true);
  tell('a violation', violated);
  tell('a check fails', violated && !all.seen.events.has('deadlock'));
  tell('a cmpxchg fails', names.includes('failed cmpxchg'));
  tell('a cmpxchg fails or succeeds', /[:,|] cmpxchg/.test(names) && names.includes('failed cmpxchg'));
  tell('a thread goes round', every.tree.hasSpins);
  tell('a thread goes round and gets on', all.seen.straight.size < all.seen.classes.size && finished.length > 0);
  tell('a thread sleeps', names.includes('resume'));
  tell('classes differ in what they read', finished.length > 1 && all.seen.ends.size > 1);
  tell('fewer classes than executions', finished.length > 0 && finished.length < none.executions);
  tell('ten classes', finished.length >= 10);
  tell('cells overlap', overlaps(shape));
  tell(
    'an operation asks for the result before',
    shape.threads.some((thread) => thread.some(({ asks }, i) => asks && i > 0)),
  );
  return differences;
}

/** Whether two threads access cells that are not the same and share a byte. */
function overlaps({ shape, threads }: ProgramShape): boolean {
  const used = threads.map((thread) => new Set(thread.flatMap(({ body }) => [...cellsOf(body)])));
  const range = (cell: number): readonly [number, number] => {
    const [type, at] = SHAPES[shape][cell];
    return [at, at + Number(type.slice(1)) / 8];
  };
  return used.some((mine, t) =>
    used.some(
      (others, u) =>
        u !== t &&
        [...mine].some((a) =>
          [...others].some((b) => a !== b && range(a)[0] < range(b)[1] && range(b)[0] < range(a)[1]),
        ),
    ),
  );
}

function* cellsOf(body: readonly Instruction[]): Generator<number> {
  for (const made of body) {
    if ('cell' in made) yield made.cell;
    if ('body' in made) yield* cellsOf(made.body);
  }
}
