import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { createDirectory } from '../files/createDirectory.ts';
import { errorCode } from '../files/fileErrors.ts';
import { readText } from '../files/readInput.ts';
import { BadInput } from '../input/badInput.ts';
import { contentChecksum } from '../input/checksum.ts';
import { readObject } from '../input/fieldTypes.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';

/**
 * The key of this user on this machine, in a file that only the user may read. On Linux it is in
 * `~/.config/gfnring`; `$XDG_CONFIG_HOME` counts on every system.
 */
function keyFile(): string {
  const base = process.env.XDG_CONFIG_HOME;
  return join(base ? join(base, 'gfnring') : envPaths('gfnring', { suffix: '' }).config, 'key');
}

const KEY = /^[0-9a-f]{64}$/;

/** Undefined: there is no key, and none can be made. */
function userKey(): string | undefined {
  const file = keyFile();
  try {
    createDirectory(dirname(file), 0o700);
    // Of several processes, one creates it.
    writeFileSync(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
  try {
    const key = readText(file);
    return key !== undefined && KEY.test(key) ? key : undefined;
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof BadInput)) throw error;
    return undefined;
  }
}

/** The modules of scenarios, whose code runs if they are opened. Absolute paths. */
export const modulesOf = (sources: readonly ScenarioRef[]): string[] =>
  sources.flatMap((source) => ('module' in source ? [source.module] : []));

/**
 * A document that names modules with its origin: an HMAC over its content and the absolute paths of
 * the modules. Another user, or another machine, cannot make it.
 */
export function withOrigin<T extends object>(
  document: T,
  modules: readonly string[],
): T & { readonly origin?: string } {
  const origin = modules.length === 0 ? undefined : originOf(document, modules);
  return origin === undefined ? document : { ...document, origin };
}

/** Whether this user has written a document on this machine, and its modules have not moved. */
export function isOwnDocument(value: unknown, modules: readonly string[]): boolean {
  const { origin } = readObject(value, 'document');
  const expected = originOf(value as object, modules);
  if (typeof origin !== 'string' || expected === undefined || origin.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(origin, 'latin1'), Buffer.from(expected, 'latin1'));
}

function originOf(document: object, modules: readonly string[]): string | undefined {
  const key = userKey();
  return (
    key &&
    createHmac('sha256', key)
      .update(JSON.stringify([contentChecksum(document), modules]))
      .digest('hex')
  );
}
