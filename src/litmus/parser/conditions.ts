import type { Condition, FinalPlace, Value } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';
import type { TokenStream } from './tokenStream.ts';

/** `0:r1=1 /\ (x=2 \/ ~(y=1))`. The connective `/\` binds most tightly, then `\/`, then `=>`. */
export function parseCondition(tokens: TokenStream): Condition {
  const left = parseOr(tokens);
  return tokens.take('=>') ? { kind: 'or', left: { kind: 'not', of: left }, right: parseCondition(tokens) } : left;
}

function parseOr(tokens: TokenStream): Condition {
  let left = parseAnd(tokens);
  while (tokens.take('\\/')) left = { kind: 'or', left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: TokenStream): Condition {
  let left = parseAtom(tokens);
  while (tokens.take('/\\')) left = { kind: 'and', left, right: parseAtom(tokens) };
  return left;
}

function parseAtom(tokens: TokenStream): Condition {
  if (tokens.take('~') || tokens.take('not')) return { kind: 'not', of: parseAtom(tokens) };
  if (tokens.take('true')) return { kind: 'true' };
  if (tokens.take('false')) return { kind: 'not', of: { kind: 'true' } };
  if (tokens.take('(')) {
    const inner = parseCondition(tokens);
    tokens.need(')');
    return inner;
  }
  const left = parsePlace(tokens);
  const differs = tokens.take('!=') || tokens.take('<>');
  if (!differs && !tokens.take('==')) tokens.need('=');
  const equal: Condition = { kind: 'equal', left, right: parseRight(tokens) };
  return differs ? { kind: 'not', of: equal } : equal;
}

/** `0:r1`, `x`, `[x]` */
export function parsePlace(tokens: TokenStream): FinalPlace {
  if (tokens.atNumber) {
    const thread = tokens.number();
    tokens.need(':');
    return { thread, local: tokens.name() };
  }
  if (!tokens.take('[')) return { variable: tokens.name() };
  const variable = tokens.name();
  if (tokens.text === '[') throw new UnsupportedTest('arrays are not modelled', tokens.line);
  tokens.need(']');
  return { variable };
}

function parseRight(tokens: TokenStream): FinalPlace | Value {
  return tokens.atNumber && tokens.peek(1) === ':' ? parsePlace(tokens) : parseValue(tokens);
}

/** `1`, `-1`, `x` and `&x`, which are the same address. */
export function parseValue(tokens: TokenStream): Value {
  if (tokens.take('-')) return -tokens.number() | 0;
  if (tokens.atNumber) return tokens.number();
  if (tokens.take('(')) {
    const value = parseValue(tokens);
    tokens.need(')');
    return value;
  }
  tokens.take('&');
  return { addressOf: tokens.name() };
}
