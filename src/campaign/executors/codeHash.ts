import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The first hexadecimal digits of the SHA-256 of all code of this package. Two checkouts of one
 * version may have other code, and must not answer each other's tasks.
 */
export function codeHash(digits: number): string {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const extension = extname(fileURLToPath(import.meta.url));
  const hash = createHash('sha256');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort())
    if (file.endsWith(extension) && !file.endsWith('.d.ts'))
      hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, digits);
}
