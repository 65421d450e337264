import { isatty } from 'node:tty';
import { writeStream } from '../process/supervision.ts';

/** Shows progress in one line of stderr, if stderr is a terminal. */
export function progress(text: string): void {
  if (isatty(2)) writeStream('stderr', `\r\x1b[K${text}`);
}

/** One JSON document. 64-bit numbers become strings. */
export const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2)}\n`;

export const printJson = (value: unknown): void => writeStream('stdout', toJson(value));

export function print(line = ''): void {
  writeStream('stdout', `${line}\n`);
}

/** Prints a line that is no result. */
export function printError(line: string): void {
  writeStream('stderr', `${line}\n`);
}
