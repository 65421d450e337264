import { isatty } from 'node:tty';

/** Shows progress in one line of stderr, if stderr is a terminal. */
export function progress(text: string): void {
  if (isatty(2)) process.stderr.write(`\r\x1b[K${text}`);
}

/** Prints one JSON document. 64-bit numbers become strings. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2)}\n`);
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}
