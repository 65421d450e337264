import { valueAt } from './conditions.ts';
import type { Cursor } from './cursor.ts';
import type { Value } from './syntax.ts';
import { isType, starsAt, typeAt } from './types.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/** What a test begins with: of variables by name, of locals by thread and name. */
export interface Initial {
  readonly variables: Map<string, Value>;
  readonly locks: Set<string>;
  readonly locals: Map<number, Map<string, Value>>;
}

/** `{ x=1; int *y=&u; 0:r0=x; }` */
export function initialAt(cursor: Cursor): Initial {
  const initial: Initial = { variables: new Map(), locks: new Set(), locals: new Map() };
  cursor.need('{');
  while (!cursor.take('}')) if (!cursor.take(';')) oneAt(cursor, initial);
  return initial;
}

function oneAt(cursor: Cursor, { variables, locks, locals }: Initial): void {
  const lock = isType(cursor.text) && typeAt(cursor).lock;
  const stars = starsAt(cursor);
  if (cursor.atNumber) {
    const thread = cursor.number();
    cursor.need(':');
    const local = cursor.name();
    cursor.need('=');
    const of = locals.get(thread) ?? new Map<string, Value>();
    locals.set(thread, of.set(local, valueAt(cursor)));
  } else {
    const bracketed = cursor.take('[');
    const { line } = cursor;
    const name = cursor.name();
    if (bracketed) cursor.need(']');
    if (cursor.text === '[') throw new UnsupportedTest('arrays are not modelled', line);
    if (lock && stars === 0) locks.add(name);
    variables.set(name, cursor.take('=') ? initialValueAt(cursor) : 0);
  }
  if (cursor.text !== '}') cursor.need(';');
}

function initialValueAt(cursor: Cursor): Value {
  if (!cursor.take('ATOMIC_INIT')) return valueAt(cursor);
  cursor.need('(');
  const value = valueAt(cursor);
  cursor.need(')');
  return value;
}
