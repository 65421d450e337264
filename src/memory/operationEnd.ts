import { BoundExceeded } from '../loops/probe.ts';
import { ASSUMED } from './assume.ts';
import { EndKind } from './executionTrie.ts';
import { ContractViolation, type Memory } from './memory.ts';
import { copyOfResult, InvalidResult, resultText } from './result.ts';

/** An operation of a thread, as the trie of results knows it. */
export interface TreeOperation {
  readonly thread: number;
  /** Its index among the thread's operations. */
  readonly index: number;
  /** For messages: `operation 1 of vcpu0, push(0, 1)`. */
  readonly label: string;
  run(mem: Memory): unknown;
  /** Whether the operation must be performed again after it has returned `result`. */
  again(result: unknown): boolean;
}

/** What an operation threw. */
export class ThrownValue {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

/** The end of an operation, as a leaf of the trie has it. */
export interface OperationEnd {
  /** One of `EndKind`. */
  readonly code: number;
  /**
   * What the operation returned or threw; or the violation, where it returned what cannot be
   * compared.
   */
  readonly value: unknown;
}

/** @param outcome what the operation returned, or a `ThrownValue`. */
export function operationEnd(operation: TreeOperation, outcome: unknown): OperationEnd {
  if (outcome instanceof ThrownValue) {
    const { error } = outcome;
    const isCut = error === ASSUMED || error instanceof BoundExceeded;
    return { code: isCut ? EndKind.assumed : EndKind.threw, value: error };
  }
  try {
    resultText(outcome);
  } catch (error) {
    const why = error instanceof InvalidResult ? error.message : `it throws ${String(error).split('\n')[0]}`;
    const message = `${operation.label} returns what cannot be compared: ${why}; a result is a primitive, an array, a plain object, a Map, a Set or a typed array`;
    return { code: EndKind.threw, value: new ContractViolation('no plain data', message) };
  }
  try {
    return { code: operation.again(copyOfResult(outcome)) ? EndKind.again : EndKind.returned, value: outcome };
  } catch (error) {
    return { code: EndKind.threw, value: error };
  }
}

/** Text that is equal for two ends of the same kind only where no code can tell them apart. */
export function endText({ code, value }: OperationEnd): string {
  if (code === EndKind.assumed) return '';
  return code === EndKind.threw ? String(value) : resultText(value);
}

/** What an operation does after it has returned is no part of it: its promise is left alone. */
export function asyncOperationViolation({ label }: TreeOperation, result: Promise<unknown>): ContractViolation {
  result.catch(() => {});
  return new ContractViolation('outside the schedule', `${label} returns a promise, and would go on later`);
}
