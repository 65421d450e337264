import { type Expression, flattenExpression, type Statement } from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';
import { isType, parseStars, parseType } from './declarations.ts';
import { callExpression, callStatements } from './kernelCalls.ts';
import type { TokenStream } from './tokenStream.ts';

const NOT_MODELLED = new Set(['switch', 'goto', 'return', 'break', 'continue', 'asm']);

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
  if (tokens.take('while')) return [{ kind: 'while', ...parseTestAndBody(tokens), bodyFirst: false }];
  if (tokens.take('do')) return parseDo(tokens);
  if (tokens.take('for')) return parseFor(tokens);
  if (NOT_MODELLED.has(text)) throw new UnsupportedTest(`${text}: not modelled`, line);
  if (isType(text)) return endStatement(tokens, parseDeclaration(tokens));
  return endStatement(tokens, parseSimpleStatement(tokens));
}

/** A statement that may be a part of `for (…; …; …)`, without its semicolon. */
function parseSimpleStatement(tokens: TokenStream): readonly Statement[] {
  const { text, line } = tokens;
  if (tokens.atName && tokens.peek(1) === '(') {
    tokens.next();
    return callStatements(text, parseArguments(tokens), line);
  }
  if (tokens.atName && tokens.peek(1) === ':') throw new UnsupportedTest(`${text}: labels are not modelled`, line);
  const step = parseStep(tokens);
  const target = parseUnary(tokens);
  if (step !== null) return [change(target, '+', step, line)];
  if (tokens.take('=')) return [assign(target, parseExpression(tokens), line)];
  const after = parseStep(tokens);
  if (after !== null) return [change(target, '+', after, line)];
  const op = /^(.+)=$/.exec(tokens.text)?.[1];
  if (op !== undefined && COMPOUND.has(op)) {
    tokens.next();
    return [change(target, op, parseExpression(tokens), line)];
  }
  if (target.kind === 'name') tokens.need('=');
  return [{ kind: 'do', value: target }];
}

/** `++` or `--`; null: neither. */
function parseStep(tokens: TokenStream): Expression | null {
  if (tokens.take('++')) return { kind: 'number', value: 1 };
  return tokens.take('--') ? { kind: 'number', value: -1 } : null;
}

/** The operators that may stand before `=`. */
const COMPOUND = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>']);

function assign(target: Expression, value: Expression, line: number): Statement {
  if (target.kind === 'name') return { kind: 'set', local: target.name, value };
  if (target.kind === 'load' && target.how === 'read') return { kind: 'store', how: 'write', at: target.at, value };
  throw new UnsupportedTest('only a local and *x can be assigned to', line);
}

/** `target = target op value` */
function change(target: Expression, op: string, value: Expression, line: number): Statement {
  if (target.kind === 'load' && flattenExpression(target.at).some(({ kind }) => kind === 'load' || kind === 'update'))
    throw new UnsupportedTest('a change through a pointer in memory is not modelled', line);
  return assign(target, { kind: 'binary', op, left: target, right: value }, line);
}

function parseTestAndBody(tokens: TokenStream): { readonly test: Expression; readonly body: readonly Statement[] } {
  tokens.need('(');
  const test = parseExpression(tokens);
  tokens.need(')');
  return { test, body: parseStatement(tokens) };
}

function parseDo(tokens: TokenStream): readonly Statement[] {
  const body = parseStatement(tokens);
  tokens.need('while');
  tokens.need('(');
  const test = parseExpression(tokens);
  tokens.need(')');
  return endStatement(tokens, [{ kind: 'while', test, body, bodyFirst: true }]);
}

/** `for (i = 0; i < 2; i++) …` */
function parseFor(tokens: TokenStream): readonly Statement[] {
  tokens.need('(');
  const isDeclaration = isType(tokens.text);
  const first = isDeclaration ? parseDeclaration(tokens) : parseSimpleStatements(tokens);
  tokens.need(';');
  const test: Expression = tokens.text === ';' ? { kind: 'number', value: 1 } : parseExpression(tokens);
  tokens.need(';');
  const after = parseSimpleStatements(tokens);
  tokens.need(')');
  const body = parseStatement(tokens);
  return [...first, { kind: 'while', test, body: [...body, ...after], bodyFirst: false }];
}

/** Statements with commas between, or none. */
function parseSimpleStatements(tokens: TokenStream): readonly Statement[] {
  if (tokens.text === ';' || tokens.text === ')') return [];
  const statements = [...parseSimpleStatement(tokens)];
  while (tokens.take(',')) statements.push(...parseSimpleStatement(tokens));
  return statements;
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
  return statements;
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

function parseExpression(tokens: TokenStream): Expression {
  const test = parseBinary(tokens, 0);
  if (!tokens.take('?')) return test;
  const yes = parseExpression(tokens);
  tokens.need(':');
  return { kind: 'choice', test, yes, no: parseExpression(tokens) };
}

function parseBinary(tokens: TokenStream, level: number): Expression {
  if (level === LEVELS.length) return parseUnary(tokens);
  let left = parseBinary(tokens, level + 1);
  while (LEVELS[level].includes(tokens.text)) {
    const op = tokens.next();
    left = { kind: 'binary', op, left, right: parseBinary(tokens, level + 1) };
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
  if (tokens.take('+')) return parseUnary(tokens);
  for (const op of ['-', '!', '~']) if (tokens.take(op)) return { kind: 'unary', op, of: parseUnary(tokens) };
  if (tokens.text === '(' && isType(tokens.peek(1))) {
    tokens.next();
    parseType(tokens);
    parseStars(tokens);
    tokens.need(')');
    return parseUnary(tokens);
  }
  let operand = parseOperand(tokens);
  while (tokens.take('[')) {
    const index = parseExpression(tokens);
    tokens.need(']');
    operand = { kind: 'load', how: 'read', at: elementOf(operand, index) };
  }
  return operand;
}

/** The address of an element. Neighbours differ by 1. */
const elementOf = (array: Expression, index: Expression): Expression =>
  index.kind === 'number' && index.value === 0 ? array : { kind: 'binary', op: '+', left: array, right: index };

function parseOperand(tokens: TokenStream): Expression {
  if (tokens.take('(')) {
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
