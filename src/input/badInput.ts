const BAD_INPUT = 'GFNRING_BAD_INPUT';

/** The user's input cannot be used. The message is one line with what is wrong and why. */
export class BadInput extends Error {
  /** The name that stack traces show. */
  override readonly name = 'BadInput';
  /** Identifies an error of another copy of this package as well. */
  readonly code = BAD_INPUT;
}

/** By its code and not by its class, as it may come from a second copy of this package. */
export const isBadInput = (error: unknown): error is BadInput =>
  (error as Partial<BadInput> | null | undefined)?.code === BAD_INPUT;
