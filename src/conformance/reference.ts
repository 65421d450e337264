import type { ConformanceOperation } from './operations.ts';

/**
 * An implementation that predicts what a list of operations does. Each list has a VM of its own.
 */
export interface Reference {
  readonly name: string;
  /** The observation after each operation, in order. */
  run(list: readonly ConformanceOperation[]): Observation[];
}

/** What userspace can observe after an operation. */
export interface Observation {
  /**
   * A negative errno, a number of entries, or the exit reason of KVM_RUN: EXIT_HLT or
   * EXIT_DIRTY_RING_FULL. Undefined: the reference does not predict it.
   */
  readonly returned: number | undefined;
  /** After KVM_RUN: how many pages the guest has still to write; otherwise 0. */
  readonly left: number;
  /** By vCPU: all entries of its ring, as userspace maps them. Empty before there are vCPUs. */
  readonly rings: readonly (readonly RingEntry[])[];
  /** The kernel's trace records since the previous operation. */
  readonly trace: readonly TraceRecord[];
}

/** struct kvm_dirty_gfn. */
export interface RingEntry {
  readonly flags: number;
  readonly slot: number;
  readonly offset: bigint;
}

/** An event of a tracepoint. The indices are those after it. */
export type TraceRecord =
  | {
      readonly event: 'push';
      readonly ring: number;
      readonly dirty: number;
      readonly reset: number;
      readonly slot: number;
      readonly offset: bigint;
    }
  | { readonly event: 'reset'; readonly ring: number; readonly dirty: number; readonly reset: number }
  | { readonly event: 'exit'; readonly vcpu: number };

/** Values of `exit_reason` in struct kvm_run. */
export const EXIT_HLT = 5;
export const EXIT_DIRTY_RING_FULL = 31;
