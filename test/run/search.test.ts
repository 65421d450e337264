import { expect, test } from 'vitest';
import { noProperties } from '../../src/check/property.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { profileOf } from '../../src/explore/profile.ts';
import { createScheduler } from '../../src/explore/schedulers/registry.ts';
import { TraceCounter } from '../../src/explore/search/traceCounter.ts';
import { searchHere } from '../../src/run/search/search.ts';
import type { SearchSpec } from '../../src/run/search/searchSpec.ts';
import { benchmarkRing } from '../../src/scenario/benchmarkRing.ts';
import { programOf, threadsOf } from '../explore/programs.ts';
import { searchSpec } from '../searches.ts';

const SEED = 5;
const search = (more: Partial<SearchSpec>): SearchSpec =>
  searchSpec({ reduction: 'none', seed: SEED, stepsMax: 1000, ...more });

test('a search in work items runs every interleaving once', () => {
  const program = programOf(threadsOf('Wx1 | Rx;Ry | Ry;Rx | Wy1'));
  const { executions, classes } = searchHere({ name: 'IRIW', program, properties: noProperties }, search({}), noLimits);
  expect([executions, classes]).toEqual([180, 15]);
});

test('a search in batches runs every class once', () => {
  const { executions, classes } = searchHere(benchmarkRing('ring-m'), search({ reduction: 'optimal' }), noLimits);
  expect([executions, classes]).toEqual([553, 553]);
});

test('sampling in batches gives the same executions as one by one', () => {
  const ring = benchmarkRing('ring-m');
  const seen = searchHere(ring, search({ scheduler: 'random-walk' }), { ...noLimits, executions: 600 });
  const execution = createExecution('sc', ring.program, 1000);
  const scheduler = createScheduler('random-walk', SEED, profileOf(execution, SEED), 3);
  const classes = new TraceCounter(execution);
  let steps = 0;
  for (let i = 0; i < 600; i++) {
    scheduler.begin(i);
    execution.reset();
    execution.run(scheduler);
    steps += execution.steps;
    classes.add();
  }
  expect(seen).toMatchObject({
    executions: 600,
    steps,
    limit: { kind: 'executions', text: '600 executions' },
    classes: classes.seen.size,
  });
});

test('within a bound, a state is searched with the fewest preemptions that reach it', () => {
  const outcomesBy = (reduction: 'states' | 'none'): string[] => {
    const outcomes = new Set<string>();
    const properties = {
      ...noProperties,
      resultsMatter: true,
      finally: {
        'written down': ({ results }: { results: unknown }) => outcomes.add(JSON.stringify(results)) !== undefined,
      },
    };
    const program = programOf(threadsOf('Wx1;Wy2;Wy1 | Ry;Ry'));
    searchHere({ name: 'priced', program, properties }, search({ reduction, preemptions: 2 }), noLimits);
    return [...outcomes].sort();
  };
  expect(outcomesBy('states')).toEqual(outcomesBy('none'));
});
