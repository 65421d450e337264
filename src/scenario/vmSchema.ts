/** The schemas of machines, with the trackers of the list. */
import { fieldTypes, lazySchema } from '../input/fieldTypes.ts';
import { trackerNames } from '../trackers/registry.ts';
import { createVmSchema, createVmsSchema } from '../vm/schema.ts';

export const vmSchema = lazySchema((t) => createVmSchema(t, trackerNames));
export const vmsSchema = lazySchema((t) => createVmsSchema(t, vmSchema()));

/** The JSON Schema of scenario files, for editors: a VM, or several. */
export function scenarioJsonSchema(): object {
  const { anyOf, toJsonSchema } = fieldTypes();
  return toJsonSchema(anyOf([vmSchema(), vmsSchema()]));
}
