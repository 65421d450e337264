/**
 * An argument as a POSIX shell reads it back. A path that begins with a dash gets `./` before it,
 * so that it is no option.
 */
export function shellQuote(argument: string): string {
  const text = argument.startsWith('-') ? `./${argument}` : argument;
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
