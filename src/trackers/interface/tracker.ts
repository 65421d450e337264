import type { Gfn, Kvm } from '../../kvm/kvm.ts';
import type { Cell, Cell64 } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';

/**
 * A system that records which pages of a guest are dirty, as KVM and userspace use it. One guest,
 * one set of actors and one master property serve all trackers.
 *
 * Userspace first calls `harvest`, then `reset`, and copies the pages last. A page that is copied
 * before it is re-armed may be written again, unrecorded, after the copy.
 */
export interface DirtyTracker {
  /**
   * The memory that userspace maps. Userspace may write it at any time, and hostile userspace does.
   * Empty where userspace uses ioctls alone.
   */
  readonly mapped: readonly Mapping[];

  /** Whether all pages are write-protected when logging starts. */
  readonly armsAtStart: boolean;

  /** Runs before all operations: logging starts. */
  init(mem: Memory): void;

  /**
   * Kernel: records that page `gfn` is dirty. mmu_lock may be held.
   *
   * @param vcpu the vCPU that wrote, on whose thread this runs; undefined: the host wrote
   * @returns false where there was no room. Then nothing changed, and the writer must try again
   *   after a reset.
   */
  mark(mem: Memory, gfn: Gfn, vcpu: number | undefined): boolean;

  /**
   * Kernel: whether there is too little room. A vCPU calls it on its own thread before it enters
   * the guest, and exits to userspace if so. The host (`vcpu` is undefined) waits before it writes.
   */
  mustExit(mem: Memory, vcpu: number | undefined): boolean;

  /**
   * Userspace, one thread at a time: the pages recorded since the last call, in the log's order.
   */
  harvest(mem: Memory): Gfn[];

  /** Userspace, with all vCPUs stopped, after the last `harvest`: pages recorded elsewhere. */
  harvestRest(mem: Memory): Gfn[];

  /**
   * The ioctls that re-arm what was harvested. After the return, no vCPU writes to a re-armed page
   * unrecorded. No lock is held on entry or return.
   *
   * @param gfns what this thread harvested itself
   * @returns the number of entries processed, or -EINVAL
   */
  reset(mem: Memory, gfns: readonly Gfn[]): number;

  /**
   * KVM, with slots_lock and mmu_lock held: slot `slot` now has `npages` pages, or 0 if it was
   * deleted. What was recorded for the slot before is dropped.
   */
  slotChanged(mem: Memory, slot: number, npages: number): void;

  /** For properties, at quiescence: the pages that are recorded and not re-armed since. */
  recorded(read: Reader): readonly Gfn[];

  /**
   * Kernel, operation `push`: pushes an entry onto a ring. Returns the entries in use, or -EBUSY.
   */
  pushEntry?(mem: Memory, ring: number, gfn: Gfn): number;

  /** Userspace, operation `harvest`: takes up to `max` entries of a ring. */
  harvestRing?(mem: Memory, ring: number, max: number): Gfn[];

  /** Userspace, operation `count`: how many entries of a ring can be harvested. */
  countRing?(mem: Memory, ring: number): number;

  /** The rings as userspace maps them. */
  readonly userRings?: readonly UserRing[];

  /** Kernel, operation `reset-ring`, with slots_lock held: whether a ring had entries to reset. */
  resetRing?(mem: Memory, ring: number): boolean;
}

/** The name of the tracker of a VM that names none. */
export const DEFAULT_TRACKER = 'gfn-ring';

/** Makes the tracker of a VM. */
export interface TrackerFactory {
  /**
   * Lays out the tracker. Throws RangeError where the shape is refused, and `KernelError` where its
   * C file is not compiled on this computer.
   */
  create(layout: Layout, kvm: Kvm, shape: TrackerShape): DirtyTracker;
}

/**
 * Concatenates lists. The engine's `flat` and `flatMap` take longer for this than a harvest does.
 */
export const flattenOnce = (lists: readonly Gfn[][]): Gfn[] => ([] as Gfn[]).concat(...lists);

/** A ring as a consumer in userspace has it. */
export interface UserRing {
  /** Its number, which is that of the vCPU that owns it. */
  readonly index: number;
  /** The number of entries. */
  readonly size: number;
  /** The entries in the order of memory. Only the merged ring has flags. */
  readonly entries: readonly { readonly flags?: Cell; readonly slot: Cell; readonly offset: Cell64 }[];
  /** Of the merged ring: the consumer's own index of the next entry. */
  readonly fetch?: Cell;
  /** Of the ring of the mail: the shared index of the next entry that is pushed. */
  readonly prod?: Cell;
  /** Of the ring of the mail: the shared index of the next entry to harvest. */
  readonly cons?: Cell;
}

/** A consumer of rings that runs in the place of ours. */
export interface Harvester {
  /** Runs before all operations. */
  init(mem: Memory): void;
  /** Takes up to `max` entries of a ring. Returns the pages in the order of its reports. */
  harvestRing(mem: Memory, ring: number, max: number): Gfn[];
}

/** Bytes `data` to `data + bytes - 1` of memory, and the cells in them. */
export interface Mapping {
  readonly name: string;
  readonly data: number;
  readonly bytes: number;
  readonly cells: readonly (Cell | Cell64)[];
}

/** Reads memory at quiescence. */
export interface Reader {
  read(cell: Cell): number;
  read64(cell: Cell64): bigint;
}

/** What a tracker is made with. */
export interface TrackerShape {
  /**
   * One element for each vCPU: the number of entries, and how many of them are leeway. Where the
   * host has a ring of its own, that is the last. A list has the sum of all.
   */
  readonly rings: readonly { readonly size: number; readonly leeway: number }[];
  /** Where free-running indices start. */
  readonly index: number;
  /** Whether the host writes to the guest on threads that run no vCPU. */
  readonly hostWrites: boolean;
  /** KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, and its KVM_DIRTY_LOG_INITIALLY_SET. */
  readonly manualProtect?: 'on' | 'initially set';
  /** KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP. */
  readonly backupBitmap?: boolean;
  /** The number of threads of the scenario. C code with locks for readers needs it. */
  readonly threads?: number;
  /** The C file that runs in place of our own ring. */
  readonly kernel?: KernelFile;
  /** The compiled consumer that harvests. */
  readonly consumer?: ConsumerFile;
  /** Makes a consumer that harvests. */
  readonly harvester?: (rings: readonly UserRing[]) => Harvester;
  /** Whether userspace itself rewrites what it maps. */
  readonly rewritesRings?: boolean;
}

/** A compiled C file. */
export interface KernelFile {
  /** Its path in the kernel's source tree. */
  readonly file: string;
  /** Its key in the cache: 64 hex digits. */
  readonly key: string;
  /** The mail's function alone: reset returns only whether it processed an entry. */
  readonly returns?: 'bool';
}

/** A compiled function of a VMM. */
export interface ConsumerFile {
  /** Its path. */
  readonly file: string;
  /** Its key in the cache: 64 hex digits. */
  readonly key: string;
}
