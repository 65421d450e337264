import type { Gfn } from '../kvm/kvm.ts';
import type { Word } from './operations.ts';
import type { RingEntry } from './reference.ts';

/** The rings of one VM: all that differs from party to party. One call at a time. */
export interface Rings {
  /** Before the vCPU enters the guest: whether it must exit instead. */
  mustExit(vcpu: number): boolean;
  /** The vCPU writes to a page that is armed. */
  push(vcpu: number, gfn: Gfn): void;
  /** KVM_RESET_DIRTY_RINGS. Returns how many entries it took. */
  reset(): number;
  /** Userspace, as the protocol says: returns how many entries it took, at most `max`. */
  harvest(vcpu: number, max: number): number;
  /** Userspace, as it likes: one word of the entry that is `behind` entries behind the one that it harvests next. */
  poke(vcpu: number, behind: number, word: Word, value: bigint): void;
  entries(vcpu: number): readonly RingEntry[];
  /** Free-running, of 32 bits. */
  indices(vcpu: number): { readonly dirty: number; readonly reset: number };
}

/** What rings are made for. */
export interface RingHost {
  /** Entries of a ring: a power of two. */
  readonly size: number;
  /** Entries from which on a vCPU must exit. */
  readonly softLimit: number;
  /** Pages of each slot by its id. */
  readonly slots: ReadonlyMap<number, number>;
  /** The next write to the page is recorded. Of a page that is not there nothing shows. */
  arm(gfn: Gfn): void;
}

export type MakeRings = (machine: RingHost) => Rings;
