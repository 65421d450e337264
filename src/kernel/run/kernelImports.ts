import { KERNEL_RULE } from '../../kvm/kernelRules.ts';
import type { Memory } from '../../memory/memory.ts';
import type { CodeRules, CompiledCode, Imports } from './compiledCode.ts';
import { reachedPoints } from './reachedPoints.ts';

/** Functions of the rest of the kernel that the C code calls. */
export interface HostImports {
  /** kvm_arch_mmu_enable_log_dirty_pt_masked. */
  rearm(mem: Memory, slot: number, offset: bigint, mask: bigint): void;
  signalPending(mem: Memory): boolean;
  /** need_resched, spin_needbreak and their like. */
  needResched(mem: Memory): boolean;
  /** cond_resched and schedule: the thread is no longer asked to yield. */
  yielded(mem: Memory): void;
  /** kvm_flush_remote_tlbs. */
  flush(mem: Memory): void;
  /** set_bit_le in the bitmap at `address`. */
  setBit(mem: Memory, address: number, bit: number): void;
  /** A WARN_ON with a true condition. */
  warned(mem: Memory): void;
}

/** Notes which points of the code were reached. */
export function coverageImports({ compiled }: CompiledCode): Imports {
  const reached = reachedPoints(compiled);
  return {
    reach: (point: number) => {
      reached[point] = 1;
    },
  };
}

/** The rules for C code of a kernel. */
export const kernelCodeRules: CodeRules = { bounds: KERNEL_RULE.G1_WITHIN_BOUNDS, crash: KERNEL_RULE.G4_NO_CRASH };

/** What C code of a kernel imports beside the hooks of accesses and locks. */
export const kernelImports =
  (services: HostImports) =>
  (code: CompiledCode): Imports => ({
    ...coverageImports(code),
    allocated: (address: number, bytes: number) => code.addresses.allocate(address, bytes),
    warn: (site: number) => services.warned(code.at(site)),
    signal: (site: number) => (services.signalPending(code.at(site)) ? 1 : 0),
    resched: (site: number) => (services.needResched(code.at(site)) ? 1 : 0),
    yield: (site: number) => services.yielded(code.at(site)),
    set_bit: (site: number, bit: bigint, bitmap: number) => services.setBit(code.at(site), bitmap, Number(bit)),
    flush: (site: number) => {
      code.at(site);
      services.flush(code.elsewhere());
    },
    rearm: (_: number, slot: number, offset: bigint, mask: bigint) =>
      services.rearm(code.elsewhere(), slot >>> 0, BigInt.asUintN(64, offset), BigInt.asUintN(64, mask)),
  });
