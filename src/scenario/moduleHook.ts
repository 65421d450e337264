import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { instrumentText, readModuleText } from '../loops/file.ts';
import { isTypeScript, typeScriptNames } from '../loops/typescript.ts';
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
  const missing = (error: unknown): Resolved => typeScriptFor(specifier, context, error);
  let found: Hooked<Resolved>;
  try {
    found = next(specifier, context);
  } catch (error) {
    found = missing(error);
  }
  return after(found instanceof Promise ? found.catch(missing) : found, (to) => withVersion(to, context));
}

/** What TypeScript means by a relative import of a file that does not exist. */
function typeScriptFor(specifier: string, { parentURL }: Context, error: unknown): Resolved {
  if (versionOf(parentURL) === undefined || !/^\.{0,2}\//.test(specifier)) throw error;
  const path = typeScriptNames(new URL(specifier, parentURL).href).find((name) => existsSync(name));
  if (path === undefined) throw error;
  return { url: pathToFileURL(path).href, format: 'module', shortCircuit: true };
}

function withVersion(found: Resolved, context: Context): Resolved {
  const version = versionOf(context.parentURL);
  if (version === undefined || !found.url.startsWith('file:')) return found;
  const url = new URL(found.url);
  url.searchParams.set(VERSION, version);
  return { ...found, url: url.href };
}

export function load(url: string, context: unknown, next: Next<unknown, Loaded>): Hooked<Loaded> {
  const version = versionOf(url);
  if (version === undefined) return next(url, context);
  const path = fileURLToPath(url);
  port.postMessage([version, path]);
  if (isTypeScript(path))
    return { format: 'module', source: instrumentText(readModuleText(path), path), shortCircuit: true };
  return after(next(url, context), (loaded) => withProbes(loaded, path));
}

function withProbes(loaded: Loaded, path: string): Loaded {
  if (loaded.format !== 'module' || loaded.source == null) return loaded;
  const text = Buffer.from(loaded.source as Uint8Array).toString();
  return { format: 'module', source: instrumentText({ text }, path), shortCircuit: true };
}

function versionOf(url: string | undefined): string | undefined {
  if (!url?.startsWith('file:')) return undefined;
  return new URL(url).searchParams.get(VERSION) ?? undefined;
}
