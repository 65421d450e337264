import { isCheckFailed } from '../../memory/assume.ts';
import { ContractViolation } from '../../memory/memory.ts';
import { MemoryMisuse } from '../../memory/memoryMisuse.ts';
import { throwerOf } from '../../memory/sourceLine.ts';
import { UnsupportedOperation } from '../../memory/unsupportedOperation.ts';

/** What is violated if it is no property of the scenario. */
export type ViolationCategory = (typeof violationCategories)[number];
export const violationCategories = [
  // Two accesses race.
  'data-race',
  // An operation threw.
  'crash',
  // An operation does not use `mem` as it is.
  'misuse',
  // An operation runs on without an access, so no other thread can run.
  'stuck',
  // An operation does what gfnring cannot run. The code may be right.
  'unsupported',
  // No execution made a `sometimes` true.
  'unreached',
] as const;

/** A property that does not hold, and what was seen instead. */
export interface Violation {
  /** Name of the property. */
  readonly property: string;
  /** What was seen. */
  readonly message: string;
  /** Left out: what is violated is a property of the scenario. */
  readonly category?: ViolationCategory;
  /** Of a data race: its accesses, in the order of the actors. */
  readonly race?: readonly [RacingAccess, RacingAccess];
}

/** One access of a data race. It has the same names in a scenario with fewer operations. */
export interface RacingAccess {
  /** See `Kind`. */
  readonly kind: number;
  /** Name of the accessed place. */
  readonly place: string;
  /** Name of the actor. */
  readonly actor: string;
  /** Its source line as text, if it is known. */
  readonly line: string | undefined;
}

/**
 * Why an execution ends at a violation. `violated`: the code under test is wrong. `crashed`: an
 * operation threw, or did something that the explorer cannot run, so nothing can be decided.
 */
export interface ViolationStop {
  readonly kind: 'violated' | 'crashed';
  readonly violation: Violation;
}

/** The violation of an operation that threw an error with this message. */
export const crashOf = (message: string): Violation => ({
  property: 'no operation crashes',
  message,
  category: 'crash',
});

const unsupportedBy = ({ message }: UnsupportedOperation): Violation => ({
  property: 'operations do what gfnring can run',
  message,
  category: 'unsupported',
});

/**
 * By rule of `Memory`: how an operation that breaks it ends the execution, and what it violates.
 * Where the code under test breaks it, the execution is `violated`.
 */
const RULES: Readonly<Record<ContractViolation['rule'], BrokenRule>> = {
  'not the holder': { kind: 'violated', property: 'a lock is given back by its holder' },
  'sleeps under a spinlock': { kind: 'violated', property: 'nothing sleeps under a spinlock' },
  'swallowed suspension': { kind: 'crashed', property: 'operations let through what mem throws' },
  'differs on the second pass': { kind: 'crashed', property: 'operations depend on nothing but mem' },
  'outside the schedule': { kind: 'crashed', property: 'operations use their own mem' },
  'no plain data': { kind: 'crashed', property: 'operations return plain data', category: 'unsupported' },
};
interface BrokenRule extends Omit<Violation, 'message'>, Pick<ViolationStop, 'kind'> {}

/** How an execution ends in which an operation threw `error`. */
export function stopOf(error: unknown): ViolationStop {
  if (error instanceof ContractViolation) {
    const { kind, property, category } = RULES[error.rule];
    // `explore` shows the message of what is unsupported without the property.
    const message = category === 'unsupported' ? error.seen : error.message;
    return { kind, violation: { property, message, ...(category && { category }) } };
  }
  if (isCheckFailed(error))
    return { kind: 'violated', violation: { property: error.property, message: error.message } };
  if (error instanceof UnsupportedOperation) return { kind: 'crashed', violation: unsupportedBy(error) };
  if (error instanceof MemoryMisuse)
    return { kind: 'crashed', violation: { ...crashOf(textOf(error)), category: 'misuse' } };
  return { kind: 'crashed', violation: crashOf(textOf(error)) };
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
