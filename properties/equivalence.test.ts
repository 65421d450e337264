import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Scenario } from '../src/check/scenario.ts';
import type { Scheduler } from '../src/explore/schedulers/scheduler.ts';
import { SCHEMA } from '../src/input/schema.ts';
import type { Gfn } from '../src/kvm/kvm.ts';
import type { Memory } from '../src/memory/memory.ts';
import { NativeMemory } from '../src/memory/nativeMemory.ts';
import { SetupMemory } from '../src/memory/setupMemory.ts';
import { createRun, runOnce, takenSchedule } from '../src/run/createRun.ts';
import { LockstepPool } from '../src/run/lockstep/lockstepPool.ts';
import { buildVm } from '../src/scenario/vm.ts';
import { trackerNames, trackers } from '../src/trackers/registry.ts';
import type { VmSpec } from '../src/vm/spec.ts';
import type { TrackerOption } from '../src/vm/trackerDescriptor.ts';
import { draws } from '../test/draws.ts';
import { actorOf, actorsOf, type Workload, WRITERS, workloads } from './arbitraries/workload.ts';
import { type Expected, expectedOf } from './reference.ts';

/** A tracker with its options. */
type TrackerSetup = Required<Pick<VmSpec, 'tracker'>> & Pick<VmSpec, 'manualProtect' | 'backupBitmap' | 'pml'>;

const namesWith = (option: TrackerOption): string[] =>
  trackerNames.filter((tracker) => trackers[tracker].options.includes(option));
const SETUPS: readonly TrackerSetup[] = [
  ...trackerNames.map((tracker) => ({ tracker })),
  ...(['on', 'initially set'] as const).flatMap((manualProtect) =>
    namesWith('manualProtect').map((tracker) => ({ tracker, manualProtect })),
  ),
  ...namesWith('backupBitmap').map((tracker) => ({ tracker, backupBitmap: true })),
].flatMap((setup) => [setup, { ...setup, pml: 2 }]);

const nameOf = (setup: TrackerSetup): string => Object.values(setup).join(', ');
const isDirtyRing = ({ tracker }: TrackerSetup): boolean => trackers[tracker].whenFull === 'overwrite';

/** The workload without host writes, if the tracker does not record these. */
const recorded = (workload: Workload, setup: TrackerSetup): Workload =>
  isDirtyRing(setup) && !setup.backupBitmap
    ? { ...workload, steps: workload.steps.filter((step) => step.do !== 'write' || step.by !== 'host') }
    : workload;

/** A VM with rings so large that no vCPU ever stops. Their indices start just before the wrap. */
function specOf(workload: Workload, setup: TrackerSetup): VmSpec {
  const leeway = 3;
  let [used, most] = [0, 0];
  for (const step of workload.steps) {
    used = step.do === 'write' ? used + step.pages.length : 0;
    most = Math.max(most, used);
  }
  const size = 2 ** Math.ceil(Math.log2(most + leeway + 1));
  return {
    schema: SCHEMA,
    name: nameOf(setup),
    ...setup,
    rings: WRITERS.map(() => ({ size, leeway })),
    slots: workload.slots,
    index: trackers[setup.tracker].indexMax - 1,
    actors: actorsOf(workload),
    sometimes: [],
  };
}

/** The results of the operations, by actor, and the final memory. */
interface Outcome {
  readonly results: readonly (readonly unknown[])[];
  readonly bytes: Uint8Array;
}

/** Performs the steps in sequence. `look` is called after each. */
function perform(
  { program }: Scenario,
  { steps }: Workload,
  memoryOf: (buffer: SharedArrayBuffer, thread: number) => Memory,
  look?: (step: number, bytes: Uint8Array) => void,
): Outcome {
  const buffer = new SharedArrayBuffer(program.layout.size);
  program.init(new SetupMemory(buffer));
  const bytes = new Uint8Array(buffer);
  const results: unknown[][] = program.actors.map(() => []);
  for (const [i, step] of steps.entries()) {
    const actor = actorOf(step);
    results[actor].push(program.actors[actor].operations[results[actor].length].run(memoryOf(buffer, actor)));
    look?.(i, bytes);
  }
  return { results, bytes };
}

/** Performs the steps in sequence in the explorer: a thread continues until its operation ends. */
function explore(scenario: Scenario, { steps }: Workload): Outcome & { readonly schedule: readonly number[] } {
  const run = createRun(scenario, 100_000);
  const { execution } = run;
  const order = steps.map(actorOf);
  const until = order.map((actor, i) => order.slice(0, i + 1).filter((other) => other === actor).length);
  let at = 0;
  const sequential: Scheduler = {
    begin: () => {},
    next: ({ enabled }) => {
      while (execution.performed[order[at]] >= until[at]) at++;
      if (!(enabled & (1 << order[at]))) throw new Error(`actor ${order[at]} has to wait`);
      return order[at];
    },
    chooseReadsFrom: () => 0,
  };
  expect(runOnce(run, sequential)).toEqual({ stop: { kind: 'finished' }, violation: undefined });
  return { results: execution.results, bytes: execution.bytes.u8, schedule: takenSchedule(run) };
}

/** How often each event occurred. Each event must occur, otherwise the tests show nothing. */
const seen = new Map<string, number>();
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

const textOf = ({ slot, offset }: Gfn): string => `${slot}:${offset}`;

/** Checks that each written page is reported. A false positive needs an explanation. */
function expectReports(reports: readonly (readonly Gfn[])[], { epochs }: Expected, setup: TrackerSetup): void {
  expect(reports.length).toBe(epochs.length);
  const given = new Set<string>();
  for (const [i, { due, written, failed }] of epochs.entries()) {
    const pages = reports[i].map(textOf);
    if (failed) {
      expect(pages).toEqual([]);
      if (due.size > 0) count('what was written is set back');
      continue;
    }
    const reported = new Set(pages);
    expect([...due].filter((page) => !reported.has(page))).toEqual([]);
    if (reported.size < pages.length) count('a page is reported twice');
    for (const page of reported) {
      if (page.startsWith('65536')) count('a page of the second address space is reported');
      if (due.has(page)) continue;
      const once = setup.manualProtect === 'initially set' && !given.has(page);
      expect([page, written.has(page) || once]).toEqual([page, true]);
      count(`false positive: ${nameOf(setup)}`);
    }
    for (const page of reported) given.add(page);
  }
}

/** Compares memory and its copy with the expected versions, page by page. */
function expectImage({ program }: Scenario, bytes: Uint8Array, { versions, copies }: Expected['images'][number]): void {
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
  const at = new Map(program.layout.places.map(({ name, offset }) => [name, offset >> 1]));
  for (const [page, version] of versions) {
    const [slot, offset] = page.split(':');
    const cell = `${slot === '0' ? '' : `slot${slot}.`}page${offset}.version`;
    expect([page, words[at.get(cell)!], words[at.get(`copy of ${page}`)!]]).toEqual([page, version, copies.get(page)]);
  }
}

const seed = Number(process.env.GFNRING_SEED ?? 1);

test('all trackers report the pages that were written in each epoch, and leave the same copy', () => {
  fc.assert(
    fc.property(workloads, (workload) => {
      for (const setup of SETUPS) {
        const of = recorded(workload, setup);
        const expected = expectedOf(of, isDirtyRing(setup));
        const scenario = buildVm(specOf(of, setup));
        const { results, bytes } = perform(
          scenario,
          of,
          (buffer) => new SetupMemory(buffer),
          (step, bytes) => expectImage(scenario, bytes, expected.images[step]),
        );
        expectReports(results[WRITERS.length] as Gfn[][], expected, setup);
        const native = perform(scenario, of, (buffer, thread) => new NativeMemory(buffer, thread));
        expect(native.results).toEqual(results);
        expect(Buffer.compare(native.bytes, bytes)).toBe(0);
      }
    }),
    { numRuns: draws(12), seed },
  );
});

test('all trackers do the same in the explorer', () => {
  fc.assert(
    fc.property(workloads, fc.constantFrom(...SETUPS), (workload, setup) => {
      const of = recorded(workload, setup);
      const scenario = buildVm(specOf(of, setup));
      const { results, bytes } = perform(scenario, of, (buffer) => new SetupMemory(buffer));
      const explored = explore(scenario, of);
      expect(explored.results).toEqual(results);
      expect(Buffer.compare(explored.bytes, bytes)).toBe(0);
      count(`explored: ${nameOf(setup)}`);
    }),
    { numRuns: draws(150), seed },
  );
});

const pool = new LockstepPool(WRITERS.length + 1);

test('all trackers do the same on worker threads in lockstep', async () => {
  await fc.assert(
    fc.asyncProperty(workloads, fc.constantFrom(...SETUPS), async (workload, setup) => {
      const of = recorded(workload, setup);
      const spec = specOf(of, setup);
      const { results, bytes, schedule } = explore(buildVm(spec), of);
      const threads = await pool.run(spec, schedule);
      expect([threads.strayed, threads.violation]).toEqual([undefined, undefined]);
      expect(threads.results).toEqual(results);
      expect(Buffer.compare(threads.memory, bytes)).toBe(0);
      count(`in lockstep: ${nameOf(setup)}`);
    }),
    { numRuns: draws(60), seed },
  );
});

afterAll(async () => {
  await pool.close();
  for (const what of [
    'what was written is set back',
    'a page is reported twice',
    'a page of the second address space is reported',
    'false positive: dirty-bitmap, initially set',
    ...SETUPS.flatMap((setup) => [`explored: ${nameOf(setup)}`]),
  ])
    expect([what, seen.get(what) ?? 0]).not.toEqual([what, 0]);
  expect([...seen.keys()].filter((what) => what.startsWith('in lockstep')).length).toBeGreaterThan(SETUPS.length / 2);
});
