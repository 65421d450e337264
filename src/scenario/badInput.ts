/** Something the user gave cannot be used; the message is one line that says what and why. */
export class BadInput extends Error {}
