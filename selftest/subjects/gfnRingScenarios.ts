import { canariesOf, vmOf } from './canary.ts';

/** What the design of the mail's ring rules out, and what the ring of kvm.git 9a13921dd3, its first implementation, got wrong. */
export const MAIL = 'the mail, January 2017';
export const EARLY = 'reading kvm.git 9a13921dd3';
export const canary = canariesOf('gfn-ring');

export const vm = vmOf('gfn-ring');
