import type { Cursor } from './cursor.ts';

/** Types of values that fit a cell. Which of them it is makes no difference: what overflows is the same in none of the tests. */
const WORDS = new Set(['int', 'long', 'unsigned', 'signed', 'intptr_t', 'uintptr_t', 'size_t', 'u32', 's32']);
const OTHERS = new Set(['spinlock_t', 'atomic_t', 'void']);
const QUALIFIERS = new Set(['const', 'volatile', '__rcu']);

/** Whether a type may begin with this word. */
export const isType = (word: string): boolean => WORDS.has(word) || OTHERS.has(word) || QUALIFIERS.has(word);

/** A type without its stars; says whether it is a lock's. */
export function typeAt(cursor: Cursor): { readonly lock: boolean } {
  let lock = false;
  let known = false;
  while (isType(cursor.text)) {
    const word = cursor.next();
    known ||= !QUALIFIERS.has(word);
    lock ||= word === 'spinlock_t';
  }
  if (!known) throw cursor.unexpected('a type of 32 bits, atomic_t or spinlock_t');
  return { lock };
}

/** The stars after a type. */
export function starsAt(cursor: Cursor): number {
  let stars = 0;
  for (;;) {
    if (cursor.take('*')) stars++;
    else if (!QUALIFIERS.has(cursor.text)) return stars;
    else cursor.next();
  }
}
