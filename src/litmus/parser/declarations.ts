import type { Value } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';
import { parseValue } from './conditions.ts';
import type { TokenStream } from './tokenStream.ts';

/** Types of values that fit a cell. They are not told apart: no test depends on their overflow. */
const WORDS = new Set(['int', 'char', 'long', 'unsigned', 'signed', 'intptr_t', 'uintptr_t', 'size_t', 'u32', 's32']);
const OTHERS = new Set(['spinlock_t', 'atomic_t', 'void', 'struct', 'srcu_struct']);
const QUALIFIERS = new Set(['const', 'volatile', '__rcu']);

/** Whether a type may start with this token. */
export const isType = (word: string): boolean => WORDS.has(word) || OTHERS.has(word) || QUALIFIERS.has(word);

/** Parses a type without its stars. Returns whether it is the type of a lock. */
export function parseType(tokens: TokenStream): { readonly lock: boolean } {
  let lock = false;
  let known = false;
  while (isType(tokens.text)) {
    const word = tokens.next();
    known ||= !QUALIFIERS.has(word);
    lock ||= word === 'spinlock_t';
  }
  if (!known) throw tokens.unexpected('a type of 32 bits, atomic_t or spinlock_t');
  return { lock };
}

/** Skips the stars after a type. Returns how many there were. */
export function parseStars(tokens: TokenStream): number {
  let stars = 0;
  for (;;) {
    if (tokens.take('*')) stars++;
    else if (!QUALIFIERS.has(tokens.text)) return stars;
    else tokens.next();
  }
}

/** The initial values that a test declares. */
export interface Initial {
  /** By name of a variable. */
  readonly variables: Map<string, Value>;
  readonly locks: Set<string>;
  /** By thread, then by name of a local. */
  readonly locals: Map<number, Map<string, Value>>;
}

/** `{ x=1; int *y=&u; 0:r0=x; }` */
export function parseInitial(tokens: TokenStream): Initial {
  const initial: Initial = { variables: new Map(), locks: new Set(), locals: new Map() };
  tokens.need('{');
  while (!tokens.take('}')) if (!tokens.take(';')) parseOne(tokens, initial);
  return initial;
}

function parseOne(tokens: TokenStream, { variables, locks, locals }: Initial): void {
  const lock = isType(tokens.text) && parseType(tokens).lock;
  const stars = parseStars(tokens);
  if (tokens.atNumber) {
    const thread = tokens.number();
    tokens.need(':');
    const local = tokens.name();
    const values = locals.get(thread) ?? new Map<string, Value>();
    locals.set(thread, values.set(local, tokens.take('=') ? parseValue(tokens) : 0));
  } else {
    const bracketed = tokens.take('[');
    const { line } = tokens;
    const name = tokens.name();
    if (bracketed) tokens.need(']');
    if (tokens.text === '[') throw new UnsupportedTest('arrays are not modelled', line);
    if (lock && stars === 0) locks.add(name);
    variables.set(name, tokens.take('=') ? parseInitialValue(tokens) : 0);
  }
  if (tokens.text !== '}') tokens.need(';');
}

function parseInitialValue(tokens: TokenStream): Value {
  if (!tokens.take('ATOMIC_INIT')) return parseValue(tokens);
  tokens.need('(');
  const value = parseValue(tokens);
  tokens.need(')');
  return value;
}
