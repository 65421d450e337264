import { storeToMapping } from '../actors/hostile.ts';
import { copyPage } from '../actors/userspace.ts';
import { handleFault } from '../actors/vcpu.ts';
import { gfnOf, initVm, layVm, type Vm } from '../actors/vm.ts';
import type { Actor, Operation } from '../explore/program.ts';
import { VCPUS_MAX, WRITABLE } from '../guest/guest.ts';
import { BadInput } from '../input/badInput.ts';
import type { Cell, Cell64, Place } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import type { KernelFile, Reader } from '../trackers/interface/tracker.ts';
import type { IndexRing, TrackerDescriptor } from '../vm/trackerDescriptor.ts';
import type { EndlessProgram, Invariant, Obligation } from './endlessProgram.ts';

/** The size of an endless machine, and its actors. */
export interface EndlessSpec {
  readonly vcpus: number;
  readonly pages: number;
  /** Entries of each vCPU's ring, and how many of them are leeway. */
  readonly size: number;
  readonly leeway: number;
  /** Kernel threads that reset beside userspace. */
  readonly resetters: number;
  /** What hostile userspace stores to, at any time. */
  readonly hostile: 'nothing' | 'indices' | 'everything';
  /** Whether userspace gets a signal once. */
  readonly signal: boolean;
  /** The page whose marked write is followed. */
  readonly markedPage: number;
  /** Names of properties that are not checked, so that defects behind a known one are seen. */
  readonly ignore?: readonly string[];
  /** The C file that runs in place of our own ring. */
  readonly kernel?: KernelFile;
}

/**
 * A machine whose actors never end. A vCPU writes any page, again and again. Userspace harvests,
 * resets and copies forever. Kernel threads reset. Hostile userspace stores any of its values. All
 * but userspace may stop between two operations, for a time or for good.
 *
 * Pages have no versions. The question is whether each write is copied. If one write in an
 * execution is not, then it is not in the same execution with that write marked. So the content of
 * one page is a bit: whether it has the marked write, or a later one. No code looks at contents, so
 * the execution stays the same. One proof for each page covers all writes.
 *
 * The loop of a vCPU around a faulting store is left out: it continues with any page. That allows
 * more executions, as a processor may fault and not store.
 */
export function endlessVm(tracker: TrackerDescriptor, spec: EndlessSpec): EndlessProgram {
  refuse(tracker, spec);
  const layout = new Layout();
  const userspace = spec.vcpus;
  const vm = layVm(layout, {
    tracker,
    slots: [{ slot: 0, npages: spec.pages }],
    rings: Array.from({ length: spec.vcpus }, () => ({ size: spec.size, leeway: spec.leeway })),
    threads: spec.vcpus + 1 + spec.resetters,
    ...(spec.signal && { signalled: new Map([[userspace, 'userspace']]) }),
    ...(spec.kernel && { kernel: spec.kernel }),
  });
  const harvested = layout.cell('harvested', 'u32');
  const indexRings = tracker.indexRings(vm.tracker);
  const actors: Actor[] = [
    ...vm.shape.rings.map((_, vcpu) => actor(`vcpu${vcpu}`, 'write any page', (mem) => writeAny(mem, vm, vcpu, spec))),
    userspaceActor(vm, harvested, spec),
    ...Array.from({ length: spec.resetters }, (_, i) =>
      actor(`kernel${i}`, 'reset', (mem) => vm.tracker.reset(mem, [])),
    ),
  ];
  if (spec.signal) actors.push(signaller(vm, userspace));
  if (spec.hostile !== 'nothing') actors.push(hostileActor(vm, indexRings, spec, tracker.name));
  const invariants = invariantsOf(vm, indexRings, harvested, spec);
  const obligations = obligationsOf(vm, indexRings, spec, actors);
  refuseUnknown(spec.ignore ?? [], [...invariants, ...obligations]);
  const isChecked = ({ name }: Named): boolean => !spec.ignore?.includes(name);
  return {
    program: { layout, init: (mem) => initVm(mem, vm, 0), actors },
    indexRings,
    invariants: invariants.filter(isChecked),
    obligations: obligations.filter(isChecked),
    sometimes: sometimesOf(vm, indexRings, spec),
    visible: visiblePlaces(vm, indexRings, spec),
    visibleBetween:
      spec.hostile === 'nothing'
        ? [harvested, ...vm.tracker.mapped.flatMap(({ cells }) => cells), ...vm.guest.pages.map(({ armed }) => armed)]
        : [],
    fair: 1 << userspace,
  };
}

function refuse(tracker: TrackerDescriptor, { vcpus, resetters, pages }: EndlessSpec): void {
  const { name } = tracker;
  if (tracker.drainedWhile === 'paused')
    throw new BadInput(`${name} is drained while the machine is paused: there is no endless machine for it`);
  if (tracker.whenFull === 'never' && resetters > 0)
    throw new BadInput(`${name} has no ioctl that only resets: leave out --resetters`);
  if (vcpus > VCPUS_MAX || pages > 32) throw new BadInput(`at most ${VCPUS_MAX} vCPUs and 32 pages`);
}

interface Named {
  readonly name: string;
}

function refuseUnknown(ignored: readonly string[], properties: readonly Named[]): void {
  const names = properties.map(({ name }) => name);
  const unknown = ignored.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new BadInput(`--ignore ${unknown}: there is no such property, only ${names.join('; ')}`);
}

/** An actor that performs one operation forever. */
const actor = (name: string, label: string, run: Operation['run']): Actor => ({
  name,
  operations: [{ label, run: (mem) => run(mem), until: () => false }],
});

function writeAny(mem: Memory, vm: Vm, vcpu: number, { markedPage }: EndlessSpec): void {
  const page = vm.guest.pages[mem.choose(vm.guest.pages.length)];
  if (vm.tracker.mustExit(mem, vcpu)) return;
  const word = mem.loadAcquire(page.word); // pairs with xchg(translations) in flushTranslations
  if ((word & (1 << (16 + vcpu))) === 0) handleFault(mem, vm, vcpu, page);
  // Only the marked write and those after it change the content. If the word has changed meanwhile,
  // the vCPU tries again.
  else if (page.id === markedPage && (word & 1) === 0) mem.cmpxchg(page.word, word, word | 1);
}

/**
 * Hostile userspace only calls the ioctl that resets: whatever its harvests would store, the actor
 * `hostile` stores too.
 */
function userspaceActor(vm: Vm, harvested: Cell, { hostile, signal }: EndlessSpec): Actor {
  if (hostile !== 'nothing') return actor('userspace', 'reset', (mem) => vm.tracker.reset(mem, []));
  return actor('userspace', 'collect', (mem) => (signal ? collectWithSignals(mem, vm, harvested) : collect(mem, vm)));
}

function collect(mem: Memory, vm: Vm): void {
  const gfns = vm.tracker.harvest(mem);
  vm.tracker.reset(mem, gfns);
  for (const gfn of gfns) copyPage(mem, vm, gfn);
}

/**
 * As `collect`. A signal may have ended the reset: then userspace handles it and goes on with the
 * next call, and copies what it has harvested after the first reset that no signal ended.
 */
function collectWithSignals(mem: Memory, vm: Vm, harvested: Cell): void {
  const gfns = vm.tracker.harvest(mem);
  if (gfns.length > 0) {
    const bits = gfns.reduce((mask, { offset }) => mask | (1 << Number(offset)), mem.load(harvested));
    mem.store(harvested, bits >>> 0);
  }
  vm.tracker.reset(mem, gfns);
  if ([...vm.signals.values()].some((signal) => mem.xchg(signal, 0) !== 0)) return;
  const pages = mem.load(harvested);
  for (const page of vm.guest.pages) if ((pages & (1 << page.id)) !== 0) copyPage(mem, vm, gfnOf(page));
  if (pages !== 0) mem.store(harvested, 0);
}

/** Sends one signal at any time; or never, as it may stop before. */
const signaller = (vm: Vm, to: number): Actor => ({
  name: 'signal',
  operations: [{ label: 'signal', run: (mem) => mem.store(vm.signals.get(to)!, 1) }],
});

/** A place that hostile userspace stores to, and one of its values. */
interface HostileStore {
  readonly place: Cell | Cell64;
  readonly value: bigint;
  /** Of an index: the index that the value is added to. */
  readonly base?: Cell;
}

function hostileActor(vm: Vm, rings: readonly IndexRing[], spec: EndlessSpec, name: string): Actor {
  const stores = hostileStores(vm, rings, spec);
  if (stores.length === 0) throw new BadInput(`${name} maps no memory: leave out --hostile`);
  return actor('hostile', 'store any value', (mem) => {
    const { place, value, base } = stores[mem.choose(stores.length)];
    const low = base === undefined ? value : BigInt.asUintN(place.bits, BigInt(mem.load(base)) + value);
    storeToMapping(mem, place, low);
  });
}

/**
 * What hostile userspace may store. Of an index, a value is its distance from the oldest entry: all
 * distances up to beyond the ring, the largest, and both sides of the sign bit. Of the other words:
 * all that the code compares with, and one more.
 */
function hostileStores(vm: Vm, rings: readonly IndexRing[], spec: EndlessSpec): HostileStore[] {
  return vm.tracker.mapped.flatMap(({ cells }, i) =>
    cells.flatMap((place): HostileStore[] => {
      const ring = rings[i];
      if (ring?.indices.some(({ id }) => id === place.id)) {
        const half = 2 ** (place.bits - 1);
        const distances = [...Array(ring.size + 2).keys(), half - 1, half, 2 * half - 1];
        return distances.map((distance) => ({ place, value: BigInt(distance), base: ring.consumed }));
      }
      if (spec.hostile === 'indices' && !place.name.endsWith('.flags')) return [];
      if (place.name.endsWith('.flags')) return [0n, 1n, 2n, 3n].map((value) => ({ place, value }));
      if (place.name.endsWith('.slot')) return [0n, 1n].map((value) => ({ place, value }));
      const offsets = [...Array(spec.pages + 1).keys()].map(BigInt);
      return [...offsets, 2n ** 64n - 1n].map((value) => ({ place, value }));
    }),
  );
}

function invariantsOf(vm: Vm, rings: readonly IndexRing[], harvested: Cell, { hostile }: EndlessSpec): Invariant[] {
  const used = ({ read }: Reader, { produced, consumed }: IndexRing): number =>
    Number(BigInt.asUintN(produced.bits, BigInt(read(produced) - read(consumed))));
  const overfull: Invariant = {
    name: 'a ring never has more entries than its size',
    betweenOperations: false,
    violation(read) {
      const at = rings.findIndex((ring) => used(read, ring) > ring.size);
      return at < 0 ? undefined : `ring${at} has ${used(read, rings[at])} entries of ${rings[at].size}`;
    },
  };
  const covered: Invariant = {
    name: 'a page that can be written unrecorded is recorded',
    betweenOperations: true,
    violation(reader) {
      const recorded = vm.tracker.recorded(reader);
      const pending = reader.read(harvested);
      const page = vm.guest.pages.find(
        ({ id, armed, translations }) =>
          (reader.read(armed) === WRITABLE || reader.read(translations) !== 0) &&
          (pending & (1 << id)) === 0 &&
          !recorded.some(({ slot, offset }) => slot === 0 && offset === BigInt(id)),
      );
      return page === undefined ? undefined : `page ${page.id} can be written, and is in no log`;
    },
  };
  // Hostile userspace may drop its own entries.
  return [...(rings.length > 0 ? [overfull] : []), ...(hostile === 'nothing' ? [covered] : [])];
}

function obligationsOf(
  vm: Vm,
  rings: readonly IndexRing[],
  { hostile, markedPage, vcpus }: EndlessSpec,
  actors: readonly Actor[],
): Obligation[] {
  const page = vm.guest.pages[markedPage];
  const copy = vm.replica.get(0)![markedPage];
  const ends = actors.flatMap(({ name }, thread): Obligation[] =>
    thread < vcpus || name === 'hostile' || name === 'signal'
      ? []
      : [{ name: `each reset of ${name} ends`, isOpen: (_, inside) => (inside & (1 << thread)) !== 0 }],
  );
  if (hostile !== 'nothing') return ends;
  return [
    { name: 'each write is copied', isOpen: ({ read }) => read(page.version) === 1 && read(copy) === 0 },
    ...rings.map(
      (ring, i): Obligation => ({
        name: `a full ring${i} is emptied`,
        isOpen: ({ read }) =>
          Number(BigInt.asUintN(ring.produced.bits, BigInt(read(ring.produced) - read(ring.consumed)))) >=
          ring.soft_limit,
      }),
    ),
    ...ends,
  ];
}

function sometimesOf(
  vm: Vm,
  rings: readonly IndexRing[],
  { markedPage, pages, hostile }: EndlessSpec,
): EndlessProgram['sometimes'] {
  const copy = vm.replica.get(0)![markedPage];
  const hasUsed = ({ read }: Reader, least: (ring: IndexRing) => number): boolean =>
    rings.some((ring) => read(ring.produced) - read(ring.consumed) >= least(ring));
  // A page has at most one entry.
  const fits = rings.some(({ soft_limit }) => soft_limit <= pages);
  return {
    ...(hostile === 'nothing' && { 'the marked write is copied': ({ read }) => read(copy) === 1 }),
    ...(rings.length > 0 && { 'a ring has an entry': (reader) => hasUsed(reader, () => 1) }),
    ...(fits && { 'a ring is full': (reader) => hasUsed(reader, ({ soft_limit }) => soft_limit) }),
  };
}

function visiblePlaces(vm: Vm, rings: readonly IndexRing[], { markedPage }: EndlessSpec): Place[] {
  const indices = rings.flatMap(({ produced, consumed }) => [produced, consumed]);
  return [vm.guest.pages[markedPage].version, vm.replica.get(0)![markedPage], ...indices];
}
