import type { Gfn } from '../kvm/kvm.ts';
import { CODE_PAGES, CODE_SLOT, type ConformanceOperation, VCPUS } from './operations.ts';
import { EXIT_DIRTY_RING_FULL, EXIT_HLT, type Observation, type Reference, type TraceRecord } from './reference.ts';
import type { MakeRings, Rings } from './rings.ts';
import { answerSetupIoctl, type Setup } from './setup.ts';

/** Entries that x86 reserves for the pushes of one exit, without a page-modification log (AMD). */
const RESERVED = 64;
const ENTRY_BYTES = 16;

/** A reference that predicts all results. */
export const fullModelReference = (name: string, make: MakeRings): Reference => ({
  name,
  run: (list) => performed(list, make),
});

/** A reference that predicts the rings, but not the results of setup operations. */
export const ringsOnlyReference = (name: string, make: MakeRings): Reference => ({
  name,
  run: (list) =>
    performed(list, make).map((seen, i) =>
      seen.rings.length > 0 && isOfRings(list[i]) ? seen : { ...seen, returned: undefined },
    ),
});

/** Whether the rings determine what an operation returns. */
const isOfRings = ({ do: name }: ConformanceOperation): boolean =>
  ['write', 'run', 'harvest', 'poke', 'reset'].includes(name);

function performed(list: readonly ConformanceOperation[], make: MakeRings): Observation[] {
  const vm = new SequentialVm(make);
  return list.map((operation) => vm.perform(operation));
}

/** The pages that a vCPU has still to write. */
interface Writes {
  readonly slot: number;
  readonly next: number;
  readonly step: number;
  readonly left: number;
}

/** A VM around the rings of a reference, which runs one operation at a time. */
class SequentialVm {
  readonly #make: MakeRings;
  #setup: Setup = { bytes: 0, slots: new Map([[CODE_SLOT, CODE_PAGES]]), vcpus: false };
  #rings: Rings | undefined;
  /** Pages that are not armed: their next write is not recorded. */
  readonly #writable = new Set<string>();
  readonly #writes: Writes[] = Array.from({ length: VCPUS }, () => ({ slot: 0, next: 0, step: 0, left: 0 }));

  constructor(make: MakeRings) {
    this.#make = make;
  }

  perform(operation: ConformanceOperation): Observation {
    const trace: TraceRecord[] = [];
    const returned = this.#returned(operation, trace);
    const left = operation.do === 'write' || operation.do === 'run' ? this.#writes[operation.vcpu].left : 0;
    const rings = this.#rings;
    return { returned, left, rings: rings ? this.#each((vcpu) => rings.entries(vcpu)) : [], trace };
  }

  #returned(operation: ConformanceOperation, trace: TraceRecord[]): number {
    const rings = this.#rings;
    if (rings !== undefined) {
      switch (operation.do) {
        case 'write': {
          const { vcpu, slot, first, step, count } = operation;
          this.#writes[vcpu] = { slot, next: first, step, left: count };
          return this.#run(rings, vcpu, trace);
        }
        case 'run':
          return this.#run(rings, operation.vcpu, trace);
        case 'harvest':
          return rings.harvest(operation.vcpu, operation.max);
        case 'poke':
          for (let i = 0; i < operation.count; i++)
            rings.poke(operation.vcpu, operation.first + i, operation.word, operation.value);
          return 0;
        case 'reset': {
          const taken = rings.reset();
          trace.push(...this.#each((ring) => ({ event: 'reset' as const, ring, ...rings.indices(ring) })));
          return taken;
        }
      }
    }
    const { returned, setup } = answerSetupIoctl(this.#setup, operation);
    this.#setup = setup;
    if (setup.vcpus) this.#rings ??= this.#makeRings();
    return returned;
  }

  #makeRings(): Rings {
    const { bytes, slots } = this.#setup;
    const size = bytes / ENTRY_BYTES;
    return this.#make({ size, softLimit: size - RESERVED, slots, arm: (gfn) => this.#writable.delete(text(gfn)) });
  }

  /**
   * KVM_RUN. A write to an armed page faults. The page is pushed and made writable, and the vCPU
   * enters the guest again to retry.
   */
  #run(rings: Rings, vcpu: number, trace: TraceRecord[]): number {
    for (;;) {
      if (rings.mustExit(vcpu)) {
        trace.push({ event: 'exit', vcpu });
        return EXIT_DIRTY_RING_FULL;
      }
      const { slot, next, step, left } = this.#writes[vcpu];
      if (left === 0) return EXIT_HLT;
      const gfn = { slot, offset: BigInt(next) };
      if (this.#writable.has(text(gfn))) this.#writes[vcpu] = { slot, next: next + step, step, left: left - 1 };
      else {
        rings.push(vcpu, gfn);
        trace.push({ event: 'push', ring: vcpu, ...rings.indices(vcpu), ...gfn });
        this.#writable.add(text(gfn));
      }
    }
  }

  #each<T>(of: (vcpu: number) => T): T[] {
    return Array.from({ length: VCPUS }, (_, vcpu) => of(vcpu));
  }
}

const text = ({ slot, offset }: Gfn): string => `${slot}:${offset}`;
