import type { FailsAfter } from '../actors/checkpoint.ts';
import type { SCHEMA } from '../input/schema.ts';
import type { TrackerName } from '../trackers/interface/names.ts';
import type { KernelFile } from '../trackers/interface/tracker.ts';

/** A virtual machine and its parties as plain JSON. 64-bit values are strings of digits, or numbers below 2^53. */
export interface VmSpec {
  /** The version of this form. */
  readonly schema: typeof SCHEMA;
  /** The scenario's. */
  readonly name: string;
  /** How dirty pages are recorded; `gfn-ring` where left out. */
  readonly tracker?: TrackerName;
  /**
   * One ring a vCPU: entries (a power of two from 2 to 32768), and how many of them are leeway. Where the host writes, `gfn-ring` has one more for
   * that, the last. `gfn-list` has one list with as many entries; for `dirty-bitmap` they say how many vCPUs there are.
   */
  readonly rings: readonly RingSpec[];
  /** Memory slots: as_id << 16 | slot_id, and pages. */
  readonly slots: readonly { readonly slot: number; readonly npages: number }[];
  /** Where all indices of all rings start, from 0 to 65535, for `dirty-ring` to 4294967295: near the end they wrap soon. */
  readonly index: number;
  /** For `dirty-bitmap`: KVM_CLEAR_DIRTY_LOG re-arms, not KVM_GET_DIRTY_LOG; all bits may be set at first. */
  readonly manualProtect?: 'on' | 'initially set';
  /** For `dirty-ring` from 6.12 on: host writes go to a bitmap. */
  readonly backupBitmap?: boolean;
  /** A C file in the place of our own `gfn-ring` or `dirty-ring`: see `gfnring kernel`. */
  readonly kernel?: KernelFile;
  /** Entries of each vCPU's page-modification log; left out: pages are write-protected instead. */
  readonly pml?: number;
  /** The parties: threads, each with its operations. */
  readonly actors: readonly ActorSpec[];
  /** Names of claims that some execution must make true; `gfnring list --json` shows those that there are. */
  readonly sometimes: readonly string[];
}

/** Several VMs on one host, each with its own parties and its own tracker; by different names. */
export interface VmsSpec {
  readonly schema: typeof SCHEMA;
  readonly name: string;
  readonly vms: readonly VmSpec[];
}

/** The ring of a vCPU. */
interface RingSpec {
  /** Entries. */
  readonly size: number;
  /** Entries that stay free for those who cannot wait. */
  readonly leeway: number;
}

/** A party. */
export interface ActorSpec {
  /** As traces show it. */
  readonly name: string;
  /** What it may do: see `OperationSpec`. */
  readonly role: 'vcpu' | 'host' | 'userspace' | 'kernel' | 'hostile';
  /** The vCPU's number, which is its ring's; for role `vcpu` alone. */
  readonly vcpu?: number;
  readonly operations: readonly OperationSpec[];
}

/** What a party does, by the role that does it. */
export type OperationSpec =
  /** vcpu: enters the guest once, which writes these pages ([slot, offset] each). */
  | { readonly do: 'write'; readonly pages: readonly (readonly [number, number])[] }
  /** vcpu, host: will not run again. Userspace serves until all who say so have. */
  | { readonly do: 'halt' }
  /** host: writes these pages on a thread that runs no vCPU. */
  | { readonly do: 'host-write'; readonly pages: readonly (readonly [number, number])[] }
  /** vcpu of a gfn-ring: pushes one entry onto its ring, with no guest behind it. */
  | { readonly do: 'push'; readonly slot: number; readonly offset: number | string }
  /** userspace of a gfn-ring or dirty-ring: takes up to `max` entries of one ring. */
  | { readonly do: 'harvest'; readonly ring: number; readonly max: number }
  /** userspace of a gfn-ring: how many entries a ring has for it. */
  | { readonly do: 'count'; readonly ring: number }
  /** userspace: harvests, resets, copies. Once; or until all vCPUs have halted. */
  | { readonly do: 'collect' }
  | { readonly do: 'serve' }
  /** userspace: harvests and copies, and only then resets. */
  | { readonly do: 'copy-first' }
  /** userspace: one checkpoint, which fails after a step; or one at each exit of a vCPU, until all have halted. */
  | { readonly do: 'checkpoint'; readonly fails?: FailsAfter }
  | { readonly do: 'replicate' }
  /** userspace: live migration: rounds until one reports at most `few` pages, but no more than `rounds`; then the machine is paused and moves. */
  | { readonly do: 'migrate'; readonly few: number; readonly rounds: number }
  /** userspace: slot `slot` has `npages` pages from now on; 0 deletes it. */
  | { readonly do: 'set-slot'; readonly slot: number; readonly npages: number }
  /** kernel: the ioctl that re-arms what was harvested. */
  | { readonly do: 'reset' }
  /** host: a signal to an actor, which cuts a reset short. */
  | { readonly do: 'signal'; readonly to: string }
  /** kernel, of a gfn-ring: kvm_gfn_ring_reset of one ring, then the flush, under slots_lock. */
  | { readonly do: 'reset-ring'; readonly ring: number }
  /** hostile: writes `value` to `bits` bits at byte `at` of a ring, or of the list. */
  | {
      readonly do: 'poke';
      readonly ring: number;
      readonly at: number;
      readonly bits: 8 | 16 | 32 | 64;
      readonly value: number | string;
    };

/** What pauses the machine. */
export const PAUSES: readonly OperationSpec['do'][] = ['checkpoint', 'replicate', 'migrate'];

/** Which role does what. */
export const rolesOf: Record<OperationSpec['do'], readonly ActorSpec['role'][]> = {
  write: ['vcpu'],
  halt: ['vcpu', 'host'],
  push: ['vcpu'],
  'host-write': ['host'],
  signal: ['host'],
  harvest: ['userspace'],
  count: ['userspace'],
  collect: ['userspace'],
  serve: ['userspace'],
  'copy-first': ['userspace'],
  checkpoint: ['userspace'],
  replicate: ['userspace'],
  migrate: ['userspace'],
  'set-slot': ['userspace'],
  reset: ['kernel'],
  'reset-ring': ['kernel'],
  poke: ['hostile'],
};

/** One operation in words, as traces and lists show it. */
export function labelOf(operation: OperationSpec): string {
  switch (operation.do) {
    case 'write':
    case 'host-write':
      return `${operation.do} ${operation.pages.map(([slot, offset]) => (slot === 0 ? `page ${offset}` : `page ${slot}:${offset}`)).join(', ')}`;
    case 'checkpoint':
      return operation.fails === undefined ? 'checkpoint' : `checkpoint that fails after ${operation.fails}`;
    case 'migrate':
      return `migrate, at most ${operation.rounds} rounds`;
    case 'set-slot':
      return `slot ${operation.slot} gets ${operation.npages} pages`;
    case 'signal':
      return `signal to ${operation.to}`;
    case 'push':
      return `push(${operation.slot}, ${operation.offset})`;
    case 'harvest':
      return `harvest ring${operation.ring}${operation.max > 32768 ? '' : `, at most ${operation.max}`}`;
    case 'count':
      return `count ring${operation.ring}`;
    case 'reset-ring':
      return `reset ring${operation.ring}`;
    case 'poke':
      return `poke ring${operation.ring}+${operation.at} u${operation.bits} = ${operation.value}`;
    default:
      return operation.do;
  }
}

/** Whether an actor performs one of these operations. */
export const performs = (spec: Pick<VmSpec, 'actors'>, ...what: readonly OperationSpec['do'][]): boolean =>
  spec.actors.some(({ operations }) => operations.some((op) => what.includes(op.do)));

/** The rings that hostile userspace writes to. What their own user does to itself is its own loss. */
export function hostileRings(spec: VmSpec): ReadonlySet<number> {
  const rings = new Set<number>();
  for (const { operations } of spec.actors) for (const op of operations) if (op.do === 'poke') rings.add(op.ring);
  return rings;
}

/** The most pages that a slot ever has. */
export function pagesMax(spec: VmSpec, slot: number): number {
  const sizes = spec.slots.filter((other) => other.slot === slot).map(({ npages }) => npages);
  for (const { operations } of spec.actors)
    for (const op of operations) if (op.do === 'set-slot' && op.slot === slot) sizes.push(op.npages);
  return Math.max(0, ...sizes);
}
