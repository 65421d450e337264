import type { Cursor } from './cursor.ts';
import { argumentsAt, expressionAt } from './expressions.ts';
import { effectOf } from './kernelCalls.ts';
import type { Expression, Statement } from './syntax.ts';
import { isType, starsAt, typeAt } from './types.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

const NOT_MODELLED = new Set(['while', 'for', 'do', 'switch', 'goto', 'return', 'break', 'continue', 'struct', 'asm']);

/** The statements up to and with the brace that closes them; the one that opens them has been passed. */
export function blockAt(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (!cursor.take('}')) statements.push(...statementAt(cursor));
  return statements;
}

function statementAt(cursor: Cursor): readonly Statement[] {
  const { text, line } = cursor;
  if (cursor.take(';')) return [];
  if (cursor.take('{')) return blockAt(cursor);
  if (cursor.take('if')) return [ifAt(cursor)];
  if (NOT_MODELLED.has(text)) throw new UnsupportedTest(`${text}: not modelled`, line);
  if (isType(text)) return declarationAt(cursor);
  if (cursor.take('*')) return plainStoreAt(cursor);
  const name = cursor.name();
  if (cursor.text === '(') return ended(cursor, effectOf(name, argumentsAt(cursor), line));
  if (cursor.text === ':') throw new UnsupportedTest(`${name}: labels are not modelled`, line);
  cursor.need('=');
  return ended(cursor, [{ kind: 'set', local: name, value: expressionAt(cursor) }]);
}

function ifAt(cursor: Cursor): Statement {
  cursor.need('(');
  const test = expressionAt(cursor);
  cursor.need(')');
  const yes = statementAt(cursor);
  const no = cursor.take('else') ? statementAt(cursor) : [];
  return { kind: 'if', test, yes, no };
}

/** `int r0, *r1 = x;`: without a value, a local is given the one that it has. */
function declarationAt(cursor: Cursor): readonly Statement[] {
  const statements: Statement[] = [];
  typeAt(cursor);
  do {
    starsAt(cursor);
    const local = cursor.name();
    const value: Expression = cursor.take('=') ? expressionAt(cursor) : { kind: 'name', name: local };
    statements.push({ kind: 'set', local, value });
  } while (cursor.take(','));
  return ended(cursor, statements);
}

/** `*x = 1;` or `**p = 1;`; the first star has been passed. */
function plainStoreAt(cursor: Cursor): readonly Statement[] {
  let at: Expression;
  if (cursor.take('(')) {
    at = expressionAt(cursor);
    cursor.need(')');
  } else {
    let stars = 0;
    while (cursor.take('*')) stars++;
    at = { kind: 'name', name: cursor.name() };
    for (; stars > 0; stars--) at = { kind: 'load', how: 'read', at };
  }
  cursor.need('=');
  return ended(cursor, [{ kind: 'store', how: 'write', at, value: expressionAt(cursor) }]);
}

function ended(cursor: Cursor, statements: readonly Statement[]): readonly Statement[] {
  cursor.need(';');
  return statements;
}
