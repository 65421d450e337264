/** Thrown by `assume`. A registered symbol: a second copy of this package throws the same one. */
export const ASSUMED = Symbol.for('gfnring: assumed');

/**
 * For operations: drops the execution where `holds` is false. The thread takes no further step, and
 * the execution counts as blocked, neither as complete nor as a violation.
 */
export function assume(holds: boolean): asserts holds {
  if (!holds) throw ASSUMED;
}

const CHECK_FAILED = 'GFNRING_CHECK_FAILED';

/** Thrown by `check`. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  readonly code = CHECK_FAILED;
  readonly property: string;

  constructor(property: string, message: string) {
    super(message);
    this.property = property;
  }
}

/** By its code and not by its class, as it may come from a second copy of this package. */
export const isCheckFailed = (error: unknown): error is CheckFailed =>
  (error as Partial<CheckFailed> | null | undefined)?.code === CHECK_FAILED;

/**
 * For operations: where `holds` is false, the execution violates `property`; `seen` says what was
 * seen instead.
 */
export function check(holds: boolean, property: string, seen?: string): asserts holds {
  if (!holds) throw new CheckFailed(property, seen ?? 'does not hold');
}
