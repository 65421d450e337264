import { isatty } from 'node:tty';

/** Progress, for people who watch: on stderr, and only on a terminal. */
export function progress(text: string): void {
  if (isatty(2)) process.stderr.write(`\r\x1b[K${text}`);
}

/** One JSON document. 64-bit numbers become texts. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2)}\n`);
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** `12,345` */
export const grouped = (value: number): string => value.toLocaleString('en-US');

export const plural = (n: number, word: string, words = `${word}s`): string =>
  `${grouped(n)} ${n === 1 ? word : words}`;
