import { fileURLToPath } from 'node:url';
import { noLimits } from '#dist/explore/limits.js';
import { createRun, plainMachine } from '#dist/run/createRun.js';
import { LockstepPool } from '#dist/run/lockstep/lockstepPool.js';
import { replay } from '#dist/run/replay.js';
import { resolveScenarioName } from '#dist/run/resolveScenarioName.js';
import { searchHere } from '#dist/run/search/search.js';
import { SearchPool } from '#dist/run/search/searchPool.js';
import type { SearchSpec } from '#dist/run/search/searchSpec.js';
import { stress } from '#dist/run/stress/stress.js';
import { resolveScenario } from '#dist/scenario/scenarioRef.js';
import { compiledUrl } from '../../compiled.ts';
import { searched } from '../explored.ts';
import { equal } from '../selfCheck.ts';

/** What is found replays on real threads, byte for byte; a schedule that is not the program's is refused. */
export async function lockstep(): Promise<void> {
  const source = await resolveScenarioName('dirty-ring@6.17/two-resetters');
  const { scenario: of } = await resolveScenario(source);
  const { schedule, violation } = searched(of, { reduction: 'states' });
  equal('what is found', violation?.property, 'no dirty page is ever lost');
  const run = createRun(of, 1000);
  equal('in the explorer', replay(run, schedule, 'it'), violation);
  const pool = new LockstepPool(of.program.actors.length, 5000);
  try {
    const { trace, memory, strayed, results } = await pool.run(source, schedule);
    equal('strayed', strayed, undefined);
    equal('the trace', trace, run.execution.trace());
    equal('the memory', [...memory], [...run.execution.bytes.u8]);
    equal('the results', results, run.execution.results);
    equal('a part', (await pool.run(source, schedule.slice(0, 3))).trace.length, 3);
    const more = await pool.run(source, [...schedule, schedule[schedule.length - 1]]);
    equal('a step too many', /the schedule gives it step/.test(more.strayed ?? ''), true);
  } finally {
    await pool.close();
  }
}

/** Several threads find, count and run what one does. */
export async function workers(): Promise<void> {
  const pool = new SearchPool(2);
  try {
    const search: SearchSpec = {
      ...plainMachine,
      scheduler: 'exhaustive',
      reduction: 'optimal',
      seed: 1,
      depth: 3,
      stepsMax: 1000,
    };
    const ring = await resolveScenario(await resolveScenarioName('ring-s'));
    const known = searchHere(ring.scenario, search, noLimits);
    equal('classes', [known.executions, known.classes, known.missing], [46, 46, []]);
    equal('classes, by two', await pool.search(ring, search, noLimits), known);
    const draws = { ...search, scheduler: 'portfolio', reduction: 'none' } as const;
    const some = { ...noLimits, executions: 300 };
    equal('draws, by two', await pool.search(ring, draws, some), searchHere(ring.scenario, draws, some));
    const broken = await resolveScenario(await resolveScenarioName('dirty-ring@6.17/two-resetters'));
    equal(
      'what is found, by two',
      await pool.search(broken, draws, noLimits),
      searchHere(broken.scenario, draws, noLimits),
    );
  } finally {
    await pool.close();
  }
}

/** Free threads: what they leave and return is looked at. */
export async function stressing(): Promise<void> {
  const right = await stress(await resolveScenarioName('ring'), { seconds: 20, rounds: 5 });
  const path = fileURLToPath(compiledUrl('harness/alwaysWrong.js'));
  const wrong = await stress(await resolveScenarioName(path), { seconds: 20, rounds: 5 });
  equal(
    'always wrong',
    [wrong.outcome, wrong.findings],
    ['violated', [{ property: 'x is 3', message: 'x is 2', round: 0 }]],
  );
  equal('the ring', [right.outcome, right.rounds, right.calls > 0, right.histories.ok], ['limit', 5, true, 5]);
}
