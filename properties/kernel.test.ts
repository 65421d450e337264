import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { noLimits } from '../src/explore/limits.ts';
import { createExecution } from '../src/explore/memoryModels/registry.ts';
import { depthFirstSearch } from '../src/explore/search/dfs.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import { SCHEMA } from '../src/input/schema.ts';
import type { Kvm } from '../src/kvm/kvm.ts';
import { Layout } from '../src/memory/layout.ts';
import { SetupMemory } from '../src/memory/setupMemory.ts';
import { trackerOfApi } from '../src/scenario/compiledKernel.ts';
import { buildVm } from '../src/scenario/vm.ts';
import type { KernelFile } from '../src/trackers/interface/tracker.ts';
import { trackers } from '../src/trackers/registry.ts';
import type { ActorSpec, OperationSpec, VmSpec } from '../src/vm/spec.ts';
import { compiled, MAIL, TREES, type Tree, treesOrNone } from '../test/kernel/trees.ts';
import { dice, SpecArbitrary } from './arbitraries/spec.ts';

const seed = Number(process.env.GFNRING_SEED ?? 1);
const seen = new Map<string, number>();
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

const SLOTS = [
  { slot: 0, npages: 70 },
  { slot: 65537, npages: 3 },
];

type Step =
  | { readonly do: 'push'; readonly vcpu: number; readonly slot: number; readonly offset: bigint }
  | { readonly do: 'must exit'; readonly vcpu: number }
  | { readonly do: 'harvest' | 'reset' | 'signal' }
  | { readonly do: 'poke'; readonly ring: number; readonly cell: number; readonly value: bigint }
  | { readonly do: 'pages'; readonly npages: number };

const offsets = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(0n, 3n) },
  { weight: 2, arbitrary: fc.bigInt(0n, 70n) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      63n,
      64n,
      0xffff_ffffn,
      0x1_0000_0000n,
      0x8000_0000_0000_0000n,
      0xffff_ffff_ffff_fff0n,
      0xffff_ffff_ffff_ffffn,
    ),
  },
);
const slots = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 0, 0, 65537) },
  { weight: 1, arbitrary: fc.constantFrom(1, 65536, 131072, 0x7fff_ffff, 0xffff_ffff) },
);
const vcpus = fc.nat(1);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('push' as const), vcpu: vcpus, slot: slots, offset: offsets }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('must exit' as const), vcpu: vcpus }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('harvest' as const, 'reset' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('signal' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('poke' as const),
        ring: vcpus,
        cell: fc.nat(30),
        value: fc.oneof(fc.bigInt(0n, 6n), offsets),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('pages' as const), npages: fc.constantFrom(0, 1, 64, 70) }) },
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

/**
 * What a ring did at each step: the returned value, the re-armed pages, and the memory that
 * userspace can read.
 */
function perform(tracker: string, of: readonly Step[], index: number, kernel?: KernelFile): string[] {
  const layout = new Layout();
  const calls: string[] = [];
  const size = layout.cell('npages', 'u32');
  let signalled = false;
  const kvm: Kvm = {
    slots_lock: layout.lock('slots_lock', 'mutex'),
    mmu_lock: layout.lock('mmu_lock', 'spinlock'),
    memslots: [{ ...SLOTS[0], size }, SLOTS[1]],
    arch: {
      enable_log_dirty_pt_masked: (_, { slot }, offset, mask) => {
        calls.push(`re-arm ${slot} ${offset} ${mask.toString(2)}`);
        count(`a page is re-armed: ${tracker}`);
        if (mask.toString(2).replaceAll('0', '').length > 1) count(`pages are re-armed together: ${tracker}`);
      },
      flush_remote_tlbs: () => void calls.push('flush'),
      signal_pending: () => signalled,
    },
  };
  const ring = tracker === 'gfn-ring' ? { size: 4, leeway: 1 } : { size: 4, leeway: 2 };
  const shape = { rings: [ring, ring], index, hostWrites: false, ...(kernel && { kernel }) };
  const log = trackers[tracker].create(layout, kvm, shape);
  const buffer = new SharedArrayBuffer(layout.size);
  const mem = new SetupMemory(buffer);
  mem.store(size, SLOTS[0].npages);
  log.init(mem);
  const bytes = new Uint8Array(buffer);
  const userWords = (): string =>
    log.mapped.map((map) => Buffer.from(bytes.slice(map.data, map.data + map.bytes)).toString('hex')).join(' ');
  return of.map((step) => {
    calls.length = 0;
    const returned = doStep(step);
    if (returned === -22) count('a reset is refused');
    return `${step.do}: ${returned} | ${calls.join(', ')} | ${userWords()}`;
  });

  function doStep(step: Step): unknown {
    switch (step.do) {
      case 'push':
        return log.mark(mem, step, step.vcpu);
      case 'must exit':
        return log.mustExit(mem, step.vcpu);
      case 'harvest':
        return log.harvest(mem).map(({ slot, offset }) => `${slot}:${offset}`);
      case 'reset':
        return log.reset(mem, []);
      case 'signal':
        signalled = !signalled;
        return signalled;
      case 'pages':
        return mem.store(size, step.npages);
      case 'poke': {
        const { cells } = log.mapped[step.ring];
        const cell = cells[step.cell % cells.length];
        if (cell.kind === 'cell64') mem.store64(cell, BigInt.asUintN(64, step.value));
        else mem.store(cell, Number(BigInt.asUintN(cell.bits, step.value)));
        return undefined;
      }
    }
  }
}

/** Small machines with a vCPU, userspace, the kernel and hostile userspace. */
class RingArbitrary extends SpecArbitrary {
  constructor(tracker: NonNullable<VmSpec['tracker']>) {
    super((random) => {
      const { upTo, one, times } = dice(random);
      const isMail = tracker === 'gfn-ring';
      const pushes = times(
        1 + upTo(1),
        (): OperationSpec =>
          isMail ? { do: 'push', slot: 0, offset: upTo(2) } : { do: 'write', pages: [[0, upTo(1)]] },
      );
      const harvests = times(1 + upTo(1), (): OperationSpec => ({ do: 'harvest', ring: 0, max: one([1, 2]) }));
      const resets = times(1, (): OperationSpec => ({ do: 'reset' }));
      const pokes = times(upTo(2), (): OperationSpec => {
        if (isMail && upTo(1) === 0) return { do: 'poke', ring: 0, at: 2, bits: 16, value: one([0, 1, 2, 3, 65535]) };
        const at = 16 * upTo(1);
        return one([
          { do: 'poke', ring: 0, at: at + 8, bits: 64, value: one([0, 1, '18446744073709551615']) },
          { do: 'poke', ring: 0, at: at + 4, bits: 32, value: one([0, 1, 65537]) },
          ...(isMail ? [] : [{ do: 'poke', ring: 0, at, bits: 32, value: one([0, 1, 2, 3]) } as const]),
        ] as const);
      });
      const actors: ActorSpec[] = [
        { name: 'vcpu0', role: 'vcpu', vcpu: 0, operations: pushes },
        { name: 'userspace', role: 'userspace', operations: harvests },
        { name: 'kernel', role: 'kernel', operations: resets },
        ...(pokes.length > 0 ? [{ name: 'hostile', role: 'hostile', operations: pokes } as const] : []),
      ];
      return {
        schema: SCHEMA,
        name: 'drawn',
        tracker,
        rings: [{ size: isMail ? 2 : 4, leeway: isMail ? 0 : 1 }],
        slots: [{ slot: 0, npages: 2 }],
        index: isMail ? one([0, 65535]) : one([0, 0xffff_ffff]),
        actors,
        sometimes: [],
      };
    });
  }
}

/**
 * The final states of a machine: the memory that userspace can read, the armed pages and the
 * results. `isAll` is false if the search reached its limit.
 */
function endsOf(spec: VmSpec): { readonly ends: ReadonlySet<string>; readonly isAll: boolean } {
  const { program } = buildVm(spec);
  const execution = createExecution('sc', program, 1000);
  const at = new Map(program.layout.places.map((place) => [place.name, place]));
  const { offset } = at.get(spec.tracker === 'gfn-ring' ? 'ring0.prod' : 'ring0[0].flags')!;
  const armed = [0, 1].map((page) => at.get(`page${page}.armed`)!.offset);
  const ends = new Set<string>();
  const judge = {
    atEnd: (stop: { readonly kind: string }) => {
      const { u8 } = execution.bytes;
      const words = Buffer.from(u8.slice(offset, offset + 16 * spec.rings[0].size)).toString('hex');
      const results = JSON.stringify(execution.results, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
      ends.add(`${stop.kind} ${words} ${armed.map((byte) => u8[byte])} ${results}`);
      return undefined;
    },
    key: () => '',
    resultsMatter: true,
    sees: () => true,
  };
  const found = depthFirstSearch(
    execution,
    judge,
    { ...noLimits, executions: 60_000 },
    { states: new StateCache(execution, judge) },
  );
  return { ends, isAll: found.limit === undefined };
}

function compareWithOurs(tree: Tree): void {
  const isMail = tree === MAIL;

  test('does the same as our own ring at each step', { timeout: 600_000 }, async () => {
    const { api, file, key } = await compiled(tree);
    const tracker = trackerOfApi[api];
    const starts = isMail ? [0, 65533] : [0, 0xffff_fffd];
    fc.assert(
      fc.property(steps, fc.constantFrom(...starts), (list, index) => {
        expect(perform(tracker, list, index, { file, key })).toEqual(perform(tracker, list, index));
      }),
      { numRuns: isMail ? 400 : 5_000, seed },
    );
  });

  test('has the same final states as our own ring over all interleavings', { timeout: 600_000 }, async () => {
    const { api, file, key } = await compiled(tree);
    const tracker = trackerOfApi[api];
    fc.assert(
      fc.property(new RingArbitrary(tracker), (spec) => {
        const ours = endsOf(spec);
        const theirs = endsOf({ ...spec, kernel: { file, key } });
        if (!ours.isAll || !theirs.isAll) return;
        expect([...theirs.ends].sort()).toEqual([...ours.ends].sort());
        count(`all interleavings of a machine: ${tracker}`);
        if (ours.ends.size > 20) count(`a machine ends in more than twenty ways: ${tracker}`);
      }),
      { numRuns: isMail ? 50 : 200, seed },
    );
    // Machines that are too large are skipped. Most must not be.
    expect(seen.get(`all interleavings of a machine: ${tracker}`) ?? 0).toBeGreaterThan(isMail ? 40 : 160);
  });
}

describe("the mail's ring in C", () => compareWithOurs(MAIL));
describe.skipIf(TREES.length === 0).each(treesOrNone)('$kdir', compareWithOurs);

afterAll(() => {
  for (const what of [
    'a page is re-armed: gfn-ring',
    'pages are re-armed together: gfn-ring',
    'a reset is refused',
    'all interleavings of a machine: gfn-ring',
    'a machine ends in more than twenty ways: gfn-ring',
  ])
    expect([what, seen.get(what) ?? 0]).not.toEqual([what, 0]);
});
