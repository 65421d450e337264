import type { Expression, Statement } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';
import { isType, parseStars, parseType } from './declarations.ts';
import { callExpression, callStatements } from './kernelCalls.ts';
import type { TokenStream } from './tokenStream.ts';

const NOT_MODELLED = new Set(['while', 'for', 'do', 'switch', 'goto', 'return', 'break', 'continue', 'asm']);

/** Parses statements up to and including the closing brace; the opening one was skipped. */
export function parseBlock(tokens: TokenStream): Statement[] {
  const statements: Statement[] = [];
  while (!tokens.take('}')) statements.push(...parseStatement(tokens));
  return statements;
}

function parseStatement(tokens: TokenStream): readonly Statement[] {
  const { text, line } = tokens;
  if (tokens.take(';')) return [];
  if (tokens.take('{')) return parseBlock(tokens);
  if (tokens.take('if')) return [parseIf(tokens)];
  if (NOT_MODELLED.has(text)) throw new UnsupportedTest(`${text}: not modelled`, line);
  if (isType(text)) return parseDeclaration(tokens);
  if (tokens.take('*')) return parsePlainStore(tokens);
  const name = tokens.name();
  if (tokens.text === '(') return endStatement(tokens, callStatements(name, parseArguments(tokens), line));
  if (tokens.text === ':') throw new UnsupportedTest(`${name}: labels are not modelled`, line);
  tokens.need('=');
  return endStatement(tokens, [{ kind: 'set', local: name, value: parseExpression(tokens) }]);
}

function parseIf(tokens: TokenStream): Statement {
  tokens.need('(');
  const test = parseExpression(tokens);
  tokens.need(')');
  const yes = parseStatement(tokens);
  const no = tokens.take('else') ? parseStatement(tokens) : [];
  return { kind: 'if', test, yes, no };
}

/** `int r0, *r1 = x;` A local without a value keeps the one that it has. */
function parseDeclaration(tokens: TokenStream): readonly Statement[] {
  const statements: Statement[] = [];
  parseType(tokens);
  do {
    parseStars(tokens);
    const local = tokens.name();
    const value: Expression = tokens.take('=') ? parseExpression(tokens) : { kind: 'name', name: local };
    statements.push({ kind: 'set', local, value });
  } while (tokens.take(','));
  return endStatement(tokens, statements);
}

/** `*x = 1;` or `**p = 1;` The first star was skipped. */
function parsePlainStore(tokens: TokenStream): readonly Statement[] {
  let at: Expression;
  if (tokens.take('(')) {
    at = parseExpression(tokens);
    tokens.need(')');
  } else {
    let stars = 0;
    while (tokens.take('*')) stars++;
    at = { kind: 'name', name: tokens.name() };
    for (; stars > 0; stars--) at = { kind: 'load', how: 'read', at };
  }
  tokens.need('=');
  return endStatement(tokens, [{ kind: 'store', how: 'write', at, value: parseExpression(tokens) }]);
}

function endStatement(tokens: TokenStream, statements: readonly Statement[]): readonly Statement[] {
  tokens.need(';');
  return statements;
}

/** The binary operators of C by precedence, the lowest first. */
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

function parseExpression(tokens: TokenStream, level = 0): Expression {
  if (level === LEVELS.length) return parseUnary(tokens);
  let left = parseExpression(tokens, level + 1);
  while (LEVELS[level].includes(tokens.text)) {
    const op = tokens.next();
    left = { kind: 'binary', op, left, right: parseExpression(tokens, level + 1) };
  }
  return left;
}

function parseUnary(tokens: TokenStream): Expression {
  if (tokens.take('*')) return { kind: 'load', how: 'read', at: parseUnary(tokens) };
  if (tokens.take('&')) {
    const of = parseUnary(tokens);
    if (of.kind === 'load' && of.how === 'read') return of.at;
    throw tokens.unexpected('nothing but & before *');
  }
  for (const op of ['-', '!', '~']) if (tokens.take(op)) return { kind: 'unary', op, of: parseUnary(tokens) };
  if (tokens.take('(')) {
    if (isType(tokens.text)) {
      parseType(tokens);
      while (tokens.take('*'));
      tokens.need(')');
      return parseUnary(tokens);
    }
    const inner = parseExpression(tokens);
    tokens.need(')');
    return inner;
  }
  if (tokens.atNumber) return { kind: 'number', value: tokens.number() };
  const { line } = tokens;
  const name = tokens.name();
  if (tokens.text === '(') return callExpression(name, parseArguments(tokens), line);
  return name === 'NULL' ? { kind: 'number', value: 0 } : { kind: 'name', name };
}

/** `(a, b)` */
function parseArguments(tokens: TokenStream): Expression[] {
  tokens.need('(');
  const args: Expression[] = [];
  if (tokens.take(')')) return args;
  do args.push(parseExpression(tokens));
  while (tokens.take(','));
  tokens.need(')');
  return args;
}
