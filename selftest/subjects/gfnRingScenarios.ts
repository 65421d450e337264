import { canariesOf, vmOf } from './canary.ts';

/**
 * What the design in the mail rules out; and what its first implementation in kvm.git got wrong.
 */
export const MAIL = 'the mail, January 2017';
export const EARLY = 'reading kvm.git 9a13921dd3';
export const canary = canariesOf('gfn-ring');

export const vm = vmOf('gfn-ring');
