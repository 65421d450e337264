import { fc } from '@fast-check/vitest';
import { afterAll, expect, test } from 'vitest';
import type { Scenario } from '../src/check/scenario.ts';
import type { Scheduler } from '../src/explore/schedulers/scheduler.ts';
import { SCHEMA } from '../src/input/schema.ts';
import type { Gfn } from '../src/kvm/kvm.ts';
import type { Memory } from '../src/memory/memory.ts';
import { NativeMemory } from '../src/memory/nativeMemory.ts';
import { SetupMemory } from '../src/memory/setupMemory.ts';
import { createRun, runOnce, scheduleOf } from '../src/run/createRun.ts';
import { LockstepPool } from '../src/run/lockstep/lockstepPool.ts';
import { buildVm } from '../src/scenario/vm.ts';
import { type TrackerName, trackerNames } from '../src/trackers/interface/names.ts';
import type { VmSpec } from '../src/vm/spec.ts';
import { actorOf, actorsOf, type Workload, WRITERS, workloads } from './arbitraries/workload.ts';
import { type Expected, expectedOf } from './reference.ts';

/** A way to track pages. */
type Way = Required<Pick<VmSpec, 'tracker'>> & Pick<VmSpec, 'manualProtect' | 'backupBitmap' | 'pml'>;

const HAVE_BACKUP: readonly TrackerName[] = ['dirty-ring@6.12', 'dirty-ring@6.17', 'dirty-ring@repaired'];
const WAYS: readonly Way[] = [
  ...trackerNames.map((tracker) => ({ tracker })),
  ...(['on', 'initially set'] as const).map((manualProtect) => ({ tracker: 'dirty-bitmap' as const, manualProtect })),
  ...HAVE_BACKUP.map((tracker) => ({ tracker, backupBitmap: true })),
].flatMap((way) => [way, { ...way, pml: 2 }]);

const nameOf = (way: Way): string => Object.values(way).join(', ');
const isMerged = ({ tracker }: Way): boolean => tracker.startsWith('dirty-ring');

/** What is left of a workload where nothing records what the host writes. */
const recorded = (workload: Workload, way: Way): Workload =>
  isMerged(way) && !way.backupBitmap
    ? { ...workload, steps: workload.steps.filter((step) => step.do !== 'write' || step.by !== 'host') }
    : workload;

/** Rings with so much room that nobody ever stops, whose indices soon wrap. */
function specOf(workload: Workload, way: Way): VmSpec {
  const leeway = 3;
  let [used, most] = [0, 0];
  for (const step of workload.steps) {
    used = step.do === 'write' ? used + step.pages.length : 0;
    most = Math.max(most, used);
  }
  const size = 2 ** Math.ceil(Math.log2(most + leeway + 1));
  return {
    schema: SCHEMA,
    name: nameOf(way),
    ...way,
    rings: WRITERS.map(() => ({ size, leeway })),
    slots: workload.slots,
    index: isMerged(way) ? 0xffff_fffe : 0xfffe,
    actors: actorsOf(workload),
    sometimes: [],
  };
}

/** What operations returned, by actor, and what memory holds. */
interface Outcome {
  readonly results: readonly (readonly unknown[])[];
  readonly bytes: Uint8Array;
}

/** Performs the steps one after the other. `look` is called after each. */
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

/** The same in the explorer: a thread goes on until its operation is over. */
function explore(scenario: Scenario, { steps }: Workload): Outcome & { readonly schedule: readonly number[] } {
  const run = createRun(scenario, 100_000);
  const { execution } = run;
  const order = steps.map(actorOf);
  const until = order.map((actor, i) => order.slice(0, i + 1).filter((other) => other === actor).length);
  let at = 0;
  const oneAfterTheOther: Scheduler = {
    begin: () => {},
    next: ({ enabled }) => {
      while (execution.performed[order[at]] >= until[at]) at++;
      if (!(enabled & (1 << order[at]))) throw new Error(`actor ${order[at]} has to wait`);
      return order[at];
    },
    chooseReadsFrom: () => 0,
  };
  expect(runOnce(run, oneAfterTheOther)).toEqual({ stop: { kind: 'finished' }, violation: undefined });
  return { results: execution.results, bytes: execution.bytes.u8, schedule: scheduleOf(run) };
}

/** What was seen, so that nothing is said of what never was. */
const seen = new Map<string, number>();
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

const textOf = ({ slot, offset }: Gfn): string => `${slot}:${offset}`;

/** Never less than what was written; more only where that can be explained. */
function expectReports(reports: readonly (readonly Gfn[])[], { epochs }: Expected, way: Way): void {
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
      const once = way.manualProtect === 'initially set' && !given.has(page);
      expect([page, written.has(page) || once]).toEqual([page, true]);
      count(`false positive: ${nameOf(way)}`);
    }
    for (const page of reported) given.add(page);
  }
}

/** Looks at the image, page by page. */
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

test('all trackers report what was written in each epoch, and leave the same copy', () => {
  fc.assert(
    fc.property(workloads, (workload) => {
      for (const way of WAYS) {
        const of = recorded(workload, way);
        const expected = expectedOf(of, isMerged(way));
        const scenario = buildVm(specOf(of, way));
        const { results, bytes } = perform(
          scenario,
          of,
          (buffer) => new SetupMemory(buffer),
          (step, bytes) => expectImage(scenario, bytes, expected.images[step]),
        );
        expectReports(results[WRITERS.length] as Gfn[][], expected, way);
        const native = perform(scenario, of, (buffer, thread) => new NativeMemory(buffer, thread));
        expect(native.results).toEqual(results);
        expect(Buffer.compare(native.bytes, bytes)).toBe(0);
      }
    }),
    { numRuns: 50, seed },
  );
});

test('so they do in the explorer', () => {
  fc.assert(
    fc.property(workloads, fc.constantFrom(...WAYS), (workload, way) => {
      const of = recorded(workload, way);
      const scenario = buildVm(specOf(of, way));
      const { results, bytes } = perform(scenario, of, (buffer) => new SetupMemory(buffer));
      const explored = explore(scenario, of);
      expect(explored.results).toEqual(results);
      expect(Buffer.compare(explored.bytes, bytes)).toBe(0);
      count(`explored: ${nameOf(way)}`);
    }),
    { numRuns: 300, seed },
  );
});

const pool = new LockstepPool(WRITERS.length + 1);

test('and on worker threads in lockstep', async () => {
  await fc.assert(
    fc.asyncProperty(workloads, fc.constantFrom(...WAYS), async (workload, way) => {
      const of = recorded(workload, way);
      const spec = specOf(of, way);
      const { results, bytes, schedule } = explore(buildVm(spec), of);
      const threads = await pool.run(spec, schedule);
      expect([threads.strayed, threads.violation]).toEqual([undefined, undefined]);
      expect(threads.results).toEqual(results);
      expect(Buffer.compare(threads.memory, bytes)).toBe(0);
      count(`in lockstep: ${nameOf(way)}`);
    }),
    { numRuns: 120, seed },
  );
});

afterAll(async () => {
  await pool.close();
  for (const what of [
    'what was written is set back',
    'a page is reported twice',
    'a page of the second address space is reported',
    'false positive: dirty-bitmap, initially set',
    ...WAYS.flatMap((way) => [`explored: ${nameOf(way)}`]),
  ])
    expect([what, seen.get(what) ?? 0]).not.toEqual([what, 0]);
  expect([...seen.keys()].filter((what) => what.startsWith('in lockstep')).length).toBeGreaterThan(WAYS.length / 2);
});
