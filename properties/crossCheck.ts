import type { Execution } from '../src/explore/execution/execution.ts';
import type { Violation } from '../src/explore/execution/violation.ts';
import { type Limits, noLimits } from '../src/explore/limits.ts';
import { createExecution } from '../src/explore/memoryModels/registry.ts';
import { optimalDpor } from '../src/explore/optimalDpor/optimalDpor.ts';
import { OptimalDporWorkList } from '../src/explore/optimalDpor/optimalDporWorkList.ts';
import type { WorkItem } from '../src/explore/parallel/workItem.ts';
import type { Program } from '../src/explore/program.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import { type PropertyChecker, SearchProgress, type SearchResult } from '../src/explore/search/searchProgress.ts';
import { TraceCounter } from '../src/explore/search/traceCounter.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import { lenient } from '../test/explore/programs.ts';
import { type Instruction, type ProgramShape, SHAPES } from './arbitraries/program.ts';
import { programOf } from './shapedProgram.ts';
import { strict, Watcher } from './watcher.ts';

/** The searches that are compared with each other. */
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

/**
 * The optimal search in work items: three at a time, with three more in progress, each of which
 * ends after one or two executions.
 */
export function inWorkItems(
  execution: Execution,
  judge: PropertyChecker,
  limits: Limits,
  options: { readonly preemptions?: number } = {},
): SearchResult {
  const workList = new OptimalDporWorkList(execution, judge);
  const progress = new SearchProgress(limits);
  let now = workList.next(3);
  while (now.length > 0) {
    const ahead = workList.next(3);
    const done = now.map((item, i) => {
      const from = structuredClone(item) as WorkItem & { kind: 'optimalDpor' };
      const result = optimalDpor(execution, judge, { ...limits, executions: 1 + (i & 1) }, { ...options, from });
      const nothing = { left: [], schedule: [], stop: undefined, classes: [], readsFrom: [], bounds: [], compared: [] };
      return { ...result, ...nothing, isRefuted: false };
    });
    for (const [i, item] of now.entries()) {
      progress.merge({ ...done[i], limit: undefined });
      if (progress.violation !== undefined) return progress;
      workList.complete(item, done[i]);
    }
    now = ahead.length > 0 ? ahead : workList.next(3);
  }
  return progress;
}

export const STEPS_MAX = 200;

/** The executions of one program by every search. */
interface Compared {
  readonly every: Execution;
  /** Every interleaving. */
  readonly all: Watcher;
  readonly interleavings: number;
  /** Classes of executions that finished. */
  readonly finished: readonly string[];
  /** The optimal search. */
  readonly once: Watcher;
  differs(what: string, found: unknown, expected: unknown): void;
}

/**
 * Compares the three searches of one program. Returns the differences, and counts in `events` what
 * its executions showed.
 */
export function crossCheck(shape: ProgramShape, events: Map<string, number>, by: Searches = searches): string[] {
  const differences: string[] = [];
  const differs = (what: string, found: unknown, expected: unknown): void => {
    if (found !== expected) differences.push(`${what}: ${found}, not ${expected}`);
  };
  const program = programOf(shape, false);

  const every = createExecution('sc', program, STEPS_MAX);
  const all = new Watcher(every, true);
  const counted = new TraceCounter(every);
  const { executions: interleavings } = depthFirstSearch(every, all, noLimits, { classes: counted });
  const finished = [...all.seen.classes.keys()].filter((name) => name.startsWith('finished'));
  differs('classes that are counted', counted.seen.size, finished.length);

  const once = new Watcher(createExecution('sc', program, STEPS_MAX), true);
  const compared = { every, all, interleavings, finished, once, differs };
  compareOptimal(compared, by);
  comparePreemptions(compared, program, by);
  compareStates(compared, program, by);
  const violated = compareVerdicts(shape, by, differs);
  countEvents(compared, shape, violated, events);
  return differences;
}

function compareOptimal({ every, all, finished, once, differs }: Compared, by: Searches): void {
  const optimal = by.optimal(once.execution, once, noLimits);
  differs('executions that are given up', optimal.blocked - once.halted, 0);
  if (every.tree.hasSpins) {
    // An execution without repeated iterations of spin loops represents those with them.
    const straight = [...all.seen.straight].filter((name) => name.startsWith('finished'));
    differs('executions of the optimal reduction', optimal.executions, straight.length);
    for (const name of straight) differs(name, once.seen.classes.get(name) ?? 0, 1);
    return;
  }
  differs('executions of the optimal reduction', optimal.executions, finished.length);
  for (const name of all.seen.classes.keys()) differs(name, once.seen.classes.get(name) ?? 0, 1);
  for (const name of once.seen.classes.keys()) differs(`${name} is possible`, all.seen.classes.has(name), true);
}

function comparePreemptions({ every, differs }: Compared, program: Program, by: Searches): void {
  for (const max of [0, 1]) {
    const execution = createExecution('sc', program, STEPS_MAX);
    const within = new TraceCounter(execution);
    depthFirstSearch(execution, lenient, noLimits, { classes: within, bound: { kind: 'preemptions', max } });
    const few = by.optimal(createExecution('sc', program, STEPS_MAX), lenient, noLimits, { preemptions: max });
    if (!every.tree.hasSpins) differs(`classes within ${max} preemptions`, few.executions, within.seen.size);
  }
}

function compareStates({ all, once, differs }: Compared, program: Program, by: Searches): void {
  const stateful = createExecution('sc', program, STEPS_MAX);
  const some = new Watcher(stateful, false);
  depthFirstSearch(stateful, some, noLimits, { states: by.statesOf(stateful, some) });
  const ends = [...all.seen.ends].sort().join('\n');
  differs('final states of the optimal reduction', [...once.seen.ends].sort().join('\n'), ends);
  differs('final states of the search of states', [...some.seen.ends].sort().join('\n'), ends);
}

/** Returns whether the program, with its checks, violates anything. */
function compareVerdicts(shape: ProgramShape, by: Searches, differs: Compared['differs']): boolean {
  const checked = programOf(shape, true);
  const verdict = (search: (execution: Execution) => { violation: Violation | undefined }): boolean =>
    search(createExecution('sc', checked, STEPS_MAX)).violation !== undefined;
  const violated = verdict((execution) => depthFirstSearch(execution, strict, noLimits));
  const optimal = verdict((execution) => by.optimal(execution, strict, noLimits));
  differs('verdict of the optimal reduction', optimal, violated);
  const states = verdict((execution) =>
    depthFirstSearch(execution, strict, noLimits, { states: by.statesOf(execution, strict) }),
  );
  differs('verdict of the search of states', states, violated);
  return violated;
}

function countEvents(
  { every, all, interleavings, finished }: Compared,
  shape: ProgramShape,
  violated: boolean,
  events: Map<string, number>,
): void {
  const names = [...all.seen.classes.keys()].join();
  const count = (event: string, happened: boolean): void => {
    if (happened) events.set(event, (events.get(event) ?? 0) + 1);
  };
  count('programs', true);
  for (const event of all.seen.events) count(event, true);
  count('a violation', violated);
  count('a check fails', violated && !all.seen.events.has('deadlock'));
  count('a cmpxchg fails', names.includes('failed cmpxchg'));
  count('a cmpxchg fails or succeeds', /[:,|] cmpxchg/.test(names) && names.includes('failed cmpxchg'));
  count('a thread goes round', every.tree.hasSpins);
  count('a thread goes round and gets on', all.seen.straight.size < all.seen.classes.size && finished.length > 0);
  count('a thread sleeps', names.includes('resume'));
  count('classes differ in what they read', finished.length > 1 && all.seen.ends.size > 1);
  count('fewer classes than executions', finished.length > 0 && finished.length < interleavings);
  count('ten classes', finished.length >= 10);
  count('cells overlap', overlaps(shape));
  const asks = shape.threads.some((thread) => thread.some(({ asks }, i) => asks && i > 0));
  count('an operation asks for the result before', asks);
}

/** Whether two threads access different cells that share a byte. */
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
