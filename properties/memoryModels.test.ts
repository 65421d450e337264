import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { noLimits } from '../src/explore/limits.ts';
import { createExecution } from '../src/explore/memoryModels/registry.ts';
import type { WorkItem } from '../src/explore/parallel/workItem.ts';
import type { Program } from '../src/explore/program.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import { TraceCounter } from '../src/explore/search/traceCounter.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import { consistencyModelOf } from '../src/explore/trust/consistencyModel.ts';
import { EMPTY_GRAPH } from '../src/explore/trust/partialGraph.ts';
import { trust } from '../src/explore/trust/trust.ts';
import { VisitedGraphs } from '../src/explore/trust/visitedGraphs.ts';
import { ProgramArbitrary, type ProgramShape } from './arbitraries/program.ts';
import { STEPS_MAX } from './crossCheck.ts';
import { programOf } from './shapedProgram.ts';
import { strict, Watcher } from './watcher.ts';

/**
 * Under `tso` and `rc11` three searches agree. They visit every interleaving on the machine with
 * store buffers or views, every graph that the axioms allow, and every state. They share the
 * execution trie, and little else. The programs have overlapping cells, nested locks, failing
 * cmpxchg and assumptions.
 */

const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 35);
/** A program with more executions is skipped, and counted. */
const EXECUTIONS_MAX = 20_000;
const seen = new Map<string, number>();
const tell = (what: string, happened = true): void => {
  if (happened) seen.set(what, (seen.get(what) ?? 0) + 1);
};

function differences(shape: ProgramShape, model: 'tso' | 'rc11'): string[] {
  const found: string[] = [];
  const differs = (what: string, one: unknown, other: unknown): void => {
    if (one !== other) found.push(`${model}, ${what}: ${one}, not ${other}`);
  };
  const program = programOf(shape, false);
  const every = createExecution(model, program, STEPS_MAX);
  const all = new Watcher(every, false);
  const counted = new TraceCounter(every);
  const none = depthFirstSearch(every, all, { ...noLimits, executions: EXECUTIONS_MAX }, { classes: counted });
  if (none.limit !== undefined || every.tree.hasSpins) {
    tell(`${model}: left out`);
    return found;
  }
  tell(`${model}: a program`);
  const ends = (of: Watcher): string => [...of.seen.ends].sort().join('\n');

  const stateful = createExecution(model, program, STEPS_MAX);
  const some = new Watcher(stateful, false);
  depthFirstSearch(stateful, some, noLimits, { states: new StateCache(stateful, some) });
  differs('final states of the search of states', ends(some), ends(all));

  const { executions, once, classes, isMerged } = optimalSearch(program, model);
  tell(`${model}: a program that is merged`, isMerged);
  differs('executions of the optimal reduction', executions, counted.seen.size);
  differs('classes of the optimal reduction', classes.seen.size, counted.seen.size);
  differs('final states of the optimal reduction', ends(once), ends(all));

  const violated = compareVerdicts(shape, model, isMerged, differs);
  tell(`${model}: ten classes`, counted.seen.size >= 10);
  tell(`${model}: fewer classes than executions`, counted.seen.size < none.executions);
  tell(`${model}: a deadlock`, all.seen.events.has('deadlock'));
  tell(`${model}: a violation`, violated);
  tell(`${model}: an assumption that does not hold`, all.seen.events.has('blocked'));
  return found;
}

/**
 * The optimal search: TruSt in work items. For accesses that it does not support, interleavings
 * with a cache of graphs.
 */
function optimalSearch(program: Program, model: 'tso' | 'rc11') {
  const single = createExecution(model, program, STEPS_MAX);
  let once = new Watcher(single, false);
  let classes = new TraceCounter(single);
  let isKnown = false;
  const tools = consistencyModelOf(model, single)!;
  let executions = 0;
  const open: WorkItem[] = [{ kind: 'trust', graph: EMPTY_GRAPH }];
  for (let item = open.pop(); item?.kind === 'trust'; item = open.pop()) {
    // Three executions for each work item, as workers do.
    const limits = { ...noLimits, executions: 3 };
    const done = trust(single, once, limits, tools, classes, structuredClone(item.graph));
    if (done.limit?.kind === 'unsupported') break;
    executions += done.executions;
    open.push(...done.left.toReversed());
    isKnown = open.length === 0;
  }
  if (!isKnown) {
    const merging = createExecution(model, program, STEPS_MAX);
    merging.blockOnSpin = true;
    once = new Watcher(merging, false);
    classes = new TraceCounter(merging);
    const states = new VisitedGraphs(merging);
    executions = depthFirstSearch(merging, once, noLimits, { states, classes }).executions;
  }
  return { executions, once, classes, isMerged: !isKnown };
}

/**
 * Compares the verdicts of the searches. Returns whether the program, with its checks, violates
 * anything.
 */
function compareVerdicts(
  shape: ProgramShape,
  model: 'tso' | 'rc11',
  isMerged: boolean,
  differs: (what: string, one: unknown, other: unknown) => void,
): boolean {
  const checked = programOf(shape, true);
  const verdict = (search: (execution: ReturnType<typeof createExecution>) => { violation: unknown }): boolean =>
    search(createExecution(model, checked, STEPS_MAX)).violation !== undefined;
  const violated = verdict((execution) => depthFirstSearch(execution, strict, noLimits));
  const reduced = verdict((execution) => {
    if (isMerged) return depthFirstSearch(execution, strict, noLimits, { states: new VisitedGraphs(execution) });
    return trust(execution, strict, noLimits, consistencyModelOf(model, execution)!, undefined, EMPTY_GRAPH);
  });
  differs('verdict of the optimal reduction', reduced, violated);
  const stated = verdict((execution) =>
    depthFirstSearch(execution, strict, noLimits, { states: new StateCache(execution, strict) }),
  );
  differs('verdict of the search of states', stated, violated);
  return violated;
}

const both = (shape: ProgramShape): string[] => [...differences(shape, 'tso'), ...differences(shape, 'rc11')];

test('the searches agree on programs of any kind', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(120), (shape) => {
      expect(both(shape)).toEqual([]);
    }),
    { numRuns: programs, seed },
  ));
test('the searches agree on overlapping cells', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(90, 'widths'), (shape) => {
      expect(both(shape)).toEqual([]);
    }),
    { numRuns: programs, seed },
  ));
test('the searches agree on locks', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(2000, 'locks'), (shape) => {
      expect(both(shape)).toEqual([]);
    }),
    { numRuns: programs, seed },
  ));

test('the searches agree on choices', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(300, 'choices'), (shape) => {
      expect(both(shape)).toEqual([]);
    }),
    { numRuns: programs, seed },
  ));

test('the searches agree on wait queues and wide updates', () =>
  fc.assert(
    fc.property(new ProgramArbitrary(120, 'queues'), (shape) => {
      expect(both(shape)).toEqual([]);
    }),
    { numRuns: programs, seed },
  ));

/** The minimum number, of 1,200 programs, that show what a search could get wrong. */
const LEAST: Readonly<Record<string, number>> = {
  'a program': 1000,
  'a program that is merged': 500,
  'ten classes': 30,
  'fewer classes than executions': 150,
  'a deadlock': 60,
  'a violation': 70,
  'an assumption that does not hold': 70,
};

afterAll(() => {
  const few = ['tso', 'rc11'].flatMap((model) =>
    Object.entries(LEAST).filter(([what, least]) => (seen.get(`${model}: ${what}`) ?? 0) < (least * programs) / 400),
  );
  expect(few).toEqual([]);
});
