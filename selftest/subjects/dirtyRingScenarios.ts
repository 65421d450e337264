import { collect, halt, serve, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { canariesOf, vmOf } from './canary.ts';

export const CRASH = ['no operation crashes'];

export const PUSH = 'trackers/dirtyRing/push';
export const canary = canariesOf('dirty-ring@repaired');
export const vm = vmOf('dirty-ring@repaired', [{ size: 2, leeway: 1 }]);

/** The ring is full with each entry, and emptied three times. */
export const fullEachTime = vm('full-each-time', [vcpu(0, write(0), write(1), write(0), halt), userspace(serve)]);
/** Two pages in one entry of the guest: the second goes to the leeway. */
export const intoLeeway = vm('into-leeway', [vcpu(0, write(0), write(0, 1), halt), userspace(serve)]);
export const twoPages = vm('two-pages', [vcpu(0, write(0, 1)), userspace(collect)], {
  rings: [{ size: 4, leeway: 2 }],
});
