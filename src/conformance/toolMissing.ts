/**
 * A program that the host lacks. Nothing was compared, so nothing passed. The message is one line.
 */
export class ToolMissing extends Error {
  constructor(program: string, why: string) {
    super(`${program} cannot be run: ${why}`);
  }
}
