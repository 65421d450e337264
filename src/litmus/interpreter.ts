import type { Cell, Lock } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import type { Addresses } from './addresses.ts';
import { binaryOperation, unaryOperation } from './arithmetic.ts';
import { LOOP_MAX, LoopCut } from './loops.ts';
import type { Expression, Statement, Thread, Update } from './syntax.ts';

/**
 * What a thread returns: the values of its locals, why its behaviour is undefined, or `cut`: a loop
 * would run too often.
 */
export type ThreadResult = readonly number[] | { readonly undefinedBehaviour: string } | 'cut';

/** More statements of a thread are not executed. */
const STATEMENTS_MAX = 20_000;

/** Runs a thread of a test from start to end. This is one operation of an actor. */
export function executeThread(thread: Thread, addresses: Addresses, mem: Memory): ThreadResult {
  const locals = new Map([...thread.locals].map(([name, value]) => [name, addresses.number(value)]));
  const held = new Set<string>();
  try {
    executeBlock(thread.body, { mem, addresses, locals, executed: 0 }, held);
  } catch (error) {
    if (error instanceof LoopCut) return 'cut';
    if (error instanceof UndefinedBehaviour) return { undefinedBehaviour: error.message };
    throw error;
  }
  return [...locals.values()];
}

function executeBlock(statements: readonly Statement[], frame: CallFrame, held: Set<string>): void {
  for (const statement of statements) {
    const { mem, locals } = frame;
    if (++frame.executed > STATEMENTS_MAX) throw new LoopCut();
    switch (statement.kind) {
      case 'set':
        locals.set(statement.local, evaluate(statement.value, frame));
        break;
      case 'store': {
        const cell = cellAt(statement.at, frame);
        const value = evaluate(statement.value, frame);
        mem.origin = originOf(statement.at);
        mem[statement.how](cell, value);
        break;
      }
      case 'fence':
        if (statement.how !== null) mem[statement.how]();
        break;
      case 'lock': {
        const lock = lockAt(statement.at, frame);
        mem.lock(lock);
        held.add(lock.name);
        break;
      }
      case 'unlock': {
        const lock = lockAt(statement.at, frame);
        if (!held.delete(lock.name))
          throw new UndefinedBehaviour(`${lock.name} is unlocked by a thread that does not hold it`);
        mem.unlock(lock);
        break;
      }
      case 'if':
        executeBlock(evaluate(statement.test, frame) === 0 ? statement.no : statement.yes, frame, held);
        break;
      case 'while':
        executeLoop(statement, frame, held);
        break;
      case 'srcu':
        throw new Error('SRCU is not explored');
      default:
        evaluate(statement.value, frame);
    }
  }
}

function executeLoop(
  { test, body, bodyFirst }: Statement & { readonly kind: 'while' },
  frame: CallFrame,
  held: Set<string>,
): void {
  if (bodyFirst) executeBlock(body, frame, held);
  for (let passes = 0; evaluate(test, frame) !== 0; passes++) {
    if (passes === LOOP_MAX) throw new LoopCut();
    executeBlock(body, frame, held);
  }
}

/** A test accesses what is no variable, uses a lock as a variable, or divides by 0. */
class UndefinedBehaviour extends Error {}

/** A thread that is being run. */
interface CallFrame {
  readonly mem: Memory;
  readonly addresses: Addresses;
  readonly locals: Map<string, number>;
  /** The number of statements that were executed. */
  executed: number;
}

/** Evaluates an expression from left to right, to a signed 32-bit integer. */
function evaluate(expression: Expression, frame: CallFrame): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name':
      return frame.locals.get(expression.name) ?? frame.addresses.of(expression.name);
    case 'unary':
      return unaryOperation(expression.op, evaluate(expression.of, frame));
    case 'binary': {
      const left = evaluate(expression.left, frame);
      if (expression.op === '&&') return left !== 0 && evaluate(expression.right, frame) !== 0 ? 1 : 0;
      if (expression.op === '||') return left !== 0 || evaluate(expression.right, frame) !== 0 ? 1 : 0;
      const value = binaryOperation(expression.op, left, evaluate(expression.right, frame));
      if (value === undefined) throw new UndefinedBehaviour(`${left} is divided by 0`);
      return value;
    }
    case 'choice':
      return evaluate(evaluate(expression.test, frame) === 0 ? expression.no : expression.yes, frame);
    case 'load':
      return executeLoad(expression, frame);
    case 'update':
      return executeUpdate(expression, frame);
    default:
      throw new Error(`${expression.kind} is not explored`);
  }
}

function executeLoad({ how, at }: Expression & { readonly kind: 'load' }, frame: CallFrame): number {
  const cell = cellAt(at, frame);
  frame.mem.origin = originOf(at);
  return frame.mem[how](cell) | 0;
}

/** By the expression of an address: what tells its access from others, as a place in the source. */
const origins = new WeakMap<Expression, string>();
let lastOrigin = 0;

function originOf(at: Expression): string {
  const known = origins.get(at) ?? `access:${++lastOrigin}:1`;
  origins.set(at, known);
  return known;
}

function executeUpdate({ how, order, at, expected, value, result }: Update, frame: CallFrame): number {
  const { mem } = frame;
  const cell = cellAt(at, frame);
  const compared = expected === undefined ? 0 : evaluate(expected, frame);
  const operand = evaluate(value, frame);
  if (how === 'addUnless' || how === 'fetchXor') throw new Error(`${how} is not explored`);
  mem.origin = originOf(at);
  const memoryOrder = order === 'mb' ? 'full' : order;
  const old =
    (how === 'cmpxchg' ? mem.cmpxchg(cell, compared, operand, memoryOrder) : mem[how](cell, operand, memoryOrder)) | 0;
  return result === 'new' ? (old + operand) | 0 : old;
}

function cellAt(at: Expression, frame: CallFrame): Cell {
  const place = placeAt(at, frame);
  if (place.kind === 'cell') return place;
  throw new UndefinedBehaviour(`${place.name} is a lock, and is accessed as a variable`);
}

function lockAt(at: Expression, frame: CallFrame): Lock {
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
