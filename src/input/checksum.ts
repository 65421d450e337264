import { createHash } from 'node:crypto';
import { BadInput } from './badInput.ts';
import { readObject } from './fieldTypes.ts';

/** Fields that say where a document comes from, and whether it is whole. They are no content. */
const SEALS = ['checksum', 'origin'];

/**
 * SHA-256 of the content of a document, as 64 hexadecimal digits. The order of fields and white
 * space do not count, so an editor may format the file.
 */
export function contentChecksum(document: object): string {
  const content = Object.entries(document).filter(([field]) => !SEALS.includes(field));
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(content)))
    .digest('hex');
}

/** A document with its checksum, as it is written to a file. */
export const withChecksum = <T extends object>(document: T): T & { readonly checksum: string } => ({
  ...document,
  checksum: contentChecksum(document),
});

/** Throws `BadInput` if the content of a document was changed after it was written. */
export function verifyChecksum(value: unknown, where: string): void {
  const document = readObject(value, where);
  if (document.checksum !== contentChecksum(document))
    throw new BadInput(`${where} was changed after it was written: its checksum is of another content`);
}

/** JSON with the fields of each object in order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
