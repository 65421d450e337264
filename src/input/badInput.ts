const BRAND = Symbol.for('gfnring: bad input');

/** The user's input cannot be used. The message is one line with what is wrong and why. */
export class BadInput extends Error {
  /** The name that stack traces show. */
  override readonly name = 'BadInput';
}
Object.defineProperty(BadInput.prototype, BRAND, { value: true });

/** By its brand and not by its class, as it may come from a second copy of this package. */
export function isBadInput(error: unknown): error is BadInput {
  try {
    return error instanceof Error && BRAND in error;
  } catch {
    return false; // A user's code has thrown a proxy that throws.
  }
}
