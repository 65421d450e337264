import { E2BIG, EINVAL, ENOENT, ENXIO } from '../kvm/errors.ts';
import type { ConformanceOperation } from './operations.ts';

/** What of a VM decides what its ioctls and mmap answer. */
export interface Setup {
  /** Of each vCPU's ring; 0: not enabled. */
  readonly bytes: number;
  /** Pages of each slot. */
  readonly slots: ReadonlyMap<number, number>;
  readonly vcpus: boolean;
}

const PAGE_BYTES = 4096;
/** KVM_DIRTY_LOG_PAGE_OFFSET of x86: where in a vCPU's file its ring begins, in pages. */
export const RING_PAGE = 64;
/** 65536 entries of 16 bytes. */
const RING_BYTES_MAX = 1 << 20;

/** What KVM answers to an operation that the rings have no part in, and how the VM is set up then. */
export function answerSetupIoctl(
  setup: Setup,
  operation: ConformanceOperation,
): { readonly returned: number; readonly setup: Setup } {
  const same = (returned: number) => ({ returned, setup });
  switch (operation.do) {
    case 'enable': {
      const refused = refusedSize(operation.bytes);
      if (refused !== 0) return same(refused);
      // Once, and before there are vCPUs.
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
      return same(setup.bytes > 0 ? -ENXIO : -ENOENT); // before it is enabled, lists have no slot that is logged
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

/** Refused where the first or the last page is one of the ring's: a private mapping, and one whose pages may be run. What lies between is not looked at. */
function mapped({ bytes }: Setup, { protection, sharing, first, pages }: ConformanceOperation & { do: 'map' }): number {
  const isOfRing = (page: number): boolean => page >= RING_PAGE && page < RING_PAGE + bytes / PAGE_BYTES;
  const touches = isOfRing(first) || isOfRing(first + pages - 1);
  return touches && (sharing === 'private' || protection.includes('x')) ? -EINVAL : 0;
}
