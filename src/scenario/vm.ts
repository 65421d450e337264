/** Machines from their JSON, with the trackers of the list. */
import type { Scenario } from '../check/scenario.ts';
import { trackerForVm, trackers } from '../trackers/registry.ts';
import { buildVmWith } from '../vm/build.ts';
import { buildMultiVmWith } from '../vm/multiVm.ts';
import { parseVmsWith, parseVmWith } from '../vm/parse.ts';
import type { VmSpec, VmsSpec } from '../vm/spec.ts';
import { vmSchema, vmsSchema } from './vmSchema.ts';

/** Makes a scenario of a VM. Throws RangeError where a ring's size is refused. */
export const buildVm = (spec: VmSpec): Scenario => buildVmWith(trackerForVm(spec), spec);

/**
 * Makes a scenario of several VMs on one host. Throws RangeError where a ring's size is refused.
 */
export const buildMultiVm = (spec: VmsSpec): Scenario => buildMultiVmWith(trackers, spec);

/** A VM from JSON of any origin. Throws `BadInput` with the path of the first wrong field. */
export const parseVm = (value: unknown, where?: string): VmSpec => parseVmWith(trackers, vmSchema, value, where);

/**
 * Several VMs from JSON of any origin. Throws `BadInput` with the path of the first wrong field.
 */
export const parseVms = (value: unknown, where: string): VmsSpec => parseVmsWith(trackers, vmsSchema, value, where);
