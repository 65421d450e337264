import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { formatSchedule, parseSchedule } from '../../src/explore/schedule.ts';
import { randomSchedulerNames } from '../../src/explore/schedulers/registry.ts';
import { scenario } from '../../src/index.ts';
import type { Cell } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { resolveScenarioName } from '../../src/run/resolveScenarioName.ts';
import { searchHere } from '../../src/run/search/search.ts';
import type { SearchSpec } from '../../src/run/search/searchSpec.ts';
import { benchmarkRing } from '../../src/scenario/benchmarkRing.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import { searchSpec } from '../searches.ts';
import { permutations } from './programs.ts';

const base = searchSpec({ stepsMax: 1000 });

/** What operations can return, all of them, by all reductions alike. */
function outcomes(what: Scenario, search: Partial<SearchSpec>): string[] {
  const all = (['none', 'optimal', 'states'] as const).map((reduction) => {
    const seen = new Set<string>();
    const watched: Scenario = {
      ...what,
      properties: {
        ...what.properties,
        finally: {
          watched: ({ results }) => {
            seen.add(results.flat().map(String).join());
            return true;
          },
        },
      },
    };
    const { limit, violation } = searchHere(watched, { ...base, ...search, reduction }, noLimits);
    expect([limit, violation]).toEqual([undefined, undefined]);
    return [...seen].sort();
  });
  expect(all[1]).toEqual(all[0]);
  expect(all[2]).toEqual(all[0]);
  return all[0];
}

test.each(['tso', 'rc11'] as const)('graphs of more than 1,024 events: %s', (memoryModel) => {
  const turns = Array.from({ length: 300 }, (_, i) => i);
  const long = scenario({
    name: 'long',
    cells: { x: 'u32', own: { type: 'u32', length: 2 } },
    actors: {
      a: [
        (mem, { x, own }) => {
          for (const i of turns) mem.store(own[0], i + mem.load(own[0]));
          mem.store(x, 1);
        },
      ],
      b: [
        (mem, { x, own }) => {
          for (const i of turns) mem.store(own[1], i + mem.load(own[1]));
          return mem.load(x);
        },
      ],
    },
  });
  const search = { ...base, stepsMax: 10_000, memoryModel, reduction: 'optimal' } as const;
  expect(searchHere(long, search, noLimits)).toMatchObject({ executions: 2, blocked: 0, limit: undefined });
});

test.each([
  [2, 2],
  [3, 5],
  [4, 14],
  [5, 43],
  [6, 144],
])('%i compare-and-exchanges in turn have %i graphs, as GenMC counts', (threads, graphs) => {
  const turns = Array.from({ length: threads }, (_, i) => i);
  const turn = (i: number) => [(mem: Memory, { x }: { readonly x: Cell }) => mem.cmpxchg(x, i, i + 1, 'relaxed')];
  const rotation = scenario({
    name: 'rotation',
    cells: { x: 'u32' },
    actors: Object.fromEntries(turns.map((i) => [`t${i}`, turn(i)])),
  });
  const search = { ...base, memoryModel: 'rc11', reduction: 'optimal' } as const;
  expect(searchHere(rotation, search, noLimits)).toMatchObject({ executions: graphs, blocked: 0 });
});

describe('the benchmark rings have as many classes as other tools count, in any order of the threads', () => {
  test.each([
    ['ring-s', 'tso', 46],
    ['ring-s', 'rc11', 46],
    ['ring-m', 'rc11', 564],
  ] as const)('%s under %s: %i', (name, memoryModel, classes) => {
    const { program, ...rest } = benchmarkRing(name);
    for (const actors of permutations(program.actors)) {
      const ring = { ...rest, program: { ...program, actors } };
      const search = { ...base, memoryModel, reduction: 'optimal' } as const;
      expect(searchHere(ring, search, noLimits)).toMatchObject({
        executions: classes,
        classes,
        blocked: 0,
        limit: undefined,
      });
    }
  });
});

const storeBuffering = await openScenario(await resolveScenarioName('examples/sb.mjs'));

describe('every scheduler finds what only the memory model allows', () => {
  const named = randomSchedulerNames.flatMap((scheduler) => [
    [scheduler, 'tso'] as const,
    [scheduler, 'rc11'] as const,
  ]);
  test.each(named)('%s under %s', (scheduler, memoryModel) => {
    const limits = { ...noLimits, executions: 200 };
    const search = { ...base, scheduler, memoryModel };
    const found = searchHere(storeBuffering, search, limits);
    expect(found.violation?.property).toBe('one of them saw the other');
    expect(searchHere(storeBuffering, search, limits).schedule).toEqual(found.schedule);
    expect(searchHere(storeBuffering, { ...search, memoryModel: 'sc' }, limits).violation).toBeUndefined();
  });
});

test('a schedule contains the store that each load reads from', () => {
  const schedule = [0, 0, 1 | (2 << 5), 1, 1, 1 | (2 << 5), 1 | (2 << 5)];
  expect(formatSchedule(schedule)).toBe('0x2,1.2,1x2,1.2x2');
  expect(parseSchedule('0x2,1.2,1x2,1.2x2')).toEqual(schedule);
  expect(parseSchedule('1.')).toBeUndefined();
});

describe('a 64-bit store', () => {
  const half = (plain: boolean): Scenario =>
    scenario({
      name: 'tear',
      cells: { wide: 'u64' },
      racy: ['wide'],
      actors: {
        a: [(mem, { wide }) => (plain ? mem.write64(wide, (1n << 32n) | 1n) : mem.store64(wide, (1n << 32n) | 1n))],
        b: [(mem, { wide }) => String(mem.load64(wide))],
      },
    });
  const whole = [`,0`, `,${(1n << 32n) | 1n}`].map((text) => `undefined${text}`);

  test.each(['sc', 'tso', 'rc11'] as const)(
    'tears under %s where it is plain, and tearing was asked for',
    (memoryModel) => {
      expect(outcomes(half(true), { memoryModel })).toEqual(whole);
      expect(outcomes(half(false), { memoryModel, tearing: true })).toEqual(whole);
      const torn = outcomes(half(true), { memoryModel, tearing: true });
      // The halves are stored in their order, and under `rc11` seen in any.
      const low = [`undefined,1`];
      const high = memoryModel === 'rc11' ? [`undefined,${1n << 32n}`] : [];
      expect(torn).toEqual([...whole, ...low, ...high].sort());
    },
  );
});

const cells = {
  pad: 'u32',
  prod: { type: 'u16', over: 'pad', byte: 0 },
  cons: { type: 'u16', over: 'pad', byte: 2 },
} as const;

describe('halves of a word', () => {
  test.each(['sc', 'tso', 'rc11'] as const)('%s: a store to one cell does not change the other', (memoryModel) => {
    const both = scenario({
      name: 'halves',
      cells,
      actors: {
        a: [(mem, { prod }) => mem.store(prod, 1)],
        b: [(mem, { cons }) => mem.store(cons, 2)],
        c: [(mem, { pad }) => mem.load(pad)],
      },
    });
    expect(outcomes(both, { memoryModel })).toEqual(
      ['0', '1', '131072', '131073'].map((of) => `undefined,undefined,${of}`),
    );
  });

  test('tso: a load takes each byte from the newest store to it, its own first', () => {
    const mixed = scenario({
      name: 'mixed',
      cells,
      actors: {
        a: [
          (mem, { prod, pad }) => {
            mem.store(prod, 1);
            return mem.load(pad);
          },
        ],
        b: [
          (mem, { cons, pad }) => {
            mem.store(cons, 1);
            return mem.load(pad);
          },
        ],
      },
    });
    // Each sees its own half; neither need see the other's: its own has not left the buffer.
    expect(outcomes(mixed, { memoryModel: 'tso' })).toEqual(['1,65536', '1,65537', '65537,65536', '65537,65537']);
    expect(outcomes(mixed, { memoryModel: 'sc' })).toEqual(['1,65537', '65537,65536', '65537,65537']);
  });
});

describe('parts of a store', () => {
  test.each(['tso', 'rc11'] as const)('%s: a whole store is seen whole', (memoryModel) => {
    const whole = scenario({
      name: 'whole',
      cells,
      actors: {
        a: [(mem, { pad }) => mem.store(pad, 0x10001)],
        b: [(mem, { pad }) => mem.load(pad)],
        c: [(mem, { cons }) => mem.load(cons)],
      },
    });
    expect(outcomes(whole, { memoryModel })).toEqual(
      ['0,0', '0,1', '65537,0', '65537,1'].map((of) => `undefined,${of}`),
    );
  });

  test('rc11: after a read of one part and a fence, a thread reads the other part of the same store', () => {
    const fenced = (fence: boolean): Scenario =>
      scenario({
        name: 'fenced',
        cells,
        actors: {
          a: [(mem, { pad }) => mem.store(pad, 0x10001)],
          b: [
            (mem, { prod, cons }) => {
              const first = mem.load(prod);
              if (fence) mem.rmb();
              return `${first}${mem.load(cons)}`;
            },
          ],
        },
      });
    const of = (...seen: string[]): string[] => seen.map((text) => `undefined,${text}`);
    expect(outcomes(fenced(false), { memoryModel: 'rc11' })).toEqual(of('00', '01', '10', '11'));
    expect(outcomes(fenced(true), { memoryModel: 'rc11' })).toEqual(of('00', '01', '11'));
  });
});
