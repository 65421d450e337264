import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Look } from '../../../check/property.ts';
import type { Execution } from '../../../explore/execution.ts';
import { executionOf, memoryModels } from '../../../explore/memoryModels/make.ts';
import type { Program } from '../../../explore/program.ts';
import { type Random, randomOf } from '../../../explore/random.ts';
import { Row } from '../../../explore/row.ts';
import { contextSwitches, formatSchedule, parseSchedule } from '../../../explore/schedule.ts';
import { Guided } from '../../../explore/schedulers/guided.ts';
import type { Cell, Cell64 } from '../../../memory/cell.ts';
import { Layout } from '../../../memory/layout.ts';
import type { Memory } from '../../../memory/memory.ts';
import { NativeMemory } from '../../../memory/native.ts';
import { RecordedMemory } from '../../../memory/recorded.ts';
import { findingOf, writeFinding } from '../../../scenario/finding.ts';
import { loadFinding } from '../../../scenario/load.ts';
import { minimise } from '../../../scenario/minimise.ts';
import { parseFinding } from '../../../scenario/parseSource.ts';
import { replay } from '../../../scenario/replay.ts';
import { plainMachine, runOf, runOnce } from '../../../scenario/run.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { shrink } from '../../../scenario/shrink.ts';
import { sourced } from '../../../scenario/source.ts';
import { searched } from '../explored.ts';
import { cellOf, outcomeOf, program, scenarioOf } from '../program.ts';
import { equal, refused } from '../selfCheck.ts';

/** A schedule is followed to the letter, ways and all, or refused. */
export function replays(): void {
  for (const [memoryModel, text, finals, wrong] of [
    ['sc', 'x; x=1 | x; x=1 | y=1; x', '', '001'],
    ['tso', 'x=1; y | y=1; x', 'xy', '00/11'],
    ['weak', 'x=1; y=2 | y=1; x=2', 'xy', '/11'],
    ['weak', 'x=1; x=2; y=1 | y; x', '', '11'],
    ['weak', 'x=1; x=2; y=1 | y; x', '', '10'],
  ] as const) {
    const of = program(text);
    const machine = { memoryModel, tearing: false };
    const scenario = scenarioOf('replays', text, {
      finally: { 'not this': (look) => outcomeOf(look, of, finals) !== wrong },
    });
    const { schedule, violation } = searched(scenario, machine);
    equal(`${text} comes to ${wrong} under ${memoryModel}`, violation?.property, 'not this');
    const runs = [0, 1].map(() => {
      const run = runOf(scenario, 1000, machine);
      equal(`${text}, again`, replay(run, schedule, 'it'), violation);
      return [run.execution.trace(), [...run.execution.bytes.u8], run.execution.choices()];
    });
    equal(`${text}, twice the same trace, memory and choices`, runs[0], runs[1]);
    equal(`${text}, the same choices`, runs[0][2], schedule);
    equal(`${text}, as text`, parseSchedule(formatSchedule(schedule)), schedule);
    const run = runOf(scenario, 1000, machine);
    equal(`${text}, guided`, runOnce(run, new Guided(schedule)).violation, violation);
    equal(`${text}, guided by the same choices`, run.execution.choices(), schedule);
  }
  const locks = runOf(scenarioOf('locks', 'lock m; unlock m | lock m; unlock m'), 100);
  equal('a part', [replay(locks, [0, 0], 'it'), locks.execution.steps], [undefined, 2]);
  refused('a lock that is held', /step 2 of the schedule is impossible: t1 cannot take a step/, () => replay(locks, [0, 1], 'it'));
  refused('a thread that is not there', /there is no thread 7/, () => replay(locks, [7], 'it'));
  refused('a step too many', /step 5 .*all actors have ended/, () => replay(locks, [0, 0, 1, 1, 1], 'it'));
  refused('a way too many', /in one way alone/, () => replay(locks, [32], 'it'));
}

/** A finding as text, and as a file. */
export async function findings(): Promise<void> {
  for (const [text, schedule] of [
    ['', []],
    ['0x5,1.2,0,1x5', [0, 0, 0, 0, 0, 65, 0, 1, 1, 1, 1, 1]],
    ['2,1,30.3x2', [2, 1, 126, 126]],
  ] as const) {
    equal(`${text}, read`, parseSchedule(text), schedule);
    equal(`${text}, written`, formatSchedule(schedule), text);
  }
  for (const text of ['0x0', '32', '0,', 'x', '0x99999999', '-1'])
    equal(`${text} is no schedule`, parseSchedule(text), undefined);
  equal('switches', contextSwitches([0, 0, 1, 33, 0, 2]), 3);
  const directory = mkdtempSync(join(tmpdir(), 'gfnring-'));
  try {
    const what = await sourced({ schema: 1, name: 'ring-s', skipped: [[1], [], [0]], builtIn: 'ring-s' });
    const failure = { ...what, property: 'p', message: 'm', memoryModel: 'weak', tearing: true, schedule: [0, 33, 0] } as const;
    const finding = findingOf(failure);
    const { order, ...read } = loadFinding(writeFinding(directory, finding));
    equal('a finding, written and read', [read, order], [finding, failure.schedule]);
    const json = JSON.parse(JSON.stringify(finding));
    for (const [field, value] of [
      ['schema', 2],
      ['kind', 'scenario'],
      ['schedule', '0,z'],
      ['memoryModel', 'strong'],
      ['contextSwitches', 7],
      ['scenario', { ...json.scenario, builtIn: 'ring-z' }],
    ] as const)
      refused(`a finding with a wrong ${field}`, new RegExp(field), () => parseFinding({ ...json, [field]: value }, 'it'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** After steps forward and back, all is as it was. */
export function goingBack(): void {
  for (const model of memoryModels) {
    const { program: of } = wide();
    const execution = executionOf(model, of, 1000);
    for (let index = 0; index < 12; index++) {
      const random = randomOf(3, index);
      execution.reset();
      const seen = [stateOf(execution)];
      while (execution.stopped() === null) {
        stepAtRandom(execution, random);
        seen.push(stateOf(execution));
      }
      for (let steps = execution.steps; steps >= 0; steps -= 1 + (index % 3)) {
        execution.backTo(steps);
        equal(`${model}, back to step ${steps} of execution ${index}`, stateOf(execution), seen[steps]);
      }
    }
  }
}

/** What each access returns and leaves, where it is alone: by number, as C has it. The explorer, the memory of real threads, and a recording agree. */
export function accesses(): void {
  const { program: of, cells } = wide();
  const [, , x, b, h] = cells as [Cell64, Cell, Cell, Cell, Cell];
  const run = (mem: Memory): (number | bigint)[] => {
    const values: (number | bigint)[] = [];
    for (const [cell, value] of [
      [b, 0x1ff],
      [h, 0x1_ffff],
      [x, 2 ** 32 + 5],
    ] as const) {
      mem.store(cell, value);
      values.push(mem.load(cell));
    }
    values.push(mem.fetchAdd(b, 1), mem.load(b), mem.fetchAdd(h, 2), mem.load(h), mem.xchg(x, 0xffffffff));
    values.push(mem.fetchAdd(x, 8), mem.load(x), mem.cmpxchg(x, 7, 9), mem.cmpxchg(x, 8, 0x1_0000_00ff), mem.load(x));
    values.push(mem.fetchAnd(x, 0x0f), mem.load(x), mem.fetchOr(x, 0xf0), mem.load(x), mem.loadAcquire(x));
    mem.write64(cells[0] as Cell64, 0x1_2345_6789_abcdn);
    values.push(mem.read64(cells[0] as Cell64), mem.load(cells[1] as Cell));
    mem.storeRelease(cells[1] as Cell, 0xffff_0001);
    values.push(mem.load64(cells[0] as Cell64));
    return values;
  };
  const returned = [
    ...[0xff, 0xffff, 5],
    ...[255, 0, 65535, 1, 5, 0xffffffff, 7, 7, 9, 9, 9, 9, 9, 249, 249],
    ...[0x1_2345_6789_abcdn, 0x1_2345, 0xffff_0001_6789_abcdn],
  ];
  const buffer = new SharedArrayBuffer(of.layout.size);
  const native = run(new NativeMemory(buffer, 0));
  equal('real memory', native.map(String), returned.map(String));
  for (const model of memoryModels) {
    const alone = { ...of, actors: [{ name: 'alone', operations: [{ label: 'all', run }] }] };
    const execution = executionOf(model, alone, 1000);
    execution.reset();
    execution.run(new Guided([]));
    equal(`${model}, what is returned`, execution.results[0][0], native);
    equal(`${model}, what is left`, [...execution.bytes.u8], [...new Uint8Array(buffer)]);
    const recorded = run(new RecordedMemory(0, execution.trace().filter(({ leaves }) => leaves !== true), of.layout));
    equal(`${model}, a recording`, recorded, native);
  }
}

/** A finding has the fewest switches, the fewest operations, and is of the same property. */
export async function minimum(): Promise<void> {
  // Two count without a lock; a third, and further operations, are there for nothing. The third breaks the other property where it comes first.
  const text = 'y > x; x=1 > y | y > x; x=1 > y | y > y > z=1; z=2';
  const lost = scenarioOf('lost', text);
  const [x, z] = ['x', 'z'].map((name) => cellOf(lost.program, name));
  const both: Scenario = {
    ...lost,
    properties: {
      ...lost.properties,
      always: { 'x is before z': ({ read }) => read(z) !== 2 || read(x) === 1 },
      finally: { 'one has seen the other': ({ results }) => seen(results, 0) !== 0 || seen(results, 1) !== 0 },
    },
  };
  const what = await sourced(both);
  const schedule = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2, 1];
  const failure = { ...what, ...plainMachine, property: 'one has seen the other', message: '', schedule };
  equal('what is to be made smaller', runOnce(runOf(both, 100), new Guided(schedule)).violation?.property, failure.property);
  const least = minimise(failure, 5);
  equal('its property', runOnce(runOf(least.scenario, 100), new Guided(least.schedule)).violation?.property, failure.property);
  equal('its switches', contextSwitches(least.schedule), 2);
  equal('the operations it does without', 'skipped' in least.source && least.source.skipped, [[0, 2], [0, 2], [0, 1, 2]]);
}

/** What the second operation of a thread has read; undefined where it has not ended. */
const seen = (results: Look['results'], thread: number): unknown => (results[thread][1] as number[] | undefined)?.[0];

/** Of a scenario that is one step smaller. */
export async function smaller(): Promise<void> {
  const what = await sourced(scenarioOf('smaller', 'x > y | x'));
  const skipped = [...shrink(what)].map(({ source }) => ('skipped' in source ? source.skipped : []));
  equal('one operation less, all of an actor first', skipped, [[[0, 1], []], [[], [0]], [[0], []], [[1], []]]);
}

/** Cells of all widths, some over others, a lock and a wait queue. */
function wide(): { readonly program: Program; readonly cells: readonly (Cell | Cell64)[] } {
  const layout = new Layout();
  const q = layout.cell64('q');
  const cells = [
    q,
    layout.cell('high', 'u32', q.offset + 4),
    layout.cell('x', 'u32'),
    layout.cell('b', 'u8'),
    layout.cell('h', 'u16'),
  ] as const;
  const [, high, x, b, h] = cells;
  const [m, s] = [layout.lock('m', 'mutex'), layout.lock('s', 'spinlock')];
  cells satisfies readonly (Cell | Cell64)[];
  const first = (mem: Memory) => {
    mem.store64(q, 0x7_0000_0003n);
    mem.lock(m);
    const seen = [mem.fetchAdd(x, 3), mem.cmpxchg(b, 0, 5)];
    mem.unlock(m);
    mem.mb();
    return [...seen, mem.load(high)];
  };
  const second = (mem: Memory) => {
    const slept = mem.wait(x, 0);
    mem.lock(s);
    mem.storeRelease(h, 9);
    mem.unlock(s);
    mem.rmb();
    return [slept, mem.xchg(high, 8), mem.load64(q)];
  };
  const third = (mem: Memory) => {
    mem.lock(m);
    mem.write(b, 4);
    mem.unlock(m);
    mem.wmb();
    mem.store(x, 1);
    mem.wake(x);
    return [mem.loadAcquire(h), mem.read64(q)];
  };
  const actors = [first, second, third].map((run, i) => ({
    name: `t${i}`,
    operations: [
      { label: 'run', run },
      { label: 'look', run: (mem: Memory) => mem.load(x) },
    ],
  }));
  return { program: { layout, init: (mem) => mem.store(h, 2), actors }, cells };
}

function stepAtRandom(execution: Execution, random: Random): void {
  const threads = [...Array(32).keys()].filter((t) => execution.enabled & (1 << t));
  const thread = threads[(random.next() >>> 0) % threads.length];
  execution.step(thread, (random.next() >>> 0) % execution.alternatives(thread));
}

function stateOf(execution: Execution): unknown {
  const row = new Row();
  execution.addHidden(row);
  const words = [...row.words.subarray(0, row.end())];
  const { bytes, node, pending, operation, performed, asleep, enabled, live, halted, last, results } = execution;
  const arrays = [bytes.u32, node, pending, operation, performed, asleep].map((of) => [...of]);
  return [arrays, [enabled, live, halted, last], results, words];
}
