import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Execution } from '../src/explore/execution/execution.ts';
import { noLimits } from '../src/explore/limits.ts';
import { createExecution, type MemoryModelName } from '../src/explore/memoryModels/registry.ts';
import { optimalDpor } from '../src/explore/optimalDpor/optimalDpor.ts';
import type { Program } from '../src/explore/program.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import { LoopComparison } from '../src/explore/search/loopComparison.ts';
import type { PropertyChecker, SearchResult } from '../src/explore/search/searchProgress.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import { instrument } from '../src/loops/instrument.ts';
import { installProbe } from '../src/loops/probe.ts';
import { assume } from '../src/memory/assume.ts';
import type { Cell } from '../src/memory/cell.ts';
import { Layout } from '../src/memory/layout.ts';
import type { LoopRules } from '../src/memory/loopRules.ts';
import type { Memory } from '../src/memory/memory.ts';
import { resultText } from '../src/memory/result.ts';
import { asBounded, asWritten, type LoopProgram, loopPrograms, PRELUDE } from './arbitraries/loop.ts';

/*
 * Loops whose iterations may change local state. The explorer leaves out iterations of spin loops.
 * In the same program with every loop unrolled to a fixed number of iterations, there are none to
 * leave out. Both programs must have the same final states.
 */

const seed = Number(process.env.GFNRING_SEED ?? 1);
const programs = Number(process.env.GFNRING_PROGRAMS ?? 80);

installProbe();

const NAMES = ['x', 'y', 'z', 'm', 'pad'] as const;
type Operation = (mem: Memory, cells: Record<(typeof NAMES)[number], Cell>) => unknown;

/** @param isWatched whether the explorer knows the local state at the head of each loop */
function programOf(bodies: readonly string[], isWatched: boolean): Program {
  const functions = bodies.map((body) => `function (mem, { ${NAMES} }) {\n  ${body}\n}`);
  const text = `${PRELUDE}\nreturn [${functions.join(',\n')}];`;
  const source = isWatched ? instrument(text, '/loop.mjs')!.source : text;
  const operations = new Function('assume', source)(assume) as Operation[];
  const layout = new Layout();
  const cells = Object.fromEntries(NAMES.map((name) => [name, layout.cell(name, 'u32')])) as Parameters<Operation>[1];
  return {
    layout,
    init: () => {},
    actors: operations.map((run, i) => ({
      name: `t${i}`,
      operations: [{ label: 'run', run: (mem) => run(mem, cells) }],
    })),
  };
}

const bodiesOf = (
  { looping, isTwice, others }: LoopProgram,
  text: (of: LoopProgram['looping']) => string,
): string[] => [...(isTwice ? [text(looping), text(looping)] : [text(looping)]), ...others];

interface Ends {
  /** The results of the operations, and the final memory. */
  readonly finished: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
  readonly isAll: boolean;
  /** Schedules of livelocks. */
  readonly livelocks: readonly (readonly number[])[];
}

type Search = (execution: Execution, judge: PropertyChecker, cuts: number) => Pick<SearchResult, 'limit'>;

const byStates: Search = (execution, judge, cuts) =>
  depthFirstSearch(execution, judge, { ...noLimits, cuts, seconds: 1 }, { states: new StateCache(execution, judge) });
const byClasses: Search = (execution, judge, cuts) => optimalDpor(execution, judge, { ...noLimits, cuts, seconds: 1 });

function endsOf(program: Program, rules: LoopRules, model: MemoryModelName = 'sc', search = byStates): Ends {
  const execution = createExecution(model, program, 400);
  execution.loopRules = rules;
  const finished = new Set<string>();
  const kinds = new Set<string>();
  const livelocks: number[][] = [];
  const judge: PropertyChecker = {
    key: () => '',
    resultsMatter: true,
    sees: () => false,
    atEnd: (stop) => {
      kinds.add(
        stop.kind === 'violated' || stop.kind === 'crashed' ? `${stop.kind} ${stop.violation.message}` : stop.kind,
      );
      if (stop.kind === 'finished') finished.add(`${resultText(execution.results)} ${[...execution.bytes.u32]}`);
      if (stop.kind === 'livelock') livelocks.push(execution.choices());
      return undefined;
    },
  };
  const { limit } = search(execution, judge, 1);
  const isAll = limit === undefined && new LoopComparison(execution).holds();
  return { finished, kinds, isAll, livelocks };
}

const unrolled: LoopRules = { iterationsMax: Infinity, byComparison: false };
/**
 * Iterations in the unrolled program. They are enough for the stores of other threads to come in
 * any iteration, also in a loop whose state has a cycle of three.
 */
const iterationsOf = ({ isTwice }: LoopProgram): number => (isTwice ? 6 : 12);

const events = new Map<string, number>();
const countIf = (what: string, is: boolean): void => void (is && events.set(what, (events.get(what) ?? 0) + 1));

const missing = (all: ReadonlySet<string>, of: ReadonlySet<string>): string[] => [...all].filter((end) => !of.has(end));

/**
 * Checks that both searches have the same ends. An end that only `seen` has may need more
 * iterations than were unrolled, so it is searched for among twice as many.
 */
function expectSameEnds(program: LoopProgram, seen: Ends, truth: Ends): void {
  expect(missing(truth.finished, seen.finished)).toEqual([]);
  if (missing(seen.finished, truth.finished).length === 0) return;
  const longer = programOf(
    bodiesOf(program, (of) => asBounded(of, 2 * iterationsOf(program))),
    false,
  );
  const more = endsOf(longer, unrolled);
  if (more.isAll) expect(missing(seen.finished, more.finished)).toEqual([]);
}

/** Whether the program ends within 200 more accesses of each thread after `schedule`. */
function terminates(execution: Execution, schedule: readonly number[]): boolean {
  execution.loopRules = unrolled;
  execution.reset();
  for (const thread of schedule) execution.step(thread);
  for (let i = 0; i < 200 && execution.stopped() === null; i++)
    for (let t = 0; t < execution.node.length; t++) if (execution.enabled & (1 << t)) execution.step(t);
  return execution.stopped()?.kind === 'finished';
}

test('loops with state have the same ends as their unrolled loops', () =>
  fc.assert(
    fc.property(loopPrograms, (program) => {
      const written = programOf(bodiesOf(program, asWritten), true);
      const bounded = programOf(
        bodiesOf(program, (of) => asBounded(of, iterationsOf(program))),
        false,
      );
      const truth = endsOf(bounded, unrolled);
      if (!truth.isAll) return;
      const seen = endsOf(written, { iterationsMax: iterationsOf(program), byComparison: false });
      // A loop with a counter and a delay that doubles can take too long, as can any loop on a busy
      // machine.
      if (!seen.isAll) return;
      countIf('compared', true);
      expect(missing(truth.finished, seen.finished)).toEqual([]);
      expect(missing(seen.finished, truth.finished)).toEqual([]);
      expect([...seen.kinds].filter((kind) => kind.startsWith('crashed'))).toEqual([]);
      for (const schedule of seen.livelocks.slice(0, 5))
        expect(terminates(createExecution('sc', written, 1000), schedule)).toBe(false);
      countIf('a livelock', seen.livelocks.length > 0);
      countIf('several ends', seen.finished.size > 3);
      countIf('bounded', seen.kinds.has('blocked'));
      const whole = endsOf(written, unrolled);
      countIf('known without a bound', whole.isAll);
      if (whole.isAll) expectSameEnds(program, whole, truth);
    }),
    { numRuns: programs, seed },
  ));

test('a search of classes, and other memory models, miss no end of the unrolled loops', () =>
  fc.assert(
    fc.property(loopPrograms, (program) => {
      const written = programOf(bodiesOf(program, asWritten), true);
      const bounded = programOf(
        bodiesOf(program, (of) => asBounded(of, 3)),
        false,
      );
      const rules = { iterationsMax: 3, byComparison: false };
      const truth = endsOf(bounded, unrolled, 'sc', byClasses);
      if (truth.isAll) {
        const seen = endsOf(written, rules, 'sc', byClasses);
        if (seen.isAll) expect(missing(truth.finished, seen.finished)).toEqual([]);
      }
      for (const model of ['tso', 'rc11'] as const) {
        const all = endsOf(bounded, unrolled, model);
        if (!all.isAll) continue;
        const seen = endsOf(written, rules, model);
        // A loop that stores has no last iteration, and its stores stay in the buffer.
        if (!seen.isAll) continue;
        expect([model, missing(all.finished, seen.finished)]).toEqual([model, []]);
        countIf(`compared under ${model}`, true);
      }
    }),
    { numRuns: Math.ceil(programs / 4), seed },
  ));

test('comparing iterations to decide that a loop has no state misses no end of the unrolled loops', () =>
  fc.assert(
    fc.property(loopPrograms, (program) => {
      const unseen = programOf(bodiesOf(program, asWritten), false);
      const seen = endsOf(unseen, { iterationsMax: Infinity, byComparison: true });
      countIf('known by comparison', seen.isAll);
      if (!seen.isAll) return;
      const truth = endsOf(
        programOf(
          bodiesOf(program, (of) => asBounded(of, iterationsOf(program))),
          false,
        ),
        unrolled,
      );
      if (!truth.isAll) return;
      expectSameEnds(program, seen, truth);
    }),
    { numRuns: Math.ceil(programs / 4), seed },
  ));

/**
 * Minimum number of programs, of a thousand, that must show each event. Each event is one that a
 * search could get wrong.
 */
const MINIMUM: Readonly<Record<string, number>> = {
  'a livelock': 50,
  'several ends': 100,
  compared: 850,
  bounded: 50,
  'known without a bound': 300,
  'known by comparison': 10,
  'compared under tso': 50,
  'compared under rc11': 20,
};

afterAll(() => {
  if (programs < 300) return;
  for (const [what, least] of Object.entries(MINIMUM))
    expect(events.get(what) ?? 0, what).toBeGreaterThanOrEqual((least * programs) / 1000);
});
