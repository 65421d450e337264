import type { Gfn, Kvm } from '../../kvm/kvm.ts';
import { type Lock, u16 } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import { kvm_gfn_ring_alloc } from '../../ring/alloc.ts';
import { gfn_ring_count, gfn_ring_harvest } from '../../ring/harvest.ts';
import { KVM_RESET_DIRTY_PAGES } from '../../ring/ioctl.ts';
import { entryAt, GFN_BYTES, type GfnRing } from '../../ring/kvm_gfnring.ts';
import { kvm_gfn_ring_push, kvm_gfn_ring_soft_full } from '../../ring/push.ts';
import { kvm_gfn_ring_reset } from '../../ring/reset.ts';
import {
  type DirtyTracker,
  flattenOnce,
  type Harvester,
  type Mapping,
  type Reader,
  type TrackerShape,
  type UserRing,
} from '../interface/tracker.ts';

/**
 * The ring of the mail, one for each vCPU. The host has a ring of its own, the last, as in kvm.git
 * 9a13921dd3.
 */
export class GfnRings implements DirtyTracker {
  readonly armsAtStart = true;
  readonly mapped: readonly Mapping[];
  readonly rings: readonly GfnRing[];
  /** Harvests in place of ours. */
  harvester: Harvester | undefined;
  protected readonly kvm: Kvm;
  private readonly index: number;
  private readonly host: { readonly ring: GfnRing; readonly lock: Lock } | undefined;

  /** Throws RangeError where a ring's size is refused. */
  constructor(layout: Layout, kvm: Kvm, { rings, index, hostWrites }: TrackerShape) {
    this.kvm = kvm;
    this.index = index;
    this.rings = rings.map(({ size, leeway }, i) =>
      allocated(kvm_gfn_ring_alloc(layout, `ring${i}`, size, leeway), size, leeway),
    );
    this.host = hostWrites ? { ring: this.rings.at(-1)!, lock: layout.lock('ring_lock', 'spinlock') } : undefined;
    this.mapped = this.rings.map(({ size, data, indices, entries }, i) => ({
      name: `ring${i}`,
      data,
      bytes: size * GFN_BYTES,
      cells: [...Object.values(indices), ...entries.flatMap(({ slot, offset }) => [slot, offset])],
    }));
  }

  init(mem: Memory): void {
    for (const ring of this.rings) {
      mem.store(ring.allocated, 1);
      for (const cell of [ring.prod_index, ring.cons_index, ring.indices.prod, ring.indices.cons])
        mem.store(cell, this.index);
    }
    this.harvester?.init(mem);
  }

  /** The rings as userspace has them. */
  get userRings(): UserRing[] {
    return this.rings.map(({ size, entries, indices }, index) => ({ index, size, entries, ...indices }));
  }

  mark(mem: Memory, { slot, offset }: Gfn, vcpu: number | undefined): boolean {
    if (vcpu !== undefined) return this.pushEntry(mem, vcpu, { slot, offset }) >= 0;
    const { lock } = this.host!;
    mem.lock(lock); // several threads of the host push onto this ring
    const used = this.pushEntry(mem, this.rings.length - 1, { slot, offset });
    mem.unlock(lock);
    return used >= 0;
  }

  /** kvm_gfn_ring_push, onto ring `ring`. */
  pushEntry(mem: Memory, ring: number, { slot, offset }: Gfn): number {
    return kvm_gfn_ring_push(mem, this.rings[ring], slot, offset);
  }

  /** kvm_gfn_ring_reset, of ring `ring`. Called with slots_lock held. */
  resetRing(mem: Memory, ring: number): boolean {
    return kvm_gfn_ring_reset(mem, this.kvm, this.rings[ring]);
  }

  harvestRing(mem: Memory, ring: number, max: number): Gfn[] {
    const { harvester } = this;
    return harvester ? harvester.harvestRing(mem, ring, max) : gfn_ring_harvest(mem, this.rings[ring], max);
  }

  countRing(mem: Memory, ring: number): number {
    return gfn_ring_count(mem, this.rings[ring]);
  }

  mustExit(mem: Memory, vcpu: number | undefined): boolean {
    return kvm_gfn_ring_soft_full(mem, vcpu === undefined ? this.host!.ring : this.rings[vcpu]);
  }

  harvest(mem: Memory): Gfn[] {
    return flattenOnce(this.rings.map(({ size }, ring) => this.harvestRing(mem, ring, size)));
  }

  harvestRest(): Gfn[] {
    return [];
  }

  reset(mem: Memory): number {
    return KVM_RESET_DIRTY_PAGES(mem, this.kvm, this.rings);
  }

  slotChanged(): void {} // reset skips entries of a slot that no longer exists

  recorded({ read, read64 }: Reader): Gfn[] {
    return this.rings.flatMap((ring) => {
      const gfns: Gfn[] = [];
      const prod = read(ring.prod_index);
      for (let index = read(ring.cons_index); index !== prod; index = u16(index + 1)) {
        const { slot, offset } = entryAt(ring, index);
        gfns.push({ slot: read(slot), offset: read64(offset) });
      }
      return gfns;
    });
  }
}

function allocated(ring: GfnRing | number, size: number, leeway: number): GfnRing {
  if (typeof ring === 'number') {
    throw new RangeError(
      `kvm_gfn_ring_alloc returned ${ring} (-EINVAL) for size ${size}, leeway ${leeway}: sizes are powers of two from 2 to 32768 (65536 cannot tell full from empty), leeway is from 0 to size - 1`,
    );
  }
  return ring;
}
