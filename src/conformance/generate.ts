import type fastCheck from 'fast-check';
import type { ConformanceOperation } from './operations.ts';
import { RING_PAGE } from './setup.ts';

/**
 * The logged slots. The size of the second varies around 64, the most pages that one re-arm call
 * covers.
 */
const SLOT_1 = { do: 'slot', slot: 1, gfn: 256, pages: 256 } as const;
const SLOT_2 = { do: 'slot', slot: 2, gfn: 1024 } as const;
const SLOT_2_PAGES = [1, 63, 64, 65, 70, 128];
/** More entries than any ring has. */
const ALL = 100_000;
const ENTRY_BYTES = 16;
const U64_MAX = 2n ** 64n - 1n;

type FastCheck = typeof fastCheck;
type List = readonly ConformanceOperation[];
type Arbitrary<T> = fastCheck.Arbitrary<T>;

/**
 * Generates lists of operations with fast-check. List i depends on `seed` and i alone. In half of
 * the lists userspace is hostile and writes arbitrary values to entries. At the end of each list,
 * all pages that were written before are written again: this shows which were armed.
 */
export function generateLists(fc: FastCheck, seed: number, count: number): readonly List[] {
  const list = fc
    .record({
      hostile: fc.boolean(),
      bytes: fc.constantFrom(4096, 4096, 4096, 4096, 8192, 16_384),
      pages: fc.constantFrom(...SLOT_2_PAGES),
    })
    .chain((shape) =>
      fc
        .tuple(setups(fc, shape.bytes), fc.array(groups(fc, shape), { minLength: 2, maxLength: 10 }))
        .map(
          ([before, body]): List => [
            ...before,
            SLOT_1,
            { ...SLOT_2, pages: shape.pages },
            { do: 'vcpus' },
            ...body.flat(),
            ...writtenAgain(body.flat()),
          ],
        ),
    );
  return fc.sample(list, { seed, numRuns: count });
}

/** Enables the ring, with operations before and after that KVM refuses. */
function setups(fc: FastCheck, bytes: number): Arbitrary<List> {
  const refused = fc.array(
    fc.oneof(
      fc.constantFrom(0, 1, 16, 1024, 2048, 4095, 4097, 12_288, 3 << 20, 2 << 20).map((size) => enable('ring', size)),
      fc.constantFrom<ConformanceOperation>({ do: 'reset' }, { do: 'get-log', slot: 0 }, { do: 'get-log', slot: 1 }),
    ),
    { maxLength: 2 },
  );
  const twice = fc.array(fc.constantFrom(bytes, 4096, 65_536, 2 << 20), { maxLength: 1 });
  return fc
    .tuple(refused, fc.constantFrom('ring' as const, 'acq-rel' as const), twice)
    .map(([before, cap, again]) => [...before, enable(cap, bytes), ...again.map((size) => enable('ring', size))]);
}

const enable = (cap: 'ring' | 'acq-rel', bytes: number): ConformanceOperation => ({ do: 'enable', cap, bytes });

interface Shape {
  readonly hostile: boolean;
  readonly bytes: number;
  readonly pages: number;
}

/** Short groups of operations that belong together. */
function groups(fc: FastCheck, shape: Shape): Arbitrary<List> {
  const reset = fc.constant<ConformanceOperation>({ do: 'reset' });
  return fc.nat(1).chain((vcpu) => {
    const write = writes(fc, shape, vcpu);
    const run = fc.constant<ConformanceOperation>({ do: 'run', vcpu });
    const harvest = fc
      .constantFrom(0, 1, 2, 3, 10, ALL, ALL)
      .map((max): ConformanceOperation => ({ do: 'harvest', vcpu, max }));
    const honest: fastCheck.WeightedArbitrary<List>[] = [
      { weight: 6, arbitrary: fc.tuple(write) },
      { weight: 2, arbitrary: fc.tuple(run) },
      { weight: 3, arbitrary: fc.tuple(harvest) },
      { weight: 2, arbitrary: fc.tuple(reset) },
      { weight: 4, arbitrary: fc.tuple(harvest, reset) },
      { weight: 4, arbitrary: fc.tuple(write, harvest, reset, run) },
      { weight: 2, arbitrary: fc.constant(around(vcpu)) },
      { weight: 2, arbitrary: fc.tuple(refusedLater(fc, shape, vcpu)) },
    ];
    if (!shape.hostile) return fc.oneof(...honest);
    const poke = pokes(fc, shape, vcpu);
    return fc.oneof(
      ...honest,
      { weight: 4, arbitrary: fc.tuple(poke) },
      { weight: 4, arbitrary: fc.tuple(write, poke, reset) },
      { weight: 6, arbitrary: fc.tuple(write, harvest, poke, poke, reset, write) },
      { weight: 6, arbitrary: forgedNeighbours(fc, shape, vcpu) },
    );
  });
}

/** Fills the ring until it is soft-full, empties it, and goes on past its end. */
function around(vcpu: number): List {
  const all: ConformanceOperation = { do: 'write', vcpu, slot: SLOT_1.slot, first: 0, count: SLOT_1.pages, step: 1 };
  const emptied: List = [{ do: 'harvest', vcpu, max: ALL }, { do: 'reset' }];
  return [all, ...emptied, { do: 'run', vcpu }, ...emptied, all];
}

/** Consecutive entries that one re-arm call may cover, some with a forged page. */
function forgedNeighbours(fc: FastCheck, shape: Shape, vcpu: number): Arbitrary<List> {
  const write = writes(fc, shape, vcpu);
  const anywhere = fc
    .record({
      write,
      first: fc.nat(2),
      values: fc.array(offsets(fc, shape), { minLength: 1, maxLength: 3 }),
      again: write,
    })
    .map(({ write, first, values, again }) => [write, ...forged(vcpu, first, values), again]);
  // Offsets around 2^64: outside of the slot, or inside it if a sum wraps.
  const few: ConformanceOperation = { do: 'write', vcpu, slot: SLOT_1.slot, first: 0, count: 4, step: 1 };
  const wrapped = fc
    .shuffledSubarray([U64_MAX - 1n, U64_MAX, 0n, 1n, 3n], { minLength: 2, maxLength: 3 })
    .map((values) => [few, ...forged(vcpu, 0, values), few]);
  return fc.oneof(anywhere, wrapped);
}

/** Userspace writes these offsets, flags the entries and some more as harvested, and resets. */
const forged = (vcpu: number, first: number, values: readonly bigint[]): List => [
  ...values.map(
    (value, i): ConformanceOperation => ({ do: 'poke', vcpu, first: first + i, count: 1, word: 'offset', value }),
  ),
  { do: 'poke', vcpu, first: 0, count: first + values.length, word: 'flags', value: 2n },
  { do: 'reset' },
];

/**
 * Few or many pages, in either direction, close together or just too far apart for one re-arm call.
 */
function writes(fc: FastCheck, { pages }: Shape, vcpu: number): Arbitrary<ConformanceOperation> {
  return fc
    .record({
      slot: fc.constantFrom(1, 1, 2),
      first: fc.nat(SLOT_1.pages - 1),
      count: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(20, 64, 65, 130, SLOT_1.pages)),
      step: fc.constantFrom(1, 1, 1, -1, -1, 2, -2, 5, 63, 64, 65, -63, -64, 0),
    })
    .map(({ slot, first: drawn, count: wanted, step }) => {
      const npages = slot === SLOT_1.slot ? SLOT_1.pages : pages;
      const first = wanted >= npages ? (step < 0 ? npages - 1 : 0) : drawn % npages;
      const room = step > 0 ? npages - 1 - first : first;
      const fits = step === 0 ? wanted : 1 + Math.floor(room / Math.abs(step));
      return { do: 'write', vcpu, slot, first, count: Math.min(wanted, fits), step };
    });
}

/** Operations that are refused or do not concern the rings, after the vCPUs were created. */
function refusedLater(fc: FastCheck, { bytes }: Shape, vcpu: number): Arbitrary<ConformanceOperation> {
  const ringPages = bytes / 4096;
  const map = fc
    .record({
      protection: fc.constantFrom('r' as const, 'rw' as const, 'rx' as const),
      sharing: fc.constantFrom('shared' as const, 'private' as const),
      first: fc.constantFrom(0, RING_PAGE - 1, RING_PAGE, RING_PAGE + ringPages - 1, RING_PAGE + ringPages),
      pages: fc.constantFrom(1, 2, ringPages, ringPages + 2),
    })
    .map((fields): ConformanceOperation => ({ do: 'map', vcpu, ...fields }));
  return fc.oneof(
    { weight: 4, arbitrary: map },
    { weight: 1, arbitrary: fc.constantFrom(0, 4096, bytes).map((size) => enable('ring', size)) },
    { weight: 1, arbitrary: fc.nat(2).map((slot): ConformanceOperation => ({ do: 'get-log', slot })) },
  );
}

/**
 * Writes of hostile userspace to entries: near the next one to harvest, anywhere, or everywhere.
 */
function pokes(fc: FastCheck, shape: Shape, vcpu: number): Arbitrary<ConformanceOperation> {
  const size = shape.bytes / ENTRY_BYTES;
  const place = fc.oneof(
    { weight: 8, arbitrary: fc.record({ first: fc.nat(6), count: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 3, arbitrary: fc.record({ first: fc.integer({ min: size - 8, max: size - 1 }), count: fc.constant(1) }) },
    { weight: 1, arbitrary: fc.record({ first: fc.nat(size - 1), count: fc.constantFrom(1, 8, size) }) },
  );
  const flags = fc.constantFrom(0n, 1n, 2n, 2n, 2n, 2n, 3n, 4n, 0xdeadbeefn, 0xfffffffen);
  const slot = fc.constantFrom(0n, 1n, 2n, 77n, 32_764n, 0x10001n, 0x20001n, 0xffffffffn);
  const word = fc.oneof(
    { weight: 3, arbitrary: flags.map((value) => ({ word: 'flags' as const, value })) },
    { weight: 1, arbitrary: slot.map((value) => ({ word: 'slot' as const, value })) },
    { weight: 2, arbitrary: offsets(fc, shape).map((value) => ({ word: 'offset' as const, value })) },
  );
  return fc.tuple(place, word).map(([at, what]): ConformanceOperation => ({ do: 'poke', vcpu, ...at, ...what }));
}

/** Offsets inside a slot, at its end, and where u64 sums wrap. */
const offsets = (fc: FastCheck, { pages }: Shape): Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt(0n, 70n),
    fc.constantFrom(0n, BigInt(pages - 1), BigInt(pages), BigInt(SLOT_1.pages - 1), BigInt(SLOT_1.pages)),
    fc.constantFrom(2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, U64_MAX - 62n, U64_MAX - 1n, U64_MAX, U64_MAX),
  );

/**
 * Harvests and resets everything, then writes all written pages again: only armed ones are pushed.
 */
function writtenAgain(body: List): List {
  const again = [SLOT_1.slot, SLOT_2.slot].flatMap((slot) =>
    runsOf(pagesWritten(body, slot)).map(([first, count], i) => ({
      do: 'write' as const,
      vcpu: i % 2,
      slot,
      first,
      count,
      step: 1,
    })),
  );
  return [{ do: 'harvest', vcpu: 0, max: ALL }, { do: 'harvest', vcpu: 1, max: ALL }, { do: 'reset' }, ...again];
}

/** The pages of a slot that were written, in ascending order. */
function pagesWritten(body: List, slot: number): number[] {
  const pages = body.flatMap((op) =>
    op.do === 'write' && op.slot === slot ? Array.from({ length: op.count }, (_, i) => op.first + i * op.step) : [],
  );
  return [...new Set(pages)].sort((a, b) => a - b);
}

/** Groups ascending pages into runs: the first page of each run, and its length. */
function runsOf(pages: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = [];
  for (const page of pages) {
    const run = runs.at(-1);
    if (run !== undefined && run[0] + run[1] === page) run[1]++;
    else runs.push([page, 1]);
  }
  return runs;
}
