import type { Gfn } from '../kvm/kvm.ts';
import type { Word } from './operations.ts';
import type { RingEntry } from './reference.ts';

/** The rings of one VM: what differs between references. Called by one thread only. */
export interface Rings {
  /** Called before the vCPU enters the guest. Returns whether it must exit instead. */
  mustExit(vcpu: number): boolean;
  /** The vCPU writes to an armed page. */
  push(vcpu: number, gfn: Gfn): void;
  /** KVM_RESET_DIRTY_RINGS. Returns how many entries it reset. */
  reset(): number;
  /** Userspace harvests at most `max` entries. Returns how many it harvested. */
  harvest(vcpu: number, max: number): number;
  /**
   * Hostile userspace writes one word of the entry that is `behind` entries after the next to
   * harvest.
   */
  poke(vcpu: number, behind: number, word: Word, value: bigint): void;
  entries(vcpu: number): readonly RingEntry[];
  /** Free-running 32-bit indices. */
  indices(vcpu: number): { readonly dirty: number; readonly reset: number };
}

/** The VM that rings belong to. */
export interface RingHost {
  /** The size of a ring in entries: a power of two. */
  readonly size: number;
  /** The number of used entries from which a vCPU must exit. */
  readonly softLimit: number;
  /** By slot id: its number of pages. */
  readonly slots: ReadonlyMap<number, number>;
  /** Arms a page: the next write to it is recorded. Has no effect if there is no such page. */
  arm(gfn: Gfn): void;
}

export type MakeRings = (machine: RingHost) => Rings;
