import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Scenario } from '../src/check/scenario.ts';
import { traceOf } from '../src/explore/execution/trace.ts';
import { ReplayScheduler, StrictReplayScheduler } from '../src/explore/schedulers/replay.ts';
import { SCHEMA } from '../src/input/schema.ts';
import { Kind, kindOf, placeOf } from '../src/memory/kinds.ts';
import { type CheckedExecution, createRun, runOnce, takenSchedule } from '../src/run/createRun.ts';
import { buildMultiVm, buildVm } from '../src/scenario/vm.ts';
import { trackerNames, trackers } from '../src/trackers/registry.ts';
import { kernel, reset } from '../src/vm/actorSpecs.ts';
import { claims } from '../src/vm/properties/claims.ts';
import type { VmSpec, VmsSpec } from '../src/vm/spec.ts';
import { draws } from '../test/draws.ts';
import { flatten, ScheduleArbitrary, type ScheduleRun } from './arbitraries/schedule.ts';
import { TrackerVmArbitrary } from './arbitraries/trackerVm.ts';

/** For each tracker: the claims that some drawn execution reached. */
const reached = new Map<string, Set<string>>(trackerNames.map((tracker) => [tracker, new Set()]));

function execute(scenario: Scenario, schedule: readonly ScheduleRun[]): CheckedExecution {
  const run = createRun(scenario, 20_000);
  const { violation, stop } = runOnce(run, new ReplayScheduler(flatten(schedule)));
  expect(violation).toBeUndefined();
  expect(stop.kind).toBe('finished');
  return run;
}

/**
 * The steps of some threads. The values of locks and wake-ups are left out, because they contain
 * thread numbers.
 */
function doneBy({ execution }: CheckedExecution, first: number, threads: number, prefix = ''): unknown[] {
  const places = execution.places.findIndex(({ name }) => name.startsWith(prefix));
  return traceOf(execution)
    .filter(({ thread }) => thread >= first && thread < first + threads)
    .map(({ thread, operation, code, value, old }) => {
      const kind = kindOf(code);
      const seen = kind === Kind.lock || kind === Kind.unlock || kind === Kind.wake ? [] : [value, old];
      return [thread - first, operation, kind, placeOf(code) - places, ...seen];
    });
}

function expectToHold(spec: VmSpec, schedule: readonly ScheduleRun[]): void {
  const { checker, execution } = execute(buildVm({ ...spec, sometimes: Object.keys(claims) }), schedule);
  for (const claim of checker.reached) reached.get(spec.tracker!)!.add(claim);
  for (const { name, offset } of execution.places)
    if (name.endsWith('.warned')) expect([name, execution.bytes.u32[offset >>> 2]]).toEqual([name, 0]);
}

/** Whether a tracker is right for VMs with hazards, of which a second resetter is one. */
const toleratesHazards = (tracker: string): boolean =>
  trackers[tracker].isRightFor({
    ...{ schema: SCHEMA, name: 'a second resetter', tracker, index: 0, sometimes: [] },
    ...{ rings: [{ size: 4, leeway: 2 }], slots: [{ slot: 0, npages: 1 }], actors: [kernel(0, reset)] },
  });
const correct = new TrackerVmArbitrary({ trackers: trackerNames.filter(toleratesHazards), hazards: true });
const flawed = trackerNames.filter((name) => !toleratesHazards(name));
const merged = new TrackerVmArbitrary({ trackers: flawed, hazards: false });
const any = fc.oneof(correct, merged);
/** Two VMs with different trackers on one host. */
const two = fc
  .tuple(any, any)
  .filter(([a, b]) => a.tracker !== b.tracker)
  .map(([a, b]): VmsSpec => {
    const vms = [
      { ...a, name: 'a' },
      { ...b, name: 'b' },
    ];
    return { schema: SCHEMA, name: 'two', vms };
  });

const parameters = (numRuns: number) => ({ numRuns: draws(numRuns), seed: Number(process.env.GFNRING_SEED ?? 1) });
const schedules = new ScheduleArbitrary(7, 80);

test('no honest VM of a correct tracker loses a page, violates a rule, or hangs', () =>
  fc.assert(fc.property(correct, schedules, expectToHold), parameters(800)));

test('no honest VM of the merged ring does, with a single resetter, no signal and no change of slots', () =>
  fc.assert(fc.property(merged, schedules, expectToHold), parameters(400)));

const PAGES = [0, 1, 2].map((page) => [0, page] as const);
let interleaved = 0;

test('each of two VMs on one host does what it does alone', () =>
  fc.assert(
    fc.property(two, new ScheduleArbitrary(14, 120), (spec, schedule) => {
      const both = execute(buildMultiVm(spec), schedule);
      const order = takenSchedule(both);
      let first = 0;
      for (const vm of spec.vms) {
        const threads = vm.actors.length;
        const own = order
          .filter((thread) => thread >= first && thread < first + threads)
          .map((thread) => thread - first);
        const alone = createRun(buildVm(vm), 20_000);
        const exact = new StrictReplayScheduler(own);
        runOnce(alone, exact);
        expect(exact.strayed).toBe(-1);
        expect(doneBy(alone, 0, threads)).toEqual(doneBy(both, first, threads, `${vm.name}.`));
        expect(alone.execution.results).toEqual(both.execution.results.slice(first, first + threads));
        if (order.indexOf(first + threads - 1) < order.lastIndexOf(first)) interleaved++;
        first += threads;
      }
    }),
    parameters(120),
  ));

test.each(['dirty-ring@6.1', 'dirty-ring@6.17'] as const)(
  'with several resetters, signals or changes of slots, drawn VMs of %s lose pages',
  (tracker) => {
    const hazardous = new TrackerVmArbitrary({ trackers: [tracker], hazards: true });
    let found: unknown;
    const property = fc.property(hazardous, schedules, (spec, schedule) => {
      const run = createRun(buildVm(spec), 20_000);
      found = runOnce(run, new ReplayScheduler(flatten(schedule))).violation?.property;
      return found === undefined;
    });
    expect(fc.check(property, { ...parameters(3000), endOnFailure: true }).failed).toBe(true);
    expect(found).toMatch(/no dirty page is ever lost|NL1|the copy is the guest/);
  },
);

test.each([
  ['the host', { name: 'host', role: 'host', operations: [{ do: 'host-write', pages: PAGES }] }, {}],
  [
    'a vCPU with a hardware log',
    { name: 'vcpu0', role: 'vcpu', vcpu: 0, operations: [{ do: 'write', pages: PAGES }] },
    { pml: 1 },
  ],
] as const)('%s waits for a free entry if the machine can be paused', (_, writer, more) => {
  const userspace = { name: 'userspace', role: 'userspace', operations: [{ do: 'checkpoint' }] } as const;
  const shape = { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 3 }], index: 0, ...more };
  const spec = {
    schema: SCHEMA,
    name: 'room',
    ...shape,
    actors: [writer, userspace],
    sometimes: ['a ring is full'],
  } as const;
  expect(execute(buildVm(spec), [{ thread: 0, length: 500 }]).checker.missing).toEqual([]);
});

/** Claims that `vm.test.ts` reaches. */
const OF_OTHERS = ['a push is refused', 'a cons is refused'];
/** Claims that each tracker must reach. */
const OF_ALL = [
  'a page is re-armed',
  'a page is written again',
  'a checkpoint is committed',
  'the machine is set back',
  'the hardware logs a page',
];

afterAll(() => {
  const all = new Set([...reached.values()].flatMap((of) => [...of]));
  expect(Object.keys(claims).filter((claim) => !all.has(claim) && !OF_OTHERS.includes(claim))).toEqual([]);
  for (const [tracker, of] of reached)
    expect([tracker, OF_ALL.filter((claim) => !of.has(claim))]).toEqual([tracker, []]);
  expect(interleaved).toBeGreaterThan(120);
});
