import type { Value } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';
import { parseValue } from './conditions.ts';
import type { TokenStream } from './tokenStream.ts';

/** Types of values that fit a cell. They are not told apart: no test depends on their overflow. */
const WORDS = new Set([
  ...['int', 'char', 'short', 'long', 'unsigned', 'signed', 'bool', '_Bool'],
  ...['intptr_t', 'uintptr_t', 'size_t', 'u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64'],
  ...[8, 16, 32, 64].flatMap((bits) => [`int${bits}_t`, `uint${bits}_t`]),
]);
const OTHERS = new Set(['spinlock_t', 'atomic_t', 'atomic64_t', 'atomic_long_t', 'void', 'struct', 'srcu_struct']);
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
  /** By name of a variable, or of an element of an array. */
  readonly variables: Map<string, Value>;
  /** By name of an array: its length. */
  readonly arrays: Map<string, number>;
  readonly locks: Set<string>;
  /** By thread, then by name of a local. */
  readonly locals: Map<number, Map<string, Value>>;
}

/** `{ x=1; int *y=&u; 0:r0=x; }` */
export function parseInitial(tokens: TokenStream): Initial {
  const initial: Initial = { variables: new Map(), arrays: new Map(), locks: new Set(), locals: new Map() };
  tokens.need('{');
  while (!tokens.take('}')) if (!tokens.take(';')) parseOne(tokens, initial);
  return initial;
}

function parseOne(tokens: TokenStream, initial: Initial): void {
  const { variables, locks, locals } = initial;
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
    const name = tokens.name();
    if (bracketed) tokens.need(']');
    const elements = tokens.text === '[' ? parseLength(tokens, name, initial) : [name];
    if (lock && stars === 0) for (const element of elements) locks.add(element);
    const values = tokens.take('=') ? parseInitialValues(tokens) : [];
    for (const [i, element] of elements.entries()) variables.set(element, values[i] ?? 0);
  }
  if (tokens.text !== '}') tokens.need(';');
}

/** Longer arrays are not read. */
const LENGTH_MAX = 1000;

/** The `[2]` after the name of an array. Returns the names of its elements. */
function parseLength(tokens: TokenStream, name: string, { arrays, variables }: Initial): string[] {
  const { line } = tokens;
  tokens.need('[');
  const length = tokens.number();
  tokens.need(']');
  if (length < 1 || length > LENGTH_MAX)
    throw new UnsupportedTest(`an array has 1 to ${LENGTH_MAX} elements, and ${name} has ${length}`, line);
  if (arrays.has(name) || variables.has(name)) throw new UnsupportedTest(`${name} is declared twice`, line);
  arrays.set(name, length);
  return Array.from({ length }, (_, i) => `${name}[${i}]`);
}

/** `1`, or `{ 1, 2 }` */
function parseInitialValues(tokens: TokenStream): Value[] {
  if (!tokens.take('{')) return [parseInitialValue(tokens)];
  const values: Value[] = [];
  do values.push(parseInitialValue(tokens));
  while (tokens.take(','));
  tokens.need('}');
  return values;
}

function parseInitialValue(tokens: TokenStream): Value {
  if (!tokens.take('ATOMIC_INIT')) return parseValue(tokens);
  tokens.need('(');
  const value = parseValue(tokens);
  tokens.need(')');
  return value;
}
