/** The user's input cannot be used. The message is one line with what is wrong and why. */
export class BadInput extends Error {
  /** Identifies an error of another copy of this package as well. */
  override readonly name = 'BadInput';
}
