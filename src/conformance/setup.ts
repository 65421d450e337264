import { E2BIG, EINVAL, ENOENT, ENXIO } from '../kvm/errors.ts';
import type { ConformanceOperation } from './operations.ts';

/** The state of a VM that determines the results of its setup ioctls and of mmap. */
export interface Setup {
  /** The size of each vCPU's ring; 0: not enabled. */
  readonly bytes: number;
  /** By slot id: its number of pages. */
  readonly slots: ReadonlyMap<number, number>;
  readonly vcpus: boolean;
}

const PAGE_BYTES = 4096;
/** KVM_DIRTY_LOG_PAGE_OFFSET of x86: the page of a vCPU's file where its ring starts. */
export const RING_PAGE = 64;
/** 65536 entries of 16 bytes. */
const RING_BYTES_MAX = 1 << 20;

/** The result of an operation that does not concern the rings, and the state of the VM after it. */
export function answerSetupIoctl(
  setup: Setup,
  operation: ConformanceOperation,
): { readonly returned: number; readonly setup: Setup } {
  const same = (returned: number) => ({ returned, setup });
  switch (operation.do) {
    case 'enable': {
      const refused = refusedSize(operation.bytes);
      if (refused !== 0) return same(refused);
      // A ring can be enabled once, and only before there are vCPUs.
      if (setup.bytes > 0 || setup.vcpus) return same(-EINVAL);
      return { returned: 0, setup: { ...setup, bytes: operation.bytes } };
    }
    case 'slot':
      return { returned: 0, setup: { ...setup, slots: new Map(setup.slots).set(operation.slot, operation.pages) } };
    case 'vcpus':
      return { returned: 0, setup: { ...setup, vcpus: true } };
    case 'map':
      return same(mapped(setup, operation));
    case 'get-log':
      return same(setup.bytes > 0 ? -ENXIO : -ENOENT); // no slot is logged before enable
    case 'reset':
      return same(setup.bytes > 0 ? 0 : -EINVAL);
    default:
      throw new RangeError(`${operation.do} comes before the vCPUs`);
  }
}

function refusedSize(bytes: number): number {
  const isPowerOfTwo = bytes > 0 && (bytes & (bytes - 1)) === 0;
  if (!isPowerOfTwo || bytes < PAGE_BYTES) return -EINVAL;
  return bytes > RING_BYTES_MAX ? -E2BIG : 0;
}

/**
 * A mapping whose first or last page is in the ring must be shared and not executable. KVM does not
 * check the pages in between.
 */
function mapped({ bytes }: Setup, { protection, sharing, first, pages }: ConformanceOperation & { do: 'map' }): number {
  const isOfRing = (page: number): boolean => page >= RING_PAGE && page < RING_PAGE + bytes / PAGE_BYTES;
  const touches = isOfRing(first) || isOfRing(first + pages - 1);
  return touches && (sharing === 'private' || protection.includes('x')) ? -EINVAL : 0;
}
