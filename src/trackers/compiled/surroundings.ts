import type { CompiledKernel } from '../../kernel/compiled.ts';
import type { HostImports } from '../../kernel/run/kernelImports.ts';
import type { LockUse } from '../../kernel/run/kernelLocks.ts';
import { type Kvm, memslotOf } from '../../kvm/kvm.ts';
import type { TrackerShape } from '../interface/tracker.ts';

/** What a C file calls of the rest of KVM, and is the same for all rings. */
export const surroundings = (kvm: Kvm): Omit<HostImports, 'warned'> => ({
  rearm: (mem, slot, offset, mask) => kvm.arch.enable_log_dirty_pt_masked(mem, memslotOf(kvm, slot)!, offset, mask),
  flush: (mem) => kvm.arch.flush_remote_tlbs(mem),
  signalPending: (mem) => kvm.arch.signal_pending(mem),
  needResched: (mem) => kvm.arch.need_resched?.(mem) ?? false,
  // A ring with a bitmap has its own.
  setBit: () => {},
  yielded: (mem) => kvm.arch.yielded?.(mem),
});

export const lockUse = ({ hooked }: CompiledKernel, { threads }: TrackerShape): LockUse => ({
  threads: threads ?? 0,
  hasReaders: hooked.read_lock !== undefined,
  hasSrcu: hooked.srcu_lock !== undefined || hooked.synchronize !== undefined,
});
