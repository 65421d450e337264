import type { Memory } from '../memory/memory.ts';
import type { Addresses } from './addresses.ts';
import { type CallFrame, cellAt, evaluate, lockAt, UndefinedBehaviour } from './evaluate.ts';
import type { Statement, Thread } from './syntax.ts';

/** What a thread returns: its locals by their order; or why it has no meaning. */
export type Returned = readonly number[] | { readonly meaningless: string };

/** Runs a thread of a test from its beginning to its end: one operation. */
export function executeThread(thread: Thread, addresses: Addresses, mem: Memory): Returned {
  const locals = new Map([...thread.locals].map(([name, value]) => [name, addresses.number(value)]));
  const held = new Set<string>();
  try {
    block(thread.body, { mem, addresses, locals }, held);
  } catch (error) {
    if (error instanceof UndefinedBehaviour) return { meaningless: error.message };
    throw error;
  }
  return [...locals.values()];
}

function block(statements: readonly Statement[], frame: CallFrame, held: Set<string>): void {
  for (const statement of statements) {
    const { mem, locals } = frame;
    switch (statement.kind) {
      case 'set':
        locals.set(statement.local, evaluate(statement.value, frame));
        break;
      case 'store': {
        const cell = cellAt(statement.at, frame);
        mem[statement.how](cell, evaluate(statement.value, frame));
        break;
      }
      case 'fence':
        mem[statement.how]();
        break;
      case 'lock': {
        const lock = lockAt(statement.at, frame);
        mem.lock(lock);
        held.add(lock.name);
        break;
      }
      case 'unlock': {
        const lock = lockAt(statement.at, frame);
        if (!held.delete(lock.name)) throw new UndefinedBehaviour(`${lock.name} is given back by who does not hold it`);
        mem.unlock(lock);
        break;
      }
      case 'if':
        block(evaluate(statement.test, frame) === 0 ? statement.no : statement.yes, frame, held);
        break;
      default:
        evaluate(statement.value, frame);
    }
  }
}
