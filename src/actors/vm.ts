import { type Guest, layGuest, VCPUS_MAX } from '../guest/guest.ts';
import { flushTranslations, writeProtect } from '../guest/mmu.ts';
import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { kvm_gfn_ring_alloc } from '../ring/alloc.ts';
import type { Kvm, MemorySlot } from '../ring/kvm.ts';
import type { GfnRing } from '../ring/kvm_gfnring.ts';

/** One virtual machine with all its parties share. */
export interface Vm {
  readonly kvm: Kvm;
  readonly guest: Guest;
  /** Userspace's copy of the guest: per slot and page, the version that was copied last. */
  readonly replica: ReadonlyMap<number, readonly Cell[]>;
  /** Counts the resets that processed something; stopped vCPUs sleep on it. */
  readonly resets: Cell;
  /** Counts the exits to userspace: a vCPU that stopped because its ring was full, or for good. Userspace sleeps on it. */
  readonly exits: Cell;
  /** vCPUs that have not stopped for good. */
  readonly running: Cell;
  /** By vCPU: how often a push was refused because the leeway was too small. */
  readonly overruns: readonly Cell[];
}

/** What a VM is made of. */
export interface VmShape {
  readonly slots: readonly MemorySlot[];
  /** One ring a vCPU: entries, and how many of them are leeway. */
  readonly rings: readonly { readonly size: number; readonly leeway: number }[];
}

/** Lays out a VM. Throws RangeError when a ring's size or the number of vCPUs is refused. */
export function layVm(layout: Layout, shape: VmShape): Vm {
  if (shape.rings.length > VCPUS_MAX)
    throw new RangeError(`a guest has at most ${VCPUS_MAX} vCPUs, not ${shape.rings.length}`);
  const slots_lock = layout.lock('slots_lock', 'mutex');
  const mmu_lock = layout.lock('mmu_lock', 'spinlock');
  const resets = layout.cell('resets', 'u32');
  const exits = layout.cell('exits', 'u32');
  const running = layout.cell('running', 'u32');
  const overruns = shape.rings.map((_, i) => layout.cell(`vcpu${i}.overruns`, 'u32'));
  const rings = shape.rings.map(({ size, leeway }, i) =>
    allocated(kvm_gfn_ring_alloc(layout, `ring${i}`, size, leeway), size, leeway),
  );
  const guest = layGuest(layout, shape.slots);
  const replica = new Map(
    shape.slots.map(({ slot, npages }) => [
      slot,
      Array.from({ length: npages }, (_, i) => layout.cell(`copy of ${slot}:${i}`, 'u16')),
    ]),
  );
  const arch = {
    enable_log_dirty_pt_masked: (mem: Memory, { slot }: MemorySlot, offset: bigint, mask: bigint) =>
      writeProtect(mem, guest, slot, offset, mask),
    flush_remote_tlbs: (mem: Memory) => flushTranslations(mem, guest),
  };
  return {
    kvm: { slots_lock, mmu_lock, memslots: shape.slots, rings, arch },
    guest,
    replica,
    resets,
    exits,
    running,
    overruns,
  };
}

function allocated(ring: GfnRing | number, size: number, leeway: number): GfnRing {
  if (typeof ring === 'number') {
    throw new RangeError(
      `kvm_gfn_ring_alloc returned ${ring} (-EINVAL) for size ${size}, leeway ${leeway}: sizes are powers of two from 2 to 32768 (65536 cannot tell full from empty), leeway is from 0 to size - 1`,
    );
  }
  return ring;
}

/** The VM before its vCPUs run: logging is on, so every page is write-protected, and nothing is cached. Indices start at `index`. */
export function initVm(mem: Memory, vm: Vm, index: number, vcpus: number): void {
  for (const ring of vm.kvm.rings) {
    mem.store(ring.allocated, 1);
    for (const cell of [ring.prod_index, ring.cons_index, ring.indices.prod, ring.indices.cons]) mem.store(cell, index);
  }
  for (const pages of vm.guest.slots.values()) for (const page of pages) mem.store(page.armed, 1);
  mem.store(vm.running, vcpus);
}
