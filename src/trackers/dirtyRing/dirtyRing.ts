import { KERNEL_RULE } from '../../kvm/kernelRules.ts';
import type { Gfn, Kvm } from '../../kvm/kvm.ts';
import { check } from '../../memory/assume.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import { type Bitmap, clearBits, gfnsOf, layBitmap, recordedInBitmap, set_bit } from '../dirtyBitmap/bitmap.ts';
import { KVM_GET_DIRTY_LOG } from '../dirtyBitmap/ioctl.ts';
import {
  type DirtyTracker,
  flattenOnce,
  type Harvester,
  type Mapping,
  type Reader,
  type TrackerShape,
  type UserRing,
} from '../interface/tracker.ts';
import { type DirtyRing, dirtyGfnAt, layDirtyRing } from './dirty_ring.ts';
import { dirty_ring_harvest } from './harvest.ts';
import { KVM_RESET_DIRTY_RINGS } from './ioctl.ts';
import { kvm_dirty_ring_check_request, kvm_dirty_ring_push } from './push.ts';
import type { Version } from './versions.ts';

/**
 * The merged ring, one for each vCPU, with flags in each entry. Writes of the host, for which no
 * vCPU runs, go to the backup bitmap where there is one.
 */
export class DirtyRings implements DirtyTracker {
  readonly armsAtStart = true;
  readonly mapped: readonly Mapping[];
  readonly rings: readonly DirtyRing[];
  /** The backup bitmap of each slot; empty where there is none. */
  readonly bitmaps: readonly Bitmap[];
  readonly version: Version;
  /** Harvests in place of ours. */
  harvester: Harvester | undefined;
  protected readonly kvm: Kvm;
  private readonly index: number;

  constructor(layout: Layout, kvm: Kvm, { rings, index, backupBitmap }: TrackerShape, version: Version) {
    this.kvm = kvm;
    this.version = version;
    this.index = index;
    this.rings = rings.map(({ size, leeway }, i) => layDirtyRing(layout, `ring${i}`, size, leeway));
    this.bitmaps = backupBitmap ? kvm.memslots.map((slot) => layBitmap(layout, slot)) : [];
    this.mapped = this.rings.map(({ data, bytes, dirty_gfns }, i) => ({
      name: `ring${i}`,
      data,
      bytes,
      cells: dirty_gfns.flatMap(({ flags, slot, offset }) => [flags, slot, offset]),
    }));
  }

  init(mem: Memory): void {
    for (const { dirty_index, reset_index, fetch_index } of this.rings)
      for (const cell of [dirty_index, reset_index, fetch_index]) mem.store(cell, this.index);
    this.harvester?.init(mem);
  }

  /** The rings as userspace has them. */
  get userRings(): UserRing[] {
    return this.rings.map(({ size, dirty_gfns, fetch_index }, index) => ({
      index,
      size,
      entries: dirty_gfns,
      fetch: fetch_index,
    }));
  }

  /** mark_page_dirty_in_slot. */
  mark(mem: Memory, gfn: Gfn, vcpu: number | undefined): boolean {
    if (vcpu !== undefined) this.push(mem, vcpu, gfn);
    else if (this.bitmaps.length > 0) {
      set_bit(mem, this.bitmaps.find((bitmap) => bitmap.slot.slot === gfn.slot)!, Number(gfn.offset));
    } else
      check(!this.version.dereferencesNoVcpu, KERNEL_RULE.G4_NO_CRASH, 'dereferences the running vCPU, and none runs');
    return true; // also where nothing was recorded: the kernel only warns
  }

  mustExit(mem: Memory, vcpu: number | undefined): boolean {
    return vcpu !== undefined && this.mustExitGuest(mem, vcpu);
  }

  harvest(mem: Memory): Gfn[] {
    return flattenOnce(this.rings.map(({ size }, ring) => this.harvestRing(mem, ring, size)));
  }

  harvestRing(mem: Memory, ring: number, max: number): Gfn[] {
    const { harvester } = this;
    return harvester ? harvester.harvestRing(mem, ring, max) : dirty_ring_harvest(mem, this.rings[ring], max);
  }

  /** The backup bitmap. Userspace collects it once, when all vCPUs have stopped. */
  harvestRest(mem: Memory): Gfn[] {
    return flattenOnce(
      this.bitmaps.map((bitmap) => {
        const buffer: number[] = [];
        KVM_GET_DIRTY_LOG(mem, this.kvm, bitmap, buffer);
        return gfnsOf(bitmap, buffer);
      }),
    );
  }

  reset(mem: Memory): number {
    return KVM_RESET_DIRTY_RINGS(mem, this.kvm, this.rings, this.version);
  }

  protected push(mem: Memory, vcpu: number, gfn: Gfn): void {
    kvm_dirty_ring_push(mem, this.rings[vcpu], gfn, this.version);
  }

  protected mustExitGuest(mem: Memory, vcpu: number): boolean {
    return kvm_dirty_ring_check_request(mem, this.rings[vcpu], this.version);
  }

  slotChanged(mem: Memory, slot: number): void {
    for (const bitmap of this.bitmaps) if (bitmap.slot.slot === slot) clearBits(mem, bitmap);
  }

  recorded({ read, read64 }: Reader): Gfn[] {
    const inRings = this.rings.flatMap((ring) => {
      const gfns: Gfn[] = [];
      const used = (read(ring.dirty_index) - read(ring.reset_index)) >>> 0;
      for (let i = 0; i < Math.min(used, ring.size); i++) {
        const { slot, offset } = dirtyGfnAt(ring, read(ring.reset_index) + i);
        gfns.push({ slot: read(slot), offset: read64(offset) });
      }
      return gfns;
    });
    return [...inRings, ...this.bitmaps.flatMap((bitmap) => recordedInBitmap(bitmap, read))];
  }
}
