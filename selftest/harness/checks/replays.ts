import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextSwitches, formatSchedule, parseSchedule } from '#dist/explore/schedule.js';
import { ReplayScheduler } from '#dist/explore/schedulers/replay.js';
import { createRun, runOnce } from '#dist/run/createRun.js';
import { findingOf, writeFinding } from '#dist/run/finding.js';
import { parseFinding } from '#dist/run/parseSource.js';
import { replay } from '#dist/run/replay.js';
import { loadFinding } from '#dist/run/resolveScenarioName.js';
import { resolveScenario } from '#dist/scenario/scenarioRef.js';
import { searched } from '../explored.ts';
import { outcomeOf, program, scenarioOf } from '../program.ts';
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
      const run = createRun(scenario, 1000, machine);
      equal(`${text}, again`, replay(run, schedule, 'it'), violation);
      return [run.execution.trace(), [...run.execution.bytes.u8], run.execution.choices()];
    });
    equal(`${text}, twice the same trace, memory and choices`, runs[0], runs[1]);
    equal(`${text}, the same choices`, runs[0][2], schedule);
    equal(`${text}, as text`, parseSchedule(formatSchedule(schedule)), schedule);
    const run = createRun(scenario, 1000, machine);
    equal(`${text}, guided`, runOnce(run, new ReplayScheduler(schedule)).violation, violation);
    equal(`${text}, guided by the same choices`, run.execution.choices(), schedule);
  }
  const locks = createRun(scenarioOf('locks', 'lock m; unlock m | lock m; unlock m'), 100);
  equal('a part', [replay(locks, [0, 0], 'it'), locks.execution.steps], [undefined, 2]);
  refused('a lock that is held', /step 2 of the schedule is impossible: t1 cannot take a step/, () =>
    replay(locks, [0, 1], 'it'),
  );
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
    const what = await resolveScenario({ schema: 1, name: 'ring-s', skipped: [[1], [], [0]], builtIn: 'ring-s' });
    const failure = {
      ...what,
      property: 'p',
      message: 'm',
      memoryModel: 'weak',
      tearing: true,
      schedule: [0, 33, 0],
    } as const;
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
      refused(`a finding with a wrong ${field}`, new RegExp(field), () =>
        parseFinding({ ...json, [field]: value }, 'it'),
      );
  } finally {
    rmSync(directory, { recursive: true });
  }
}
