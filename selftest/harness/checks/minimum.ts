import type { StateView } from '#dist/check/property.js';
import type { Scenario } from '#dist/check/scenario.js';
import { contextSwitches } from '#dist/explore/schedule.js';
import { ReplayScheduler } from '#dist/explore/schedulers/replay.js';
import { createRun, plainMachine, runOnce } from '#dist/run/createRun.js';
import { minimise } from '#dist/run/minimise/minimise.js';
import { Wakers } from '#dist/run/minimise/wakers.js';
import { shrink } from '#dist/run/shrink.js';
import { skip } from '#dist/scenario/omittedOperations.js';
import { resolveScenario } from '#dist/scenario/scenarioRef.js';
import { cellOf, scenarioOf } from '../program.ts';
import { equal } from '../selfCheck.ts';

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
  const what = await resolveScenario(both);
  const schedule = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2, 1];
  const failure = { ...what, ...plainMachine, property: 'one has seen the other', message: '', schedule };
  equal(
    'what is to be made smaller',
    runOnce(createRun(both, 100), new ReplayScheduler(schedule)).violation?.property,
    failure.property,
  );
  const least = minimise(failure, 5);
  equal(
    'its property',
    runOnce(createRun(least.scenario, 100), new ReplayScheduler(least.schedule)).violation?.property,
    failure.property,
  );
  equal('its switches', contextSwitches(least.schedule), 2);
  equal('the operations it does without', 'skipped' in least.source && least.source.skipped, [
    [0, 2],
    [0, 2],
    [0, 1, 2],
  ]);
  // Nothing can be left out, and no two runs of a thread be put together.
  const bare = scenarioOf('bare', 'y; x; y; x=1; y | y; x; y; x=1; y', {
    finally: {
      'one has seen the other': ({ results }) => [0, 1].some((t) => (results[t][0] as number[] | undefined)?.[1] !== 0),
    },
  });
  const slow = { ...(await resolveScenario(bare)), ...plainMachine, property: 'one has seen the other', message: '' };
  const fewest = minimise({ ...slow, schedule: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1] }, 5);
  equal('the switches of a bare one', contextSwitches(fewest.schedule), 2);
  // Without what could have woken the first, it would sleep in a right version, too.
  const asleep = await resolveScenario(scenarioOf('asleep', 'wait x 0 | wake x > x=1 | z=1'));
  const wakers = new Wakers(asleep.scenario, plainMachine, 1);
  const run = createRun(asleep.scenario, 100);
  equal('what is asleep', runOnce(run, new ReplayScheduler([2, 1, 0, 1])).stop.kind, 'deadlock');
  const kept = [
    [[], [0], []],
    [[], [1], []],
    [[], [], [0]],
  ].map((of) => wakers.areKept(run, skip(asleep.scenario, of)));
  equal('what a sleeper keeps', kept, [false, false, true]);
}

/** What the second operation of a thread has read; undefined where it has not ended. */
const seen = (results: StateView['results'], thread: number): unknown =>
  (results[thread][1] as number[] | undefined)?.[0];

/** Of a scenario that is one step smaller. */
export async function smaller(): Promise<void> {
  const what = await resolveScenario(scenarioOf('smaller', 'x > y | x'));
  const skipped = [...shrink(what)].map(({ source }) => ('skipped' in source ? source.skipped : []));
  equal('one operation less, all of an actor first', skipped, [
    [[0, 1], []],
    [[], [0]],
    [[0], []],
    [[1], []],
  ]);
}
