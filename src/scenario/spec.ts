/** The version of the JSON that scenarios, schedules and findings are written in. */
export const SCHEMA = 1;

/** A virtual machine and its parties as plain JSON. 64-bit values are strings of digits, or numbers below 2^53. */
export interface VmSpec {
  readonly schema: typeof SCHEMA;
  readonly name: string;
  /** One ring a vCPU: entries (a power of two from 2 to 32768), and how many of them are leeway. */
  readonly rings: readonly RingSpec[];
  /** Memory slots: as_id << 16 | slot_id, and pages. */
  readonly slots: readonly { readonly slot: number; readonly npages: number }[];
  /** Where all indices of all rings start, from 0 to 65535: near the end they wrap soon. */
  readonly index: number;
  readonly actors: readonly ActorSpec[];
  /** Names of claims (see `claims`) that some execution must make true. */
  readonly sometimes: readonly string[];
}

interface RingSpec {
  readonly size: number;
  readonly leeway: number;
}

export interface ActorSpec {
  readonly name: string;
  readonly role: 'vcpu' | 'userspace' | 'kernel' | 'hostile';
  /** The vCPU's number, which is its ring's; for role `vcpu` alone. */
  readonly vcpu?: number;
  readonly operations: readonly OperationSpec[];
}

export type OperationSpec =
  /** vcpu: enters the guest once, which writes these pages ([slot, offset] each). */
  | { readonly do: 'write'; readonly pages: readonly (readonly [number, number])[] }
  /** vcpu: will not run again. */
  | { readonly do: 'halt' }
  /** vcpu: pushes one entry onto its ring, with no guest behind it. */
  | { readonly do: 'push'; readonly slot: number; readonly offset: number | string }
  /** userspace: takes up to `max` entries of one ring. */
  | { readonly do: 'harvest'; readonly ring: number; readonly max: number }
  /** userspace: how many entries a ring has for it. */
  | { readonly do: 'count'; readonly ring: number }
  /** userspace: harvests all rings, resets, copies. Once; or until all vCPUs have halted. */
  | { readonly do: 'collect' }
  | { readonly do: 'serve' }
  /** kernel: KVM_RESET_DIRTY_PAGES. */
  | { readonly do: 'reset' }
  /** kernel: kvm_gfn_ring_reset of one ring, then the flush, under slots_lock. */
  | { readonly do: 'reset-ring'; readonly ring: number }
  /** hostile: writes `value` to `bits` bits at byte `at` of a ring. */
  | {
      readonly do: 'poke';
      readonly ring: number;
      readonly at: number;
      readonly bits: 8 | 16 | 32 | 64;
      readonly value: number | string;
    };

/** Which role does what. */
export const rolesOf: Record<OperationSpec['do'], ActorSpec['role']> = {
  write: 'vcpu',
  halt: 'vcpu',
  push: 'vcpu',
  harvest: 'userspace',
  count: 'userspace',
  collect: 'userspace',
  serve: 'userspace',
  reset: 'kernel',
  'reset-ring': 'kernel',
  poke: 'hostile',
};

/** One operation in words, as traces and lists show it. */
export function labelOf(operation: OperationSpec): string {
  switch (operation.do) {
    case 'write':
      return `write ${operation.pages.map(([slot, offset]) => (slot === 0 ? `page ${offset}` : `page ${slot}:${offset}`)).join(', ')}`;
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

/** The rings that hostile userspace writes to. What their own user does to itself is its own loss. */
export function hostileRings(spec: VmSpec): ReadonlySet<number> {
  const rings = new Set<number>();
  for (const { operations } of spec.actors) for (const op of operations) if (op.do === 'poke') rings.add(op.ring);
  return rings;
}
