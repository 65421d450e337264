/** Why a test is not read: bad syntax, or something that is not modelled here. One line. */
export class UnsupportedTest extends Error {
  constructor(what: string, line?: number) {
    super(line === undefined ? what : `line ${line}: ${what}`);
    this.name = 'Unread';
  }
}
