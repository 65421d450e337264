import { collect, host, hostWrite, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { canariesOf, vmOf } from './canary.ts';

export const TRACKER = 'trackers/dirtyBitmap/dirtyBitmap';

export const canary = canariesOf('dirty-bitmap');
export const vm = vmOf('dirty-bitmap');

/** Two writers to one word of the bitmap. */
export const neighbours = vm('neighbours', [vcpu(0, write(0)), host(hostWrite(1)), userspace(collect)], {
  slots: [{ slot: 0, npages: 2 }],
});
