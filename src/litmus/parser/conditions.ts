import type { Condition, FinalPlace, Value } from '../syntax.ts';
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
  const equal = tokens.text === '{' ? parseElements(tokens, left) : equalTo(left, parseRight(tokens));
  return differs ? { kind: 'not', of: equal } : equal;
}

const equalTo = (left: FinalPlace, right: FinalPlace | Value): Condition => ({ kind: 'equal', left, right });

/** `a={1, 2}` */
function parseElements(tokens: TokenStream, array: FinalPlace): Condition {
  if (!('variable' in array)) throw tokens.unexpected('a number');
  let all: Condition = { kind: 'true' };
  tokens.need('{');
  for (let i = 0; i === 0 || tokens.take(','); i++) {
    const element = equalTo({ variable: `${array.variable}[${i}]` }, parseValue(tokens));
    all = i === 0 ? element : { kind: 'and', left: all, right: element };
  }
  tokens.need('}');
  return all;
}

/** `0:r1`, `P0:r1`, `x`, `[x]`, `a[1]` */
export function parsePlace(tokens: TokenStream): FinalPlace {
  if (tokens.atNumber) {
    const thread = tokens.number();
    tokens.need(':');
    return { thread, local: tokens.name() };
  }
  if (/^P\d+$/.test(tokens.text) && tokens.peek(1) === ':') {
    const thread = Number(tokens.next().slice(1));
    tokens.need(':');
    return { thread, local: tokens.name() };
  }
  if (!tokens.take('[')) return { variable: parseElementName(tokens) };
  const variable = parseElementName(tokens);
  tokens.need(']');
  return { variable };
}

/** `x`, or `a[1]` */
function parseElementName(tokens: TokenStream): string {
  const name = tokens.name();
  if (!tokens.take('[')) return name;
  const index = tokens.number();
  tokens.need(']');
  return `${name}[${index}]`;
}

function parseRight(tokens: TokenStream): FinalPlace | Value {
  if (tokens.take('*')) return parsePlace(tokens);
  const isPlace = tokens.text === '[' || (/^P?\d+$/.test(tokens.text) && tokens.peek(1) === ':');
  return isPlace ? parsePlace(tokens) : parseValue(tokens);
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
  return { addressOf: parseElementName(tokens) };
}
