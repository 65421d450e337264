import { isCheckFailed } from '../../memory/assume.ts';
import { ContractViolation } from '../../memory/memory.ts';
import { throwerOf } from '../../memory/sourceLine.ts';
import { UnsupportedOperation } from '../../memory/unsupportedOperation.ts';

/** A property that does not hold, and what was seen instead. */
export interface Violation {
  /** Name of the property. */
  readonly property: string;
  /** What was seen. */
  readonly message: string;
}

/**
 * Why an execution ends at a violation. `violated`: the code under test is wrong. `crashed`: an
 * operation threw, or did something that the explorer cannot run, so nothing can be decided.
 */
export interface ViolationStop {
  readonly kind: 'violated' | 'crashed';
  readonly violation: Violation;
}

export const CRASH = 'no operation crashes';
/** Of compiled C code: it calls what gfnring does not have. The code may be right. */
export const UNSUPPORTED_OPERATION = 'operations do what gfnring can run';
/** An operation runs on without an access, so no other thread can run. */
export const STUCK = 'operations come to their next access';
/** An operation returned what cannot be part of a state. */
export const NO_RESULT = 'operations return plain data';

/** An operation with an `until` is performed again, and has made no access. */
export const NO_ACCESS = 'operations that repeat access mem';

/**
 * By rule of `Memory`: the property that a breach of it violates. Breaches by the code under test
 * are `violated`.
 */
const RULES: Readonly<Record<ContractViolation['rule'], readonly [ViolationStop['kind'], string]>> = {
  'not the holder': ['violated', 'a lock is given back by its holder'],
  'sleeps under a spinlock': ['violated', 'R12 nothing sleeps under a spinlock'],
  'swallowed suspension': ['crashed', 'operations let through what mem throws'],
  'differs on the second pass': ['crashed', 'operations depend on nothing but mem'],
  'outside the schedule': ['crashed', 'operations use their own mem'],
  'no plain data': ['crashed', NO_RESULT],
};

/** How an execution ends in which an operation threw `error`. */
export function stopOf(error: unknown): ViolationStop {
  if (error instanceof ContractViolation) {
    const [kind, property] = RULES[error.rule];
    // The property `NO_RESULT` repeats its rule.
    const message = property === NO_RESULT ? error.message.slice(`${error.rule}: `.length) : error.message;
    return { kind, violation: { property, message } };
  }
  if (isCheckFailed(error))
    return { kind: 'violated', violation: { property: error.property, message: error.message } };
  if (error instanceof UnsupportedOperation)
    return { kind: 'crashed', violation: { property: UNSUPPORTED_OPERATION, message: error.message } };
  return { kind: 'crashed', violation: { property: CRASH, message: textOf(error) } };
}

/** The violation that an operation commits which throws `error`. */
export const violationOf = (error: unknown): Violation => stopOf(error).violation;

function textOf(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return String(thrown);
    const place = throwerOf(thrown.stack);
    return `${thrown.name}: ${thrown.message}${place === undefined ? '' : `, at ${place}`}`;
  } catch {
    return 'it throws what has no text';
  }
}
