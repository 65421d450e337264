/**
 * The systems that record which pages of a guest are dirty, each behind one interface: the mail's ring, Cao's list, the bitmap, the ring as
 * merged. One guest, one set of actors and one master property serve them all.
 */
import type { Gfn } from '../kvm/kvm.ts';
import type { Cell, Cell64 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';

/**
 * What KVM and userspace ask of a dirty log. A round of userspace is `harvest`, then `reset`, and only then the copies: a page that is read
 * before it is re-armed may be written again, unrecorded, behind the copy.
 */
export interface DirtyTracker {
  /** The memory that userspace maps, and may write at any time; what hostile userspace writes to. None where all goes through ioctls. */
  readonly mapped: readonly Mapping[];

  /** Whether every page is write-protected when logging is turned on. */
  readonly armsAtStart: boolean;

  /** Before anything runs: logging is on. */
  init(mem: Memory): void;

  /**
   * Kernel: page `gfn` is dirty, by a write of vCPU `vcpu`, on whose thread this runs; or of the host, `undefined`. Returns false when there was
   * no room: then nothing has changed, and whoever wrote has to try again after a reset. mmu_lock may be held.
   */
  mark(mem: Memory, gfn: Gfn, vcpu: number | undefined): boolean;

  /**
   * Kernel, before vCPU `vcpu` enters the guest, on its thread: whether it must exit to userspace instead, for want of room. Before the host
   * writes, `undefined`: whether it must wait.
   */
  mustExit(mem: Memory, vcpu: number | undefined): boolean;

  /** Userspace: the pages reported since the last call, in the order of the log. By one thread at a time. */
  harvest(mem: Memory): Gfn[];

  /** Userspace, with all vCPUs stopped and after the last `harvest`: what is reported elsewhere. */
  harvestRest(mem: Memory): Gfn[];

  /**
   * The ioctls that re-arm what was harvested, of which `gfns` says what this thread harvested itself. When it has returned, no vCPU
   * writes to a re-armed page unrecorded. Returns how many entries were processed, or -EINVAL. No lock is held on entry or return.
   */
  reset(mem: Memory, gfns: readonly Gfn[]): number;

  /**
   * KVM, with slots_lock and mmu_lock held: the slot was made, with `npages` pages, or deleted, 0. What was recorded in the one before is gone
   * with it.
   */
  slotChanged(mem: Memory, slot: number, npages: number): void;

  /** For properties, at rest: the pages that are recorded and were not re-armed since. */
  recorded(read: Reader): readonly Gfn[];
}

/** What several logs report as one list: the engine's `flat` and `flatMap` take longer over it than a harvest. */
export const flattenOnce = (lists: readonly Gfn[][]): Gfn[] => ([] as Gfn[]).concat(...lists);

/** Bytes `data` to `data + bytes - 1` of memory, and the cells in them. */
export interface Mapping {
  readonly name: string;
  readonly data: number;
  readonly bytes: number;
  readonly cells: readonly (Cell | Cell64)[];
}

/** Reads memory as it is at rest. */
export interface Reader {
  read(cell: Cell): number;
  read64(cell: Cell64): bigint;
}

/** What a dirty log is made of. */
export interface TrackerShape {
  /** One for each vCPU, and where the host writes one more for that, the last: entries, and how many of them are leeway. A list has them all together. */
  readonly rings: readonly { readonly size: number; readonly leeway: number }[];
  /** Where free-running indices start. */
  readonly index: number;
  /** Whether the host writes to the guest on threads that run no vCPU. */
  readonly hostWrites: boolean;
  /** For the bitmap: KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, and its KVM_DIRTY_LOG_INITIALLY_SET. */
  readonly manualProtect?: 'on' | 'initially set';
  /** For the merged ring from 6.2 on: KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP. */
  readonly backupBitmap?: boolean;
  /** The C file that takes the place of our own ring. */
  readonly kernel?: KernelFile;
}

/** A C file that was compiled: as seen from its tree, and the key that it has in the cache (64 hex digits). */
export interface KernelFile {
  readonly file: string;
  readonly key: string;
  /** Of the mail's functions: that reset says only whether it processed any. */
  readonly returns?: 'bool';
}
