import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { join53, mixHash } from '../explore/hash.ts';

/** 53-bit hash of a text, the same on every machine. */
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

/** 32-bit hash of a text: the upper bits of `hash53`. */
export const hash32 = (text: string): number => (hash53(text) / 0x200000) | 0;

/** 53-bit hash of an ordered pair of 32-bit words. */
export const pair53 = (a: number, b: number): number => join53(mixHash(a, b), mixHash(b ^ 0x5bd1e995, a));

/**
 * Plain data as one text that does not depend on the order of fields. A module is named by its file
 * name alone, so that it may lie in any folder.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (key, field: unknown) => {
    if (key === 'module') return basename(String(field));
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The first hexadecimal digits of the SHA-256 of a text. */
export const hexDigest = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/** Derives the seed of draw `index` from `seed`: a number from 0 to 2^31 - 1. */
export const deriveSeed = (seed: number, index: number): number => mixHash(mixHash(seed, 0x2545f491), index) >>> 1;
