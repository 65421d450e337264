import type { Cursor } from './cursor.ts';
import { resultOf } from './kernelCalls.ts';
import type { Expression } from './syntax.ts';
import { isType, typeAt } from './types.ts';

/** The operators of C between two values, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

export function expressionAt(cursor: Cursor, level = 0): Expression {
  if (level === LEVELS.length) return unaryAt(cursor);
  let left = expressionAt(cursor, level + 1);
  while (LEVELS[level].includes(cursor.text)) {
    const op = cursor.next();
    left = { kind: 'binary', op, left, right: expressionAt(cursor, level + 1) };
  }
  return left;
}

function unaryAt(cursor: Cursor): Expression {
  if (cursor.take('*')) return { kind: 'load', how: 'read', at: unaryAt(cursor) };
  if (cursor.take('&')) {
    const of = unaryAt(cursor);
    if (of.kind === 'load' && of.how === 'read') return of.at;
    throw cursor.unexpected('nothing but & before *');
  }
  for (const op of ['-', '!', '~']) if (cursor.take(op)) return { kind: 'unary', op, of: unaryAt(cursor) };
  if (cursor.take('(')) {
    if (isType(cursor.text)) {
      typeAt(cursor);
      while (cursor.take('*'));
      cursor.need(')');
      return unaryAt(cursor);
    }
    const inner = expressionAt(cursor);
    cursor.need(')');
    return inner;
  }
  if (cursor.atNumber) return { kind: 'number', value: cursor.number() };
  const { line } = cursor;
  const name = cursor.name();
  if (cursor.text === '(') return resultOf(name, argumentsAt(cursor), line);
  return name === 'NULL' ? { kind: 'number', value: 0 } : { kind: 'name', name };
}

/** `(a, b)` */
export function argumentsAt(cursor: Cursor): Expression[] {
  cursor.need('(');
  const args: Expression[] = [];
  if (cursor.take(')')) return args;
  do args.push(expressionAt(cursor));
  while (cursor.take(','));
  cursor.need(')');
  return args;
}
