import type { Cursor } from './cursor.ts';
import type { Condition, FinalPlace, Value } from './syntax.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/** `0:r1=1 /\ (x=2 \/ ~(y=1))`. Of the connectives `/\` binds closest, then `\/`, then `=>`. */
export function conditionAt(cursor: Cursor): Condition {
  const left = eitherAt(cursor);
  return cursor.take('=>') ? { kind: 'or', left: { kind: 'not', of: left }, right: conditionAt(cursor) } : left;
}

function eitherAt(cursor: Cursor): Condition {
  let left = bothAt(cursor);
  while (cursor.take('\\/')) left = { kind: 'or', left, right: bothAt(cursor) };
  return left;
}

function bothAt(cursor: Cursor): Condition {
  let left = oneAt(cursor);
  while (cursor.take('/\\')) left = { kind: 'and', left, right: oneAt(cursor) };
  return left;
}

function oneAt(cursor: Cursor): Condition {
  if (cursor.take('~') || cursor.take('not')) return { kind: 'not', of: oneAt(cursor) };
  if (cursor.take('true')) return { kind: 'true' };
  if (cursor.take('false')) return { kind: 'not', of: { kind: 'true' } };
  if (cursor.take('(')) {
    const inner = conditionAt(cursor);
    cursor.need(')');
    return inner;
  }
  const left = placeAt(cursor);
  const differs = cursor.take('!=') || cursor.take('<>');
  if (!differs && !cursor.take('==')) cursor.need('=');
  const equal: Condition = { kind: 'equal', left, right: rightAt(cursor) };
  return differs ? { kind: 'not', of: equal } : equal;
}

/** `0:r1`, `x`, `[x]` */
export function placeAt(cursor: Cursor): FinalPlace {
  if (cursor.atNumber) {
    const thread = cursor.number();
    cursor.need(':');
    return { thread, local: cursor.name() };
  }
  if (!cursor.take('[')) return { variable: cursor.name() };
  const variable = cursor.name();
  if (cursor.text === '[') throw new UnsupportedTest('arrays are not modelled', cursor.line);
  cursor.need(']');
  return { variable };
}

function rightAt(cursor: Cursor): FinalPlace | Value {
  return cursor.atNumber && cursor.peek(1) === ':' ? placeAt(cursor) : valueAt(cursor);
}

/** `1`, `-1`, `x` and `&x`, which are the same address. */
export function valueAt(cursor: Cursor): Value {
  if (cursor.take('-')) return -cursor.number() | 0;
  if (cursor.atNumber) return cursor.number();
  if (cursor.take('(')) {
    const value = valueAt(cursor);
    cursor.need(')');
    return value;
  }
  cursor.take('&');
  return { addressOf: cursor.name() };
}
