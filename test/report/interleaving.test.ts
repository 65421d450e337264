import { expect, test } from 'vitest';
import { formatSchedule } from '../../src/explore/schedule.ts';
import { RandomWalk } from '../../src/explore/schedulers/randomWalk.ts';
import type { InterleavingData } from '../../src/report/data.ts';
import { detectRingsAndPages } from '../../src/report/detectRingsAndPages.ts';
import { createRun, runOnce, scheduleOf } from '../../src/run/createRun.ts';
import { resolveScenarioName } from '../../src/run/resolveScenarioName.ts';
import { checksOf } from '../../src/scenario/builtinScenarios.ts';
import { scenario } from '../../src/scenario/define.ts';
import { openScenario } from '../../src/scenario/scenarioRef.ts';
import { trackerNames } from '../../src/trackers/registry.ts';
import { buildVm } from '../../src/vm/build.ts';
import { ofSchedule, shown } from './shown.ts';

/** Memory as a viewer comes to it: what was there, and what each step sets. */
function memoryAfter({ bytes, initial, steps }: InterleavingData): Uint32Array {
  const words = new Uint32Array(bytes / 4);
  for (const [word, value] of initial) words[word] = value;
  for (const { sets = [] } of steps) for (const [word, value] of sets) words[word] = value;
  return words;
}

const texts = (of: InterleavingData): string[] => of.steps.map(({ text }) => of.texts[text]);

test('a finding says what failed, at which step, and what each step did', async () => {
  const of = await shown('examples/publish.mjs', { memoryModel: 'weak' });
  expect(of).toMatchObject({
    scenario: 'publish',
    memoryModel: 'weak',
    failed: { property: 'what was announced is there', message: 'took 0', step: 3, atEnd: false },
    actors: [
      { name: 'kernel', operations: ['publish'] },
      { name: 'userspace', operations: ['take'] },
    ],
  });
  expect(texts(of)).toEqual(['store  record = 7', 'store  index = 1', 'load   index → 1', 'load   record → 0']);
  expect(of.steps.map(({ begins, ends }) => [begins, ends])).toEqual([
    [true, undefined],
    [undefined, true],
    [true, undefined],
    [undefined, undefined],
  ]);
  expect(of.steps.map(({ reads }) => reads)).toEqual([undefined, undefined, [[1, 1]], [[-1, 0]]]);
  // Userspace may read both values of both cells, until it has read the newer of one.
  const record = of.places.findIndex(({ name }) => name === 'record');
  expect(of.steps[0].sees).toEqual([{ actor: 1, place: record, values: ['7', '0'] }]);
  expect(of.steps[2].sees).toEqual([{ actor: 1, place: record + 1, values: ['1'] }]);
  expect(of.sources[of.steps[3].source!]).toMatchObject({
    at: expect.stringMatching(/^examples\/publish\.mjs:\d+:\d+$/),
    code: expect.stringContaining('mem.load(record)'),
  });
});

test('a store is in its buffer until it leaves', async () => {
  const of = await shown('examples/sb.mjs', { memoryModel: 'tso' });
  expect(of.failed).toMatchObject({ step: of.steps.length - 1, atEnd: true });
  const stores = of.steps.flatMap(({ buffered }, s) => (buffered ? [s] : []));
  const left = of.steps.flatMap(({ lets }) => (lets === undefined ? [] : [lets]));
  expect(stores).toHaveLength(2);
  expect([...left].sort()).toEqual(stores);
  // Memory changes when a store leaves, and not before.
  for (const { buffered, lets, sets } of of.steps) {
    if (buffered) expect(sets).toBeUndefined();
    if (lets !== undefined) expect(sets).toHaveLength(1);
  }
});

test.each(['sc', 'tso', 'weak'] as const)(
  'memory after all steps is that of the execution, under %s',
  async (memoryModel) => {
    const source = await resolveScenarioName('vm');
    const machine = { memoryModel, tearing: false };
    for (const seed of [1, 2, 3]) {
      const run = createRun(await openScenario(source), 10_000, machine);
      runOnce(run, new RandomWalk(seed));
      const of = await ofSchedule(source, formatSchedule(scheduleOf(run)), machine);
      expect(of.steps).toHaveLength(run.execution.steps);
      expect(memoryAfter(of)).toEqual(run.execution.bytes.u32);
    }
  },
);

test('locks, and the steps of operations that begin and end', async () => {
  const of = await ofSchedule(await resolveScenarioName('examples/sb.mjs'), '0x2,1x2');
  expect(of.failed).toBeNull();
  expect(of.steps.filter(({ begins }) => begins)).toHaveLength(2);
  expect(of.drawing.locks.map((lock) => of.places[lock].name)).toEqual(['m']);
  expect(of.drawing.others.map((cell) => of.places[cell].name)).toEqual(['x', 'y']);
});

test.each(trackerNames)('what %s lays out is drawn: its ring or its bitmap, and its pages', (tracker) => {
  const { layout } = buildVm(checksOf(tracker)[0].spec).program;
  const { rings, pages, others } = detectRingsAndPages(layout.places);
  const nameOf = (place: number): string => layout.places[place].name;
  expect(pages[0]).toMatchObject({ name: 'page0', copy: expect.any(Number) });
  expect(nameOf(pages[0].armed)).toBe('page0.armed');
  const cursors = rings[0].cursors.map((cursor) => cursor.name);
  if (tracker === 'dirty-bitmap') expect(rings[0].name).toBe('bitmap0');
  else if (tracker === 'gfn-ring') expect(cursors).toEqual(['prod_index', 'cons_index', 'prod', 'cons']);
  else expect(cursors).toEqual(expect.arrayContaining(['dirty_index', 'fetch_index']));
  if (tracker !== 'dirty-bitmap') expect(rings[0].used).toHaveLength(2);
  // Nothing is drawn twice, and nothing is forgotten but what lies over something else.
  const drawn = [
    ...others,
    ...rings.flatMap(({ entries, cursors }) => [...entries.flat(), ...cursors].map(({ place }) => place)),
  ];
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('an array alone is a ring, by the names that people give its indices', () => {
  const { program } = scenario({
    name: 'spsc',
    cells: { head: 'u32', tail: 'u32', slots: { type: 'u32', length: 4 } },
    actors: { a: [(mem, { head }) => mem.load(head)] },
  });
  expect(detectRingsAndPages(program.layout.places).rings).toMatchObject([
    { name: 'slots', entries: { length: 4 }, cursors: [{ name: 'head' }, { name: 'tail' }], used: [1, 0] },
  ]);
});
