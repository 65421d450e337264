import { expect, test } from 'vitest';
import { formatSchedule } from '../../src/explore/schedule.ts';
import { RandomWalk } from '../../src/explore/schedulers/randomWalk.ts';
import type { InterleavingData } from '../../src/report/data.ts';
import { detectRingsAndPages } from '../../src/report/detectRingsAndPages.ts';
import { createRun, runOnce, takenSchedule } from '../../src/run/createRun.ts';
import { resolveScenarioName } from '../../src/run/resolveScenarioName.ts';
import { checkedScenarios } from '../../src/scenario/builtinScenarios.ts';
import { scenario } from '../../src/scenario/define.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import { trackerNames, trackers } from '../../src/trackers/registry.ts';
import type { VmSpec } from '../../src/vm/spec.ts';
import { interleavingOfFinding, interleavingOfSchedule } from './interleavings.ts';

/** Memory as the viewer computes it: the initial words, and what each step sets. */
function memoryAfter({ bytes, initial, steps }: InterleavingData): Uint32Array {
  const words = new Uint32Array(bytes / 4);
  for (const [word, value] of initial) words[word] = value;
  for (const { sets = [] } of steps) for (const [word, value] of sets) words[word] = value;
  return words;
}

const texts = (data: InterleavingData): string[] => data.steps.map(({ text }) => data.texts[text]);

test('the data of a finding contains the violation, its step, and the effect of each step', async () => {
  const data = await interleavingOfFinding('examples/publish.mjs', { memoryModel: 'rc11' });
  expect(data).toMatchObject({
    scenario: 'publish',
    memoryModel: 'rc11',
    failed: { property: 'what was announced is there', message: 'took 0', step: 3, atEnd: false },
    actors: [
      { name: 'kernel', operations: ['publish'] },
      { name: 'userspace', operations: ['take'] },
    ],
  });
  expect(texts(data)).toEqual(['store  record = 7', 'store  index = 1', 'load   index → 1', 'load   record → 0']);
  expect(data.steps.map(({ begins, ends }) => [begins, ends])).toEqual([
    [true, undefined],
    [undefined, true],
    [true, undefined],
    [undefined, undefined],
  ]);
  expect(data.steps.map(({ reads }) => reads)).toEqual([undefined, undefined, [[1, 1]], [[-1, 0]]]);
  // Userspace may read both values of both cells, until it has read the newer value of one.
  const record = data.places.findIndex(({ name }) => name === 'record');
  expect(data.steps[0].mayRead).toEqual([{ actor: 1, place: record, values: ['7', '0'] }]);
  expect(data.steps[2].mayRead).toEqual([{ actor: 1, place: record + 1, values: ['1'] }]);
  expect(data.sources[data.steps[3].source!]).toMatchObject({
    at: expect.stringMatching(/^examples\/publish\.mjs:\d+:\d+$/),
    code: expect.stringContaining('mem.load(record)'),
  });
});

test('a store is in its buffer until it leaves', async () => {
  const data = await interleavingOfFinding('examples/sb.mjs', { memoryModel: 'tso' });
  expect(data.failed).toMatchObject({ step: data.steps.length - 1, atEnd: true });
  const stores = data.steps.flatMap(({ buffered }, s) => (buffered ? [s] : []));
  const left = data.steps.flatMap(({ flushes }) => (flushes === undefined ? [] : [flushes]));
  expect(stores).toHaveLength(2);
  expect([...left].sort()).toEqual(stores);
  // Memory changes when a store leaves, and not before.
  for (const { buffered, flushes, sets } of data.steps) {
    if (buffered) expect(sets).toBeUndefined();
    if (flushes !== undefined) expect(sets).toHaveLength(1);
  }
});

test.each(['sc', 'tso', 'rc11'] as const)(
  'memory after all steps is that of the execution, under %s',
  async (memoryModel) => {
    const source = await resolveScenarioName('vm');
    const machine = { memoryModel, tearing: false };
    for (const seed of [1, 2, 3]) {
      const run = createRun(await openScenario(source), 10_000, machine);
      runOnce(run, new RandomWalk(seed));
      const data = await interleavingOfSchedule(source, formatSchedule(takenSchedule(run)), machine);
      expect(data.steps).toHaveLength(run.execution.steps);
      expect(memoryAfter(data)).toEqual(run.execution.bytes.u32);
    }
  },
);

test('locks, and the steps of operations that begin and end', async () => {
  const data = await interleavingOfSchedule(await resolveScenarioName('examples/sb.mjs'), '0x2,1x2');
  expect(data.failed).toBeNull();
  expect(data.steps.filter(({ begins }) => begins)).toHaveLength(2);
  expect(data.drawing.locks.map((lock) => data.places[lock].name)).toEqual(['m']);
  expect(data.drawing.others.map((cell) => data.places[cell].name)).toEqual(['x', 'y']);
});

/** The trackers whose layout is known here. Others must be found, too. */
const RINGS: Readonly<Record<string, { readonly name: string; readonly indices: readonly string[] }>> = {
  'gfn-ring': { name: 'ring0', indices: ['prod_index', 'cons_index', 'prod', 'cons'] },
  'dirty-bitmap': { name: 'bitmap0', indices: [] },
};

test.each(trackerNames)('the ring or bitmap of %s and its pages are found in its layout', (tracker) => {
  const { layout } = buildVm(checkedScenarios(tracker)[0].spec as VmSpec).program;
  const { rings, pages, others } = detectRingsAndPages(layout.places);
  const nameOf = (place: number): string => layout.places[place].name;
  expect(pages[0]).toMatchObject({ name: 'page0', copy: expect.any(Number) });
  expect(nameOf(pages[0].armed)).toBe('page0.armed');
  expect(rings.length).toBeGreaterThan(0);
  const { name, indices } = rings[0];
  if (tracker in RINGS) expect({ name, indices: indices.map((index) => index.name) }).toEqual(RINGS[tracker]);
  // Whatever can be full has indices, which say what is in use.
  if (trackers[tracker].whenFull !== 'never') expect(rings[0].used).toHaveLength(2);
  // No place is drawn twice.
  const drawn = [
    ...others,
    ...rings.flatMap(({ entries, indices }) => [...entries.flat(), ...indices].map(({ place }) => place)),
  ];
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('a single array with the usual names of indices is a ring', () => {
  const { program } = scenario({
    name: 'spsc',
    cells: { head: 'u32', tail: 'u32', slots: { type: 'u32', length: 4 } },
    actors: { a: [(mem, { head }) => mem.load(head)] },
  });
  expect(detectRingsAndPages(program.layout.places).rings).toMatchObject([
    { name: 'slots', entries: { length: 4 }, indices: [{ name: 'head' }, { name: 'tail' }], used: [1, 0] },
  ]);
});
