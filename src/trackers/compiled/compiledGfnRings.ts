import { type CompiledKernel, KernelError } from '../../kernel/compiled.ts';
import { CompiledCode } from '../../kernel/run/compiledCode.ts';
import { kernelCodeRules, kernelImports } from '../../kernel/run/kernelImports.ts';
import {
  checkEntries,
  type ExtraMember,
  initMembers,
  layMembers,
  makeKvm,
  makeVcpu,
} from '../../kernel/run/objects.ts';
import { KERNEL_RULE } from '../../kvm/kernelRules.ts';
import type { Gfn, Kvm } from '../../kvm/kvm.ts';
import { check } from '../../memory/assume.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import { KVM_RESET_DIRTY_PAGES } from '../../ring/ioctl.ts';
import { GFN_BYTES } from '../../ring/kvm_gfnring.ts';
import { GfnRings } from '../gfnRing/gfnRings.ts';
import type { TrackerShape } from '../interface/tracker.ts';
import { lockUse, surroundings } from './surroundings.ts';

/**
 * The ring of the mail in a C file, which has push and reset of one ring. The ioctl, with its
 * flush, and the soft limit, which the mail leaves to its caller, are ours.
 */
export class CompiledGfnRings extends GfnRings {
  private readonly code: CompiledCode;
  private readonly more: readonly ExtraMember[];

  constructor(layout: Layout, kvm: Kvm, shape: TrackerShape, compiled: CompiledKernel) {
    super(layout, kvm, shape);
    const code = new CompiledCode(
      compiled,
      kernelCodeRules,
      kernelImports({
        ...surroundings(kvm),
        warned: (mem) => check(false, KERNEL_RULE.G4_NO_CRASH, `it warns: ${mem.origin}`),
      }),
    );
    this.code = code;
    checkEntries(code, 'pad');
    const use = lockUse(compiled, shape);
    const ofKvm = makeKvm(code, layout, kvm, use);
    const ofRings = this.rings.flatMap((ring, i) => {
      const ofVcpu = makeVcpu(code, layout, i, use);
      if (code.make('gfnring_alloc', i, ring.size, 0) !== 0)
        throw new KernelError(`${code.compiled.file}: it refuses a ring of ${ring.size} entries`);
      const data = code.make('gfnring_data', i);
      code.addresses.put(data, ring.indices.prod);
      code.addresses.put(data + 2, ring.indices.cons);
      ring.entries.forEach(({ slot, offset }, entry) => {
        // The file allocates less: an access there is out of bounds.
        if (!code.addresses.has(data + entry * GFN_BYTES, GFN_BYTES)) return;
        // The pads have no use. But a write of a whole entry writes its pad, and the pad of entry 0
        // has the indices.
        code.addresses.put(
          data + entry * GFN_BYTES,
          layout.cell(`ring${i}[${entry}].pad`, 'u32', ring.data + entry * GFN_BYTES),
        );
        code.addresses.put(data + entry * GFN_BYTES + 4, slot);
        code.addresses.put(data + entry * GFN_BYTES + 8, offset);
      });
      const at = code.make('gfnring_ring', i);
      const known = { prod_index: ring.prod_index, cons_index: ring.cons_index };
      const more = layMembers(code, layout, `ring${i}`, at, 'kvm_gfn_ring_t', ['size', 'data'], known, use);
      return [...ofVcpu, ...more];
    });
    this.more = [...ofKvm, ...ofRings];
  }

  override init(mem: Memory): void {
    super.init(mem);
    initMembers(mem, this.more);
  }

  override pushEntry(mem: Memory, ring: number, { slot, offset }: Gfn): number {
    return this.code.call(mem, 'gfnring_push', ring, slot, offset);
  }

  override resetRing(mem: Memory, ring: number): boolean {
    return this.code.call(mem, 'gfnring_reset', ring) > 0;
  }

  override reset(mem: Memory): number {
    return KVM_RESET_DIRTY_PAGES(mem, this.kvm, this.rings, (_, __, ring) =>
      this.code.call(mem, 'gfnring_reset', this.rings.indexOf(ring)),
    );
  }
}
