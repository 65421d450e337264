/** A program of the host that is not there: nothing was tried, and nothing passed. One line. */
export class ToolMissing extends Error {
  constructor(program: string, why: string) {
    super(`${program} cannot be run: ${why}`);
  }
}
