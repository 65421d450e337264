import { ARMED, type Guest, layGuest, type Page, UNMAPPED, VCPUS_MAX } from '../guest/guest.ts';
import { flushTranslations, writeProtect } from '../guest/mmu.ts';
import { layPml, type Pml } from '../guest/pml.ts';
import { type Gfn, hasPage, type Kvm, type MemorySlot, npagesOf } from '../kvm/kvm.ts';
import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import type { DirtyTracker, TrackerFactory, TrackerShape } from '../trackers/interface/tracker.ts';
import { layGate, type PauseGate } from './gate.ts';

/** A virtual machine: all that its actors share. */
export interface Vm {
  readonly shape: VmShape;
  readonly kvm: Kvm;
  readonly tracker: DirtyTracker;
  readonly guest: Guest;
  /** Userspace's copy of the guest: per slot and page, the version that was copied last. */
  readonly replica: ReadonlyMap<number, readonly Cell[]>;
  /** The number of resets that processed an entry. Stopped vCPUs sleep on it. */
  readonly resets: Cell;
  /** The number of exits to userspace: with a full ring, or by `halt`. Userspace sleeps on it. */
  readonly exits: Cell;
  /** The number of actors with a `halt` that have not halted. */
  readonly running: Cell;
  /** By vCPU: how often an entry was refused inside the guest, because the leeway was too small. */
  readonly overruns: readonly Cell[];
  /** By vCPU: its page-modification log. Empty: pages are write-protected instead. */
  readonly pml: readonly Pml[];
  /** Where userspace pauses the machine. */
  readonly gate: PauseGate | undefined;
  /** By page id: the version that was copied for the next checkpoint and is not committed. */
  readonly staged: readonly Cell[];
  /** By thread that receives signals: whether one is pending. */
  readonly signals: ReadonlyMap<number, Cell>;
  /** By thread that timers interrupt: whether it should yield. */
  readonly yields: ReadonlyMap<number, Cell>;
}

/** What a VM is made with. */
export interface VmShape
  extends Omit<TrackerShape, 'index' | 'hostWrites'>,
    Partial<Pick<TrackerShape, 'index' | 'hostWrites'>> {
  readonly tracker: TrackerFactory;
  /** Memory slots: the pages that each begins with. */
  readonly slots: readonly MemorySlot[];
  /** By slot that userspace changes: the most pages that the slot ever has. */
  readonly slotsMax?: ReadonlyMap<number, number>;
  /** Entries of each vCPU's page-modification log; undefined: pages are write-protected instead. */
  readonly pml?: number;
  /** Whether userspace pauses the machine. */
  readonly pauses?: boolean;
  /** The threads that receive signals, with the names of their actors. */
  readonly signalled?: ReadonlyMap<number, string>;
  /** The threads that timers ask to yield, with the names of their actors. */
  readonly preempted?: ReadonlyMap<number, string>;
  /** Harvests, resets and copies, in place of ours. Returns the pages that it has harvested. */
  readonly collect?: (mem: Memory, vm: Vm) => Gfn[];
}

/** Lays out a VM. Throws RangeError where the size of a ring or the number of vCPUs is refused. */
export function layVm(layout: Layout, shape: VmShape): Vm {
  if (shape.rings.length > VCPUS_MAX)
    throw new RangeError(`a guest has at most ${VCPUS_MAX} vCPUs, not ${shape.rings.length}`);
  const slots_lock = layout.lock('slots_lock', 'mutex');
  const mmu_lock = layout.lock('mmu_lock', 'spinlock');
  const resets = layout.cell('resets', 'u32');
  const exits = layout.cell('exits', 'u32');
  const running = layout.cell('running', 'u32');
  const overruns = shape.rings.map((_, i) => layout.cell(`vcpu${i}.overruns`, 'u32'));
  const signals = cellsOf(layout, 'signal to', shape.signalled);
  const yields = cellsOf(layout, 'need_resched of', shape.preempted);
  const memslots = shape.slots.map(({ slot, npages }): MemorySlot => {
    const most = shape.slotsMax?.get(slot);
    return most === undefined
      ? { slot, npages }
      : { slot, npages: most, size: layout.cell(`slot${slot}.npages`, 'u32') };
  });
  const arch = {
    enable_log_dirty_pt_masked: (mem: Memory, memslot: MemorySlot, offset: bigint, mask: bigint) =>
      writeProtect(mem, guest, { slot: memslot.slot, npages: npagesOf(mem, memslot) }, offset, mask),
    flush_remote_tlbs: (mem: Memory) => flushTranslations(mem, guest),
    signal_pending: (mem: Memory) => {
      const signal = signals.get(mem.thread);
      return signal !== undefined && mem.load(signal) !== 0;
    },
    need_resched: (mem: Memory) => {
      const asked = yields.get(mem.thread);
      return asked !== undefined && mem.load(asked) !== 0;
    },
    yielded: (mem: Memory) => {
      const asked = yields.get(mem.thread);
      if (asked !== undefined && mem.load(asked) !== 0) mem.store(asked, 0);
    },
  };
  const kvm = { slots_lock, mmu_lock, memslots, arch };
  const tracker = shape.tracker.create(layout, kvm, { index: 0, hostWrites: false, ...shape });
  const guest = layGuest(layout, memslots);
  const replica = new Map(
    memslots.map(({ slot, npages }) => [
      slot,
      Array.from({ length: npages }, (_, i) => layout.cell(`copy of ${slot}:${i}`, 'u16')),
    ]),
  );
  const pml = shape.pml === undefined ? [] : shape.rings.map((_, i) => layPml(layout, i, shape.pml!));
  const gate = shape.pauses ? layGate(layout) : undefined;
  const staged = gate ? guest.pages.map(({ slot, offset }) => layout.cell(`staged ${slot}:${offset}`, 'u16')) : [];
  return { shape, kvm, tracker, guest, replica, resets, exits, running, overruns, pml, gate, staged, signals, yields };
}

/** A cell for each of `threads`, named after its actor. */
const cellsOf = (layout: Layout, what: string, threads: ReadonlyMap<number, string> = new Map()): Map<number, Cell> =>
  new Map([...threads].map(([thread, name]) => [thread, layout.cell(`${what} ${name}`, 'u32')]));

/** Initialises a VM: logging is on, and no translation is cached. `vcpus` actors have a `halt`. */
export function initVm(mem: Memory, vm: Vm, vcpus: number): void {
  for (const { slot, size } of vm.kvm.memslots)
    if (size !== undefined) mem.store(size, vm.shape.slots.find((other) => other.slot === slot)!.npages);
  vm.tracker.init(mem);
  for (const page of vm.guest.pages) {
    if (!hasPage(mem, vm.kvm, gfnOf(page))) mem.store(page.armed, UNMAPPED);
    else if (vm.tracker.armsAtStart) mem.store(page.armed, ARMED);
  }
  mem.store(vm.running, vcpus);
}

export const gfnOf = ({ slot, offset }: Page): Gfn => ({ slot, offset: BigInt(offset) });

/**
 * The page that `gfn` names; undefined: there is none, as in an entry that hostile userspace has
 * rewritten.
 */
export const guestPage = (vm: Vm, { slot, offset }: Gfn): Page | undefined =>
  vm.guest.slots.get(slot)?.[Number(offset)];
