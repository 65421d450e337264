/**
 * Where a thread can be stopped. Places of our own program are between system calls. Places of the
 * kernel are entries of functions, or the write to a ring entry.
 */
interface Location {
  /** What the thread has done, and does next. */
  readonly about: string;
  /** The kernel's function, at whose entry it stops. */
  readonly symbol?: string;
  /** The kernels that it was tested on. */
  readonly tested?: readonly string[];
}

const TESTED = ['6.1.192', '6.12.117'];

/**
 * All locations. Only this table knows names of the kernel. `taken` is a write to the flags of the
 * entry that `kvm_dirty_ring_reset` takes next, so it needs that function's second argument.
 */
export const locations = {
  before_harvest: { about: 'userspace, before it harvests' },
  before_reset: { about: 'userspace, before KVM_RESET_DIRTY_RINGS' },
  before_copy: { about: 'userspace, before it copies pages' },
  before_signal: { about: 'userspace, before it sends a signal' },
  before_slot: { about: 'userspace, before it changes the slot' },
  after_all: { about: 'userspace, after its last operation' },
  guest_done: { about: 'the guest, after an access' },
  reset: { about: 'holds slots_lock, has taken no entry', symbol: 'kvm_dirty_ring_reset', tested: TESTED },
  taken: { about: 'has taken an entry off the ring', symbol: 'kvm_dirty_ring_reset', tested: TESTED },
  unlock: { about: 'has re-armed, before it gives slots_lock back', symbol: 'mutex_unlock', tested: TESTED },
  flush: { about: 'before it drops stale translations', symbol: 'kvm_flush_remote_tlbs', tested: TESTED },
} as const satisfies Readonly<Record<string, Location>>;

export type LocationName = keyof typeof locations;

/** The functions of the kernel that a schedule needs. */
export const kernelSymbols: readonly string[] = [
  ...new Set(Object.values(locations).flatMap((location) => ('symbol' in location ? [location.symbol] : []))),
];

export const isOfKernel = (name: LocationName): boolean => 'symbol' in locations[name];

/** Where a location is: the address of its function, or of our own place. */
export function addressOf(name: LocationName, symbols: ReadonlyMap<string, bigint>): bigint | undefined {
  const location = locations[name];
  return symbols.get('symbol' in location ? location.symbol : name);
}

/** `flush (kvm_flush_remote_tlbs)` */
export function describeLocation(name: LocationName): string {
  const location = locations[name];
  return 'symbol' in location ? `${location.about} (${location.symbol})` : location.about;
}
