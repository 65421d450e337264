/** Something the user gave cannot be used; the message is one line that says what and why. */
export class BadInput extends Error {
  /** So that one from another copy of this package is known too. */
  override readonly name = 'BadInput';
}
