import { closeSync, openSync, readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { writeStream } from '../process/supervision.ts';
import type { Consent } from '../run/consent.ts';

/** Asks on the terminal, if there is one, and once for each file and module. */
export function createConsent(trusts: boolean): Consent {
  const allowed = new Set<string>();
  return (module, file) => {
    if (trusts) return true;
    const key = JSON.stringify([module, file]);
    if (!allowed.has(key) && ask(module, file)) allowed.add(key);
    return allowed.has(key);
  };
}

function ask(module: string, file: string): boolean {
  if (!isatty(0) || !isatty(2)) return false;
  writeStream('stderr', `${file} comes from elsewhere. Run its module ${module}? [y/N] `);
  const answer = Buffer.alloc(256);
  // The file, because the main thread has the stream of the standard input.
  const fd = openSync('/dev/tty', 'r');
  try {
    return /^\s*y(es)?\s*$/i.test(answer.toString('utf8', 0, readSync(fd, answer)));
  } finally {
    closeSync(fd);
  }
}
