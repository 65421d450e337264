import { isatty } from 'node:tty';
import { oneLine, printableJson } from '../input/oneLine.ts';
import { writeStream } from '../process/supervision.ts';

/** The longest line on stderr. Of a longer one, the end stays, which has the reason. */
const LINE_MAX = 1000;
const END = 200;

/** Shows progress in one line of stderr, if stderr is a terminal. */
export function progress(text: string): void {
  if (isatty(2)) writeStream('stderr', `\r\x1b[K${oneLine(text)}`);
}

/** One JSON document. 64-bit numbers become strings. */
export const toJson = (value: unknown): string =>
  `${printableJson(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2))}\n`;

export const printJson = (value: unknown): void => writeStream('stdout', toJson(value));

/** Prints one line. Line breaks and control characters in it are those of a user's text. */
export function print(line = ''): void {
  writeStream('stdout', `${oneLine(line)}\n`);
}

/** Prints a line that is no result. A long one quotes a user's text: its middle is left out. */
export function printError(line: string): void {
  const text = oneLine(line);
  const shown = text.length > LINE_MAX ? `${text.slice(0, LINE_MAX - END - 3)} … ${text.slice(-END)}` : text;
  writeStream('stderr', `${shown}\n`);
}
