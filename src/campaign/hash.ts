import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { join53, mixHash } from '../explore/hash.ts';

/** 53 bits of hash of a text, the same everywhere: what stands for it in sets of numbers. */
export function hash53(text: string, salt = 0): number {
  let a = text.length ^ salt;
  let b = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = mixHash(a, code);
    b = mixHash(b ^ code, a);
  }
  return join53(a, b);
}

/** 32 of them. */
export const hash32 = (text: string): number => (hash53(text) / 0x200000) | 0;

/** What stands for an ordered pair of words. */
export const pair53 = (a: number, b: number): number => join53(mixHash(a, b), mixHash(b ^ 0x5bd1e995, a));

/** Plain data as one text, whatever the order of its fields; a module goes by the name of its file, wherever that lies. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'module') return basename(String(part));
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** So many digits that stand for a text, in names of files. */
export const digitsOf = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/** A seed from 0 to 2^31 - 1 for number `index` of what is drawn from `seed`. */
export const seedOf = (seed: number, index: number): number => mixHash(mixHash(seed, 0x2545f491), index) >>> 1;
