import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { instrumentText, stripTypes } from '../loops/file.ts';

/*
 * Runs on Node's thread for module hooks. `gfnring` resolves to the running package, wherever it is
 * imported. Each version of a user's module has its own instances of all that it imports, with
 * probes at the heads of their loops. Node's API gives `initialize`, `resolve` and `load` their
 * names.
 */

interface Context {
  readonly parentURL?: string;
}
interface Loaded {
  readonly format: string;
  readonly source?: unknown;
  readonly shortCircuit?: boolean;
}

/** The parameter in the URL of a module that has its version. */
export const VERSION = 'gfnring';

let urls: Readonly<Record<string, string>> = {};
let port: MessagePort;

export function initialize(data: {
  readonly urls: Readonly<Record<string, string>>;
  /** Receives the version and the path of each file that is loaded. */
  readonly port: MessagePort;
}): void {
  urls = data.urls;
  port = data.port;
}

export async function resolve(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Promise<{ url: string; format?: string }>,
): Promise<unknown> {
  if (Object.hasOwn(urls, specifier)) return { url: urls[specifier], format: 'module', shortCircuit: true };
  const found = await next(specifier, context);
  const version = versionOf(context.parentURL);
  if (version === undefined || !found.url.startsWith('file:')) return found;
  const url = new URL(found.url);
  url.searchParams.set(VERSION, version);
  return { ...found, url: url.href };
}

export async function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  const version = versionOf(url);
  if (version === undefined) return loaded;
  const path = fileURLToPath(url);
  port.postMessage([version, path]);
  const { format } = loaded;
  if ((format !== 'module' && format !== 'module-typescript') || loaded.source == null) return loaded;
  const text = Buffer.from(loaded.source as Uint8Array).toString();
  const plain = format === 'module' ? text : stripTypes(text);
  if (plain === undefined) return loaded;
  return { format: 'module', source: instrumentText(plain, path), shortCircuit: true };
}

function versionOf(url: string | undefined): string | undefined {
  if (!url?.startsWith('file:')) return undefined;
  return new URL(url).searchParams.get(VERSION) ?? undefined;
}
