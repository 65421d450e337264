/* In this folder: scenarios: as modules and as JSON, built in or a user's; opened on any thread, explored, made smaller, written as findings, replayed. */

/** Something the user gave cannot be used; the message is one line that says what and why. */
export class BadInput extends Error {
  /** So that one from another copy of this package is known too. */
  override readonly name = 'BadInput';
}
