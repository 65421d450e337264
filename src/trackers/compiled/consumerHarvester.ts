import type { CompiledConsumer } from '../../kernel/consumer/compiledConsumer.ts';
import { CompiledCode } from '../../kernel/run/compiledCode.ts';
import { type ExtraMember, globalMembers, initMembers } from '../../kernel/run/objects.ts';
import { VMM_CODE_RULE } from '../../kvm/kernelRules.ts';
import type { Gfn, Kvm } from '../../kvm/kvm.ts';
import { assume, check, isCheckFailed } from '../../memory/assume.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Harvester, TrackerShape, UserRing } from '../interface/tracker.ts';
import { compiledConsumerFile } from './compiledFile.ts';

/** Bytes of an entry of either ring. */
const ENTRY_BYTES = 16;

/** The consumer of a VM in place of ours; undefined: it has none. */
export function harvesterOf(
  layout: Layout,
  kvm: Kvm,
  shape: TrackerShape,
  rings: readonly UserRing[],
): Harvester | undefined {
  if (shape.consumer === undefined) return shape.harvester?.(rings);
  return new ConsumerHarvester(layout, kvm, shape, rings, compiledConsumerFile(shape.consumer));
}

/** A VMM's function in C or LLVM IR that harvests a ring. */
class ConsumerHarvester implements Harvester {
  private readonly code: CompiledCode;
  private readonly more: readonly ExtraMember[];
  /** The pages that the current call has reported. */
  private reported: Gfn[] = [];
  private readonly rewritesRings: boolean;

  constructor(layout: Layout, kvm: Kvm, shape: TrackerShape, rings: readonly UserRing[], compiled: CompiledConsumer) {
    const code = new CompiledCode(
      compiled,
      { bounds: VMM_CODE_RULE.V1_WITHIN_BOUNDS, crash: VMM_CODE_RULE.V2_NO_CRASH },
      () => ({
        allocated: () => {},
        report: (slot: number, offset: bigint) => {
          this.reported.push({ slot: slot >>> 0, offset: BigInt.asUintN(64, offset) });
        },
        abort: (site: number) => check(false, VMM_CODE_RULE.V2_NO_CRASH, `${code.where(site)} aborts`),
      }),
    );
    this.code = code;
    this.rewritesRings = shape.rewritesRings ?? false;
    for (const { slot, npages } of kvm.memslots) code.make('gfnring_slot', slot, npages);
    for (const ring of rings) mapRing(code, layout, ring, compiled);
    this.more = globalMembers(code, layout, { threads: shape.threads ?? 0, hasReaders: false, hasSrcu: false });
  }

  init(mem: Memory): void {
    initMembers(mem, this.more);
  }

  harvestRing(mem: Memory, ring: number, max: number): Gfn[] {
    const reported: Gfn[] = [];
    this.reported = reported; // that of an aborted call stays behind
    try {
      this.code.call(mem, 'gfnring_harvest', ring, max);
    } catch (error) {
      // A VMM that rewrites its own rings may crash. That ends no other VM.
      assume(!(this.rewritesRings && isCheckFailed(error)));
      throw error;
    }
    return reported;
  }
}

/** Gives the words of a ring their places in the memory of the code. */
function mapRing(code: CompiledCode, layout: Layout, ring: UserRing, { hasStatistics }: CompiledConsumer): void {
  const { addresses } = code;
  const { index, entries, fetch, prod, cons } = ring;
  const data = code.make('gfnring_entries', index, ring.size);
  for (const [i, { flags, slot, offset }] of entries.entries()) {
    const at = data + i * ENTRY_BYTES;
    // A copy of a whole entry of the mail's ring reads its pad.
    addresses.put(at, flags ?? padOf(layout, `ring${index}[${i}].pad`, slot.offset - 4));
    addresses.put(at + 4, slot);
    addresses.put(at + 8, offset);
  }
  if (prod !== undefined) addresses.put(data, prod);
  if (cons !== undefined) addresses.put(data + 2, cons);
  if (fetch !== undefined) addresses.put(code.make('gfnring_fetch', index), fetch);
  if (hasStatistics) code.region(`dirty_pages of vcpu${index}`, code.make('gfnring_statistic', index), 8, 'ignored');
}

const padOf = (layout: Layout, name: string, offset: number) => {
  const known = layout.places.find((place) => place.offset === offset && place.bits === 32);
  return known?.kind === 'cell' ? known : layout.cell(name, 'u32', offset);
};
