import { type CompiledKernel, KernelError } from '../../kernel/compiled.ts';
import { CompiledCode } from '../../kernel/run/compiledCode.ts';
import { kernelCodeRules, kernelImports } from '../../kernel/run/kernelImports.ts';
import type { LockUse } from '../../kernel/run/kernelLocks.ts';
import {
  checkEntries,
  type ExtraMember,
  initMembers,
  layMembers,
  makeKvm,
  makeVcpu,
} from '../../kernel/run/objects.ts';
import { type Gfn, type Kvm, memslotOf } from '../../kvm/kvm.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import { type Bitmap, set_bit } from '../dirtyBitmap/bitmap.ts';
import { DIRTY_GFN_BYTES, type DirtyRing } from '../dirtyRing/dirty_ring.ts';
import { DirtyRings } from '../dirtyRing/dirtyRing.ts';
import { KVM_RESET_DIRTY_RINGS } from '../dirtyRing/ioctl.ts';
import type { Version } from '../dirtyRing/versions.ts';
import type { TrackerShape } from '../interface/tracker.ts';
import { lockUse, surroundings } from './surroundings.ts';

/** Members of struct kvm_dirty_ring that do not change after the allocation. */
const FIXED = ['size', 'soft_limit', 'dirty_gfns', 'index'];

/**
 * The ring in a C file of Linux. The file has push, the check before a vCPU enters the guest, and
 * the reset of one ring. The ioctl and mark_page_dirty_in_slot are those of the tree, or ours where
 * it does not have them. The slots, the locks and the MMU are ours.
 */
export class CompiledDirtyRings extends DirtyRings {
  private readonly code: CompiledCode;
  private readonly more: readonly ExtraMember[];
  /** By address in the C code. */
  private readonly bitmapAt: ReadonlyMap<number, Bitmap>;
  /** The ring of the current call: a warning is counted there. Undefined: it is expected. */
  private warns: DirtyRing | undefined;

  constructor(layout: Layout, kvm: Kvm, shape: TrackerShape, version: Version, compiled: CompiledKernel) {
    super(layout, kvm, shape, version);
    const code = new CompiledCode(
      compiled,
      kernelCodeRules,
      kernelImports({
        ...surroundings(kvm),
        setBit: (mem, address, bit) => set_bit(mem, this.bitmapAt.get(address)!, bit),
        warned: (mem) => {
          if (this.warns !== undefined) mem.fetchAdd(this.warns.warned, 1);
        },
      }),
    );
    this.code = code;
    checkEntries(code, 'flags');
    const use = lockUse(compiled, shape);
    const ofKvm = makeKvm(code, layout, kvm, use);
    this.bitmapAt = new Map(this.bitmaps.map((bitmap) => [code.make('gfnring_bitmap', bitmap.slot.slot), bitmap]));
    this.more = [...ofKvm, ...this.rings.flatMap((ring, i) => this.makeRing(layout, ring, i, use))];
  }

  private makeRing(layout: Layout, ring: DirtyRing, i: number, use: LockUse): ExtraMember[] {
    const { code } = this;
    const ofVcpu = makeVcpu(code, layout, i, use, { requests: ring.request });
    if (code.make('gfnring_alloc', i, ring.size, ring.size - ring.soft_limit) !== 0)
      throw new KernelError(`${code.compiled.file}: it refuses a ring of ${ring.size} entries`);
    const data = code.make('gfnring_data', i);
    ring.dirty_gfns.forEach(({ flags, slot, offset }, entry) => {
      const at = data + entry * DIRTY_GFN_BYTES;
      // The file allocates less: an access there is out of bounds.
      if (!code.addresses.has(at, DIRTY_GFN_BYTES)) return;
      code.addresses.put(at, flags);
      code.addresses.put(at + 4, slot);
      code.addresses.put(at + 8, offset);
    });
    const struct = code.make('gfnring_ring', i);
    code.region(`ring${i}`, struct, code.make('gfnring_ring_bytes'), 'fixed');
    const known = { dirty_index: ring.dirty_index, reset_index: ring.reset_index };
    return [...ofVcpu, ...layMembers(code, layout, `ring${i}`, struct, 'kvm_dirty_ring', FIXED, known, use)];
  }

  override init(mem: Memory): void {
    super.init(mem);
    initMembers(mem, this.more);
  }

  override mark(mem: Memory, gfn: Gfn, vcpu: number | undefined): boolean {
    const isKvms = this.code.hasTaken('mark_page_dirty_in_slot') && memslotOf(this.kvm, gfn.slot) !== undefined;
    if (!isKvms) return super.mark(mem, gfn, vcpu);
    // KVM also warns where it runs no vCPU and the architecture does not say that it may.
    this.warns = vcpu === undefined ? undefined : this.rings[vcpu];
    this.code.call(mem, 'gfnring_mark', vcpu ?? -1, gfn.slot, gfn.offset);
    return true;
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
    if (this.code.hasTaken('kvm_vm_ioctl_reset_dirty_pages')) {
      this.warns = this.rings[0];
      return this.code.call(mem, 'gfnring_reset_all');
    }
    return KVM_RESET_DIRTY_RINGS(mem, this.kvm, this.rings, this.version, (_, __, ring, ___, cleared) => {
      this.warns = ring;
      const error = this.code.call(mem, 'gfnring_reset', this.rings.indexOf(ring), cleared ?? 0);
      return { taken: this.code.make('gfnring_taken'), error };
    });
  }
}
