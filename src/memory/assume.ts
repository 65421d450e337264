/** Thrown by `assume`. Known by name, so that a second copy of this package means the same by it. */
export const ASSUMED = Symbol.for('gfnring: assumed');

/**
 * Gives up the execution where `holds` is false: the thread takes no further step, and the execution is counted as blocked, neither as complete nor
 * as a violation. For operations.
 */
export function assume(holds: boolean): asserts holds {
  if (!holds) throw ASSUMED;
}

/** What `check` throws. */
export class CheckFailed extends Error {
  readonly property: string;

  constructor(property: string, message: string) {
    super(message);
    this.name = 'Failed';
    this.property = property;
  }
}

/** A property that an operation checks itself: where `holds` is false it is a finding of that property, and `seen` says what was there. For operations. */
export function check(holds: boolean, property: string, seen?: string): asserts holds {
  if (!holds) throw new CheckFailed(property, seen ?? 'does not hold');
}
