/** Megabytes that a command may take, if the user names no other number. */
export const DEFAULT_MEGABYTES = 2048;

/**
 * The value of `--memory` in a command line. Undefined: it is not there, or wrong. It is read
 * before commander reads the options, which then reports a wrong number.
 */
export function givenMegabytes(args: readonly string[]): number | undefined {
  const [, megabytes] = /(?:^|\n)--memory[=\n](\d{1,7})(?:\n|$)/.exec(args.join('\n')) ?? [];
  return megabytes === undefined ? undefined : Number(megabytes);
}
