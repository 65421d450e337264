/** The code under test does what gfnring cannot run. The code may be right. */
export class UnsupportedOperation extends Error {}
