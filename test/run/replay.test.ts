import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noProperties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { contextSwitches, formatSchedule, parseSchedule } from '../../src/explore/schedule.ts';
import { ReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { createRun, runOnce } from '../../src/run/createRun.ts';
import type { Failure } from '../../src/run/failure.ts';
import { createFinding, writeFinding } from '../../src/run/finding.ts';
import { parseFinding } from '../../src/run/parseScenarioRef.ts';
import { replay } from '../../src/run/replay.ts';
import { loadFinding } from '../../src/run/resolveScenarioName.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { resolveScenario } from '../../src/scenario/scenarioRef.ts';
import { emptyFolder } from '../commandLine.ts';
import { programOf, threadsOf } from '../explore/programs.ts';
import { searchSpec } from '../searches.ts';

/** A scenario that fails if the loads of a program have read these values, by thread. */
const without = (text: string, results: readonly unknown[]): Scenario => ({
  name: 'without',
  program: programOf(threadsOf(text)),
  properties: {
    ...noProperties,
    finally: { 'not this': (view) => JSON.stringify(view.results) !== JSON.stringify(results) },
  },
});

describe('a finding replays exactly, with its reads-from and coherence choices', () => {
  test.each([
    ['sc', 'Rx;Wx1 | Rx;Wx1', [[[0, null]], [[0, null]]]],
    ['tso', 'Wx1;Ry | Wy1;Rx', [[[null, 0]], [[null, 0]]]],
    ['rc11', 'Wx1;Wy1 | Ry;Rx', [[[null, null]], [[1, 0]]]],
    ['rc11', 'Wx1;Wx2;Wy1 | Ry;Rx', [[[null, null, null]], [[1, 1]]]],
    ['rc11', 'Wx1;Wx2;Wy1 | Ry;Rx', [[[null, null, null]], [[1, 0]]]],
  ] as const)('%s: %s', (memoryModel, text, results) => {
    const of = without(text, results);
    const machine = { memoryModel, tearing: false };
    const { schedule, violation } = searchHere(of, searchSpec({ ...machine, stepsMax: 1000 }), noLimits);
    expect(violation?.property).toBe('not this');
    const run = createRun(of, 1000, machine);
    expect(replay(run, schedule, 'it')).toEqual(violation);
    expect(run.execution.choices()).toEqual(schedule);
    const guided = createRun(of, 1000, machine);
    expect(runOnce(guided, new ReplayScheduler(schedule)).violation).toEqual(violation);
    expect(guided.execution.choices()).toEqual(schedule);
    expect(parseSchedule(formatSchedule(schedule))).toEqual(schedule);
  });
});

describe('a schedule that does not fit the program is rejected', () => {
  const locks = (): ReturnType<typeof createRun> => {
    const { program, properties } = without('Rx | Rx', []);
    const m = program.layout.lock('m', 'mutex');
    const locking = { label: 'lock', run: (mem) => [mem.lock(m), mem.unlock(m)] } as never;
    const actors = ['t0', 't1'].map((name) => ({ name, operations: [locking] }));
    return createRun(
      { name: 'locks', program: { ...program, actors }, properties: { ...properties, finally: {} } },
      100,
    );
  };

  test('a part of one is not', () => {
    const run = locks();
    expect([replay(run, [0, 0], 'it'), run.execution.steps]).toEqual([undefined, 2]);
  });

  test.each([
    ['a lock that is held', [0, 1], /step 2 of the schedule is impossible: t1 cannot take a step/],
    ['a thread that is not there', [7], /there is no thread 7/],
    ['a step too many', [0, 0, 1, 1, 1], /step 5 .*all actors have ended/],
    ['a choice where there is none', [32], /in one way alone/],
  ] as const)('%s', (_, schedule, why) => {
    expect(() => replay(locks(), schedule, 'it')).toThrow(why);
  });
});

test('a schedule as text', () => {
  for (const [text, schedule] of [
    ['', []],
    ['0x5,1.2,0,1x5', [0, 0, 0, 0, 0, 65, 0, 1, 1, 1, 1, 1]],
    ['2,1,30.3x2', [2, 1, 126, 126]],
  ] as const) {
    expect(parseSchedule(text)).toEqual(schedule);
    expect(formatSchedule(schedule)).toBe(text);
  }
  for (const text of ['0x0', '32', '0,', 'x', '0x99999999', '-1'])
    expect([text, parseSchedule(text)]).toEqual([text, undefined]);
  expect(contextSwitches([0, 0, 1, 33, 0, 2])).toBe(3);
});

test('a finding is read as it was written, or rejected with the name of the wrong field', async () => {
  const directory = emptyFolder();
  const what = await resolveScenario({ schema: 1, name: 'ring-s', skipped: [[1], [], [0]], builtIn: 'ring-s' });
  const failure = {
    ...what,
    ...{ property: 'p', message: 'm', memoryModel: 'rc11', tearing: true, schedule: [0, 33, 0] },
  } satisfies Failure;
  const finding = createFinding(failure);
  const { order, ...read } = loadFinding(writeFinding(directory, finding));
  rmSync(directory, { recursive: true });
  expect([read, order]).toEqual([finding, failure.schedule]);
  const json = JSON.parse(JSON.stringify(finding));
  for (const [field, value] of [
    ['schema', 1],
    ['kind', 'scenario'],
    ['schedule', '0,z'],
    ['memoryModel', 'strong'],
    ['contextSwitches', 7],
    ['scenario', { ...json.scenario, builtIn: 'ring-z' }],
  ] as const)
    expect(() => parseFinding({ ...json, [field]: value }, 'it')).toThrow(field);
});

test('a finding of a scenario with a long name has a file, and another one for another long name', async () => {
  const directory = emptyFolder();
  const files = ['x', 'y'].map((end) => {
    const source = { schema: 1, name: '../é'.repeat(100) + end, builtIn: 'ring-s' } as const;
    const memory = { memoryModel: 'sc', tearing: false } as const;
    return writeFinding(directory, createFinding({ source, property: 'p', message: 'm', ...memory, schedule: [0] }));
  });
  expect(
    readdirSync(directory)
      .map((name) => join(directory, name))
      .sort(),
  ).toEqual([...files].sort());
  expect(new Set(files).size).toBe(2);
  rmSync(directory, { recursive: true });
});
