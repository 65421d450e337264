import type { Cell, Lock } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import type { Addresses } from './addresses.ts';
import type { Expression, Update } from './syntax.ts';

/** What a test does that has no meaning: it accesses what is no variable, or a lock as if it were one. Never caused by what `mem` throws. */
export class UndefinedBehaviour extends Error {}

/** A thread on its way. */
export interface CallFrame {
  readonly mem: Memory;
  readonly addresses: Addresses;
  readonly locals: Map<string, number>;
}

/** Works an expression out, from left to right. Values have 32 bits and a sign. */
export function evaluate(expression: Expression, frame: CallFrame): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name':
      return frame.locals.get(expression.name) ?? frame.addresses.of(expression.name);
    case 'unary':
      return unary(expression.op, evaluate(expression.of, frame));
    case 'binary': {
      const left = evaluate(expression.left, frame);
      if (expression.op === '&&') return left !== 0 && evaluate(expression.right, frame) !== 0 ? 1 : 0;
      if (expression.op === '||') return left !== 0 || evaluate(expression.right, frame) !== 0 ? 1 : 0;
      return binary(expression.op, left, evaluate(expression.right, frame));
    }
    case 'load':
      return frame.mem[expression.how](cellAt(expression.at, frame)) | 0;
    default:
      return updated(expression, frame);
  }
}

function updated({ how, at, expected, value, isNew }: Update, frame: CallFrame): number {
  const { mem } = frame;
  const cell = cellAt(at, frame);
  const compared = expected === undefined ? 0 : evaluate(expected, frame);
  const operand = evaluate(value, frame);
  const old = (how === 'cmpxchg' ? mem.cmpxchg(cell, compared, operand) : mem[how](cell, operand)) | 0;
  return isNew ? (old + operand) | 0 : old;
}

export function cellAt(at: Expression, frame: CallFrame): Cell {
  const place = placeAt(at, frame);
  if (place.kind === 'cell') return place;
  throw new UndefinedBehaviour(`${place.name} is a lock, and is accessed as a variable`);
}

export function lockAt(at: Expression, frame: CallFrame): Lock {
  const place = placeAt(at, frame);
  if (place.kind !== 'cell') return place;
  throw new UndefinedBehaviour(`${place.name} is no lock, and is taken as one`);
}

function placeAt(at: Expression, frame: CallFrame): Cell | Lock {
  const address = evaluate(at, frame);
  const place = frame.addresses.at(address);
  if (place === undefined) throw new UndefinedBehaviour(`${address} is no address, and is accessed`);
  return place;
}

function unary(op: string, value: number): number {
  if (op === '!') return value === 0 ? 1 : 0;
  return op === '-' ? -value | 0 : ~value;
}

function binary(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return (a + b) | 0;
    case '-':
      return (a - b) | 0;
    case '*':
      return Math.imul(a, b);
    case '/':
    case '%':
      if (b === 0) throw new UndefinedBehaviour(`${a} is divided by 0`);
      return (op === '/' ? a / b : a % b) | 0;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    default:
      return compare(op, a, b) ? 1 : 0;
  }
}

function compare(op: string, a: number, b: number): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    default:
      return a >= b;
  }
}
