import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { instrumentText, stripTypes } from '../loops/file.ts';
import { VERSION } from '../process/moduleVersion.ts';

/*
 * Runs on Node's thread for module hooks, or on the same thread where Node has `registerHooks`.
 * Then the next hooks return no promises. `gfnring` resolves to the running package, wherever it is
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

interface Resolved {
  readonly url: string;
  readonly format?: string;
  readonly shortCircuit?: boolean;
}
type Hooked<T> = T | Promise<T>;
type Next<C, T> = (of: string, context: C) => Hooked<T>;

const after = <T>(result: Hooked<T>, change: (result: T) => T): Hooked<T> =>
  result instanceof Promise ? result.then(change) : change(result);

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

export function resolve(specifier: string, context: Context, next: Next<Context, Resolved>): Hooked<Resolved> {
  if (Object.hasOwn(urls, specifier)) return { url: urls[specifier], format: 'module', shortCircuit: true };
  return after(next(specifier, context), (found) => withVersion(found, context));
}

function withVersion(found: Resolved, context: Context): Resolved {
  const version = versionOf(context.parentURL);
  if (version === undefined || !found.url.startsWith('file:')) return found;
  const url = new URL(found.url);
  url.searchParams.set(VERSION, version);
  return { ...found, url: url.href };
}

export const load = (url: string, context: unknown, next: Next<unknown, Loaded>): Hooked<Loaded> =>
  after(next(url, context), (loaded) => withProbes(loaded, url));

function withProbes(loaded: Loaded, url: string): Loaded {
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
