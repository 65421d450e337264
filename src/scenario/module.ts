import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { relative, resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Scenario } from '../check/scenario.ts';
import { checkInput } from '../files/readInput.ts';
import { BadInput, isBadInput } from '../input/badInput.ts';
import { describeThrown, show } from '../input/show.ts';
import { installProbe } from '../loops/probe.ts';
import { isTypeScript } from '../loops/typescript.ts';
import { throwerOf } from '../memory/sourceLine.ts';
import { VERSION } from '../process/moduleVersion.ts';
import { type Ending, type EndReason, guarded, noteModule } from '../process/supervision.ts';
import { isBenchmarkRing } from './benchmarkRing.ts';
import { findBuiltIn } from './builtinScenarios.ts';
import { initialize, load as loadHook, resolve } from './moduleHook.ts';
import { distUrl } from './workerFile.ts';

/** The longest time that a module may take to load, where no other limit ends it before. */
const LOAD_MS = 10_000;

/** Of the files of a module that does not load: so many are checked for the place of the error. */
const CHECKS_MAX = 5;

/**
 * Imports a user's module and returns its default export, a scenario. Throws `BadInput`, in one
 * line.
 */
export async function openModule(path: string): Promise<Scenario> {
  const shown = shortPath(path);
  checkInput(shown, { what: 'scenario' });
  hookModules();
  const { exports, isWatched } = await load(path, shown);
  if (!('default' in exports))
    throw new BadInput(`${shown} has no default export: must have export default scenario({ … })`);
  try {
    return scenarioOf(exports.default, shown, isWatched);
  } catch (error) {
    if (isBadInput(error)) throw error;
    throw new BadInput(`${shown}: its default export throws ${describeThrown(error)} when it is read`);
  }
}

/** Throws what the getters of `found` throw. */
function scenarioOf(found: unknown, shown: string, isWatched: boolean): Scenario {
  if (!isScenario(found))
    throw new BadInput(`${shown}: its default export is ${show(found)}: must be a scenario, made by scenario({ … })`);
  if (isBenchmarkRing(found.name) || findBuiltIn(found.name) !== undefined)
    throw new BadInput(`${shown}: scenario ${found.name}: there is a built-in scenario of that name`);
  return { ...found, program: { ...found.program, isWatched: isWatched && found.program.isWatched !== false } };
}

/** The files that a module and what it imports consist of, when it was loaded last. */
export const moduleFiles = (path: string): string[] => [path, ...(versions.get(path)?.files.keys() ?? [])];

/** A path as messages show it: relative where it is below the working directory. */
export function shortPath(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') ? path : `./${short}`;
}

/**
 * `isWatched`: whether its loops have probes. They have none where another loader, as that of
 * vitest, loads it.
 */
async function load(
  path: string,
  shown: string,
): Promise<{ readonly exports: Readonly<Record<string, unknown>>; readonly isWatched: boolean }> {
  const version = versionOf(path);
  const url = `${pathToFileURL(path).href}?${VERSION}=${version.number}`;
  noteModule(shown);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BadInput(`${shown} has not loaded after ${LOAD_MS / 1000} seconds`)), LOAD_MS);
  });
  try {
    const exports = await guarded(
      LOAD_MS / 1000,
      (reason) => endingOfLoad(reason, shown),
      () => Promise.race([import(/* @vite-ignore */ url), late]),
    );
    noteFiles();
    return { exports, isWatched: version.files.has(path) };
  } catch (error) {
    version.isCurrent = false;
    throw new BadInput(whyNotLoaded(error, path, shown));
  } finally {
    clearTimeout(timer);
  }
}

function endingOfLoad(reason: EndReason, shown: string): Ending {
  if (reason === 'interrupted') return { status: 'interrupted' };
  const why = reason === 'late' ? 'its top level does not return' : 'its top level takes too much memory';
  return { status: 'usage', stderr: `gfnring: ${shown} does not load: ${why}\n` };
}

function whyNotLoaded(error: unknown, path: string, shown: string): string {
  try {
    if (isBadInput(error)) return `${shown}: ${error.message}`;
    return `${shown} cannot be loaded: ${describe(error, path)}`;
  } catch {
    return `${shown} cannot be loaded: it throws ${describeThrown(error)}`;
  }
}

/** An error on one line, as `SyntaxError: Unexpected token, line 3`. */
function describe(error: unknown, path: string): string {
  const message = describeThrown(error);
  if (!(error instanceof Error)) return `it throws ${message}`;
  const place = error instanceof SyntaxError ? syntaxPlace(error, path) : throwerOf(error.stack);
  if (place === undefined) return message;
  const [, file, line] = /^(.*):(\d+)$/.exec(place)!;
  return `${message}, ${resolvePath(file) === path ? `line ${line}` : place}`;
}

/** Where a syntax error is, as `file:line`; undefined: unknown. */
function syntaxPlace(error: SyntaxError, path: string): string | undefined {
  const placeIn = (text = '') => /^(?:file:\/\/)?(\/\S+?)(?:\?gfnring=\d+)?(:\d+)$/m.exec(text);
  let found = placeIn(error.stack);
  // Node prints the place only where the error is not caught.
  noteFiles();
  const loaded = [...(versions.get(path)?.files.keys() ?? [path])].filter((file) => !isTypeScript(file));
  for (const file of loaded.slice(-CHECKS_MAX).reverse())
    found ??= placeIn(spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: LOAD_MS }).stderr);
  return found === null ? undefined : `${shortPath(decodeURI(found[1]))}${found[2]}`;
}

function isScenario(value: unknown): value is Scenario {
  const { name, program, properties } = (value ?? {}) as Partial<Scenario>;
  return typeof name === 'string' && Array.isArray(program?.actors) && typeof properties?.always === 'object';
}

/**
 * One load of a user's module, with the files that it consists of and their stamps at that time.
 */
interface Version {
  readonly number: number;
  readonly files: Map<string, string>;
  isCurrent: boolean;
}

const versions = new Map<string, Version>();
const byNumber: Version[] = [];
let loadedFiles: MessagePort | undefined;

/** The version of a module to import: a new one if a file of the last version has changed. */
function versionOf(path: string): Version {
  const known = versions.get(path);
  if (known?.isCurrent && [...known.files].every(([file, stamp]) => stampOf(file) === stamp)) return known;
  const version: Version = { number: byNumber.length, files: new Map(), isCurrent: true };
  byNumber.push(version);
  versions.set(path, version);
  return version;
}

/** Notes which files were loaded, and for which version. */
function noteFiles(): void {
  for (let got = receiveMessageOnPort(loadedFiles!); got !== undefined; got = receiveMessageOnPort(loadedFiles!)) {
    const [number, file] = got.message as [string, string];
    byNumber[Number(number)].files.set(file, stampOf(file));
  }
}

function stampOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size} ${ino}`;
}

/** The type of Node 20 lacks it. */
interface ModuleHooks {
  readonly registerHooks: (hooks: { readonly resolve: typeof resolve; readonly load: typeof loadHook }) => void;
}
const hasHooks = (of: object): of is ModuleHooks => 'registerHooks' in of;

/**
 * From now on, this thread resolves `gfnring` to this package, and puts probes into loops of users'
 * modules.
 */
function hookModules(): void {
  if (loadedFiles !== undefined) return;
  installProbe();
  const { port1, port2 } = new MessageChannel();
  loadedFiles = port1;
  port1.unref();
  const urls = {
    gfnring: distUrl('index.js').href,
    'gfnring/vitest': distUrl('testing/vitest.js').href,
    'gfnring/shared': distUrl('shared/index.js').href,
  };
  // Node 26 warns of `register`, and Node 20 lacks the other.
  if (hasHooks(nodeModule)) {
    initialize({ urls, port: port2 });
    nodeModule.registerHooks({ resolve, load: loadHook });
  } else nodeModule.register(distUrl('scenario/moduleHook.js'), { data: { urls, port: port2 }, transferList: [port2] });
}
