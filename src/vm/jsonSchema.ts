import { fieldTypes } from '../input/fieldTypes.ts';
import { vmSchema, vmsSchema } from './schema.ts';

/** The JSON Schema of scenario files, for editors: a VM, or several. */
export function scenarioJsonSchema(): object {
  const { anyOf, toJsonSchema } = fieldTypes();
  return toJsonSchema(anyOf([vmSchema(), vmsSchema()]));
}
