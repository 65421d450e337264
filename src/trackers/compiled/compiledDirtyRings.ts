import type { CompiledKernel } from '../../kernel/compiled.ts';
import { CompiledCode } from '../../kernel/compiledCode.ts';
import { checkEntries, type ExtraMember, initMembers, layMembers, makeKvm, makeVcpu } from '../../kernel/objects.ts';
import { type Gfn, type Kvm, memslotOf } from '../../kvm/kvm.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import { DIRTY_GFN_BYTES, type DirtyRing } from '../dirtyRing/dirty_ring.ts';
import { DirtyRings } from '../dirtyRing/dirtyRing.ts';
import { KVM_RESET_DIRTY_RINGS } from '../dirtyRing/ioctl.ts';
import type { Version } from '../dirtyRing/versions.ts';
import type { TrackerShape } from '../interface/tracker.ts';

/** Members of struct kvm_dirty_ring that do not change after the allocation. */
const FIXED = ['size', 'soft_limit', 'dirty_gfns', 'index'];

/**
 * The ring in a C file of Linux. The file has push, the check before a vCPU enters the guest, and
 * the reset of one ring. All else is ours: the ioctl, with its flush, the slots, the locks and the
 * MMU.
 */
export class CompiledDirtyRings extends DirtyRings {
  private readonly code: CompiledCode;
  private readonly more: readonly ExtraMember[];
  /** The ring of the current call: a warning is counted there. */
  private warns: DirtyRing;

  constructor(layout: Layout, kvm: Kvm, shape: TrackerShape, version: Version, compiled: CompiledKernel) {
    super(layout, kvm, shape, version);
    const code = new CompiledCode(compiled, {
      rearm: (mem, slot, offset, mask) => kvm.arch.enable_log_dirty_pt_masked(mem, memslotOf(kvm, slot)!, offset, mask),
      signalPending: (mem) => kvm.arch.signal_pending(mem),
      warned: (mem) => {
        mem.fetchAdd(this.warns.warned, 1);
      },
    });
    this.code = code;
    this.warns = this.rings[0];
    checkEntries(code, 'flags');
    makeKvm(code, kvm);
    this.more = this.rings.flatMap((ring, i) => {
      makeVcpu(code, i, { requests: ring.request });
      if (code.make('gfnring_alloc', i, ring.size, ring.size - ring.soft_limit) !== 0)
        throw new RangeError(`kvm_dirty_ring_alloc refuses a ring of ${ring.size} entries`);
      const data = code.make('gfnring_data', i);
      ring.dirty_gfns.forEach(({ flags, slot, offset }, entry) => {
        // The file allocates less: an access there is out of bounds.
        if (!code.has(data + entry * DIRTY_GFN_BYTES, DIRTY_GFN_BYTES)) return;
        for (const [cell, at] of [
          [flags, 0],
          [slot, 4],
          [offset, 8],
        ] as const)
          code.put(data + entry * DIRTY_GFN_BYTES + at, cell);
      });
      return layMembers(code, layout, `ring${i}`, code.make('gfnring_ring', i), 'kvm_dirty_ring', FIXED, {
        dirty_index: ring.dirty_index,
        reset_index: ring.reset_index,
      });
    });
  }

  override init(mem: Memory): void {
    super.init(mem);
    initMembers(mem, this.more);
  }

  protected override push(mem: Memory, vcpu: number, { slot, offset }: Gfn): void {
    this.warns = this.rings[vcpu];
    this.code.call(mem, 'gfnring_push', vcpu, slot, offset);
  }

  protected override mustExitGuest(mem: Memory, vcpu: number): boolean {
    this.warns = this.rings[vcpu];
    return this.code.call(mem, 'gfnring_must_exit', vcpu) !== 0;
  }

  override reset(mem: Memory): number {
    return KVM_RESET_DIRTY_RINGS(mem, this.kvm, this.rings, this.version, (_, __, ring, ___, cleared) => {
      this.warns = ring;
      const error = this.code.call(mem, 'gfnring_reset', this.rings.indexOf(ring), cleared ?? 0);
      return { taken: this.code.make('gfnring_taken'), error };
    });
  }
}
