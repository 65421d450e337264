import type { ConformanceOperation } from './operations.ts';

/** One who says what a list of operations does. What a list does depends on nothing before it: each has a VM of its own. */
export interface Reference {
  readonly name: string;
  /** What can be seen after each operation, in their order. */
  run(list: readonly ConformanceOperation[]): Observed[];
}

/** What can be seen when an operation has ended. */
export interface Observed {
  /** A negative errno, a count of entries, or why KVM_RUN came back: EXIT_HLT or EXIT_DIRTY_RING_FULL. Undefined: the party does not know. */
  readonly returned: number | undefined;
  /** After KVM_RUN: how many pages the guest has yet to write. Else 0. */
  readonly left: number;
  /** By vCPU, all entries of its ring as userspace maps them. No rings before the vCPUs are there. */
  readonly rings: readonly (readonly RingEntry[])[];
  /** The kernel's own trace records since the operation before. */
  readonly trace: readonly TraceRecord[];
}

/** struct kvm_dirty_gfn. */
export interface RingEntry {
  readonly flags: number;
  readonly slot: number;
  readonly offset: bigint;
}

/** A tracepoint's event. Indices are as they are after it. */
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
