/** A test that cannot be read: its syntax is wrong, or it uses something that is not modelled. */
export class UnsupportedTest extends Error {
  constructor(what: string, line?: number) {
    super(line === undefined ? what : `line ${line}: ${what}`);
    this.name = 'UnsupportedTest';
  }
}
