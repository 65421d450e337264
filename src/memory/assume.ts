/** Thrown by `assume`. A registered symbol: a second copy of this package throws the same one. */
export const ASSUMED = Symbol.for('gfnring: assumed');

/**
 * For operations: drops the execution where `holds` is false. The thread takes no further step, and
 * the execution counts as blocked, neither as complete nor as a violation.
 */
export function assume(holds: boolean): asserts holds {
  if (!holds) throw ASSUMED;
}

const BRAND = Symbol.for('gfnring: check failed');

/** Thrown by `check`. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  readonly property: string;

  constructor(property: string, message: string) {
    super(message);
    this.property = property;
  }
}
Object.defineProperty(CheckFailed.prototype, BRAND, { value: true });

/** By its brand and not by its class, as it may come from a second copy of this package. */
export const isCheckFailed = (error: unknown): error is CheckFailed => error instanceof Error && BRAND in error;

/**
 * For operations: where `holds` is false, the execution violates `property`; `seen` says what was
 * seen instead.
 */
export function check(holds: boolean, property: string, seen?: string): asserts holds {
  if (!holds) throw new CheckFailed(property, seen ?? 'does not hold');
}
