import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { placeInFile } from '../loops/file.ts';

/** A place in a source file; lines and columns from 1. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Whether it is a place in what runs of the file: see `placeInFile`. */
  readonly probed?: boolean;
}

/** The folder of this module: `dist/memory`, or `bundle/memory`, which has no files. */
const HERE = dirname(fileURLToPath(import.meta.url));

/** Files that have the code of many modules: see scripts/bundle.mjs. */
const CHUNKS = resolve(HERE, '../chunks');

/** The stand-ins for shared memory: between an access of `Memory` and the code under test. */
const SHARED = resolve(HERE, '../../src/shared');

/** What runs operations. */
const CODE = resolve(HERE, '../../src/explore/execution');

/** What has the code of this folder and of no caller: the folder, or its chunk. */
const unitOf = ({ file }: Place): string => (dirname(file) === CHUNKS ? file : dirname(file));

/**
 * The first caller in a stack that is in another folder than the top frame, as `file:line:column`,
 * with source maps applied. Paths inside the current directory are relative to it. Undefined where
 * the stack does not have it.
 */
export function callerOf(stack: string): string | undefined {
  // Another `Error.prepareStackTrace` may give something else than text.
  if (typeof stack !== 'string') return undefined;
  const places = stack.split('\n').flatMap((text) => placeOf(text) ?? []);
  const outside = places.filter((place) => unitOf(place) !== unitOf(places[0])).map(written);
  const caller = outside.find(({ file }) => dirname(file) !== SHARED);
  // A callback that nothing calls but the event loop of the operation.
  if (caller === undefined || dirname(caller.file) === CODE) return undefined;
  const { file, line, column } = caller;
  const short = relative('.', file);
  return `${short.startsWith('..') ? file : short}:${line}:${column}`;
}

/**
 * The line of an access: `site` is an origin (see `Memory.origin`), or nothing, on its first line,
 * and the stack.
 */
export function siteLine(site: string): string | undefined {
  const end = site.indexOf('\n');
  return end > 0 ? site.slice(0, end) : callerOf(site.slice(1));
}

/**
 * The frame that threw an error, as `file:line`, without those of the harness; undefined: its stack
 * does not have it.
 */
export function throwerOf(stack: unknown): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const places = stack.split('\n').flatMap((text) => placeOf(text) ?? []);
  const thrower = places.map(written).find(({ file }) => !OURS.includes(dirname(file)));
  if (thrower === undefined) return undefined;
  const { file, line } = thrower;
  return shortPlace(`${file}:${line}:0`);
}

/** Folders of the code between an operation and its memory. */
const OURS = ['memory', 'check', 'run', 'scenario', 'shared', 'vm'].map((folder) => resolve(HERE, '../../src', folder));

/**
 * `file:line` of a place `file:line:column`; the path is relative to the current directory if it is
 * inside.
 */
export function shortPlace(place: string): string {
  const [, file, line] = /^(.*):(\d+):\d+$/.exec(place) ?? ['', place, ''];
  const short = relative('.', file);
  return `${short.startsWith('..') ? file : short}${line === '' ? '' : `:${line}`}`;
}

/** The place in one line of a stack: `at f (file:///a/b.mjs:3:7)`, or without a function. */
function placeOf(text: string): Place | undefined {
  const bare = text.trim().replace(/^at (async )?/, '');
  const where = bare.endsWith(')') ? bare.slice(bare.indexOf(' (') + 2, -1) : bare;
  const parts = /^(.+):(\d+):(\d+)$/.exec(where);
  if (parts === null || parts[1].startsWith('node:')) return undefined;
  const isUrl = parts[1].startsWith('file:');
  // A user's module is loaded as `file:…?gfnring=1`. A loader that shows no URLs adds no probes.
  const file = isUrl ? fileURLToPath(parts[1]) : parts[1].replace(/\?gfnring=\d+$/, '');
  return { file, line: Number(parts[2]), column: Number(parts[3]), probed: isUrl && parts[1].includes('?gfnring=') };
}

/** By file: its source map, if it has one. */
const maps = new Map<string, { readonly map: SourceMap; readonly from: string } | undefined>();

/**
 * The place in the original source. Node applies source maps only if it was started with a flag.
 */
function written(place: Place): Place {
  const { file } = place;
  const { line, column } = place.probed ? placeInFile(file, place.line, place.column) : place;
  if (!maps.has(file)) maps.set(file, mapOf(file));
  const known = maps.get(file);
  if (known === undefined) return { file, line, column };
  const entry = known.map.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry)) return { file, line, column };
  const source = resolve(dirname(known.from), known.map.payload.sourceRoot ?? '', entry.originalSource);
  if (!existsSync(source)) return { file, line, column };
  return { file: source, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

function mapOf(file: string): { readonly map: SourceMap; readonly from: string } | undefined {
  try {
    const url = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(file, 'utf8'))?.[1];
    if (url === undefined) return undefined;
    const inside = /^data:[^,]*;base64,(.*)$/.exec(url);
    const from = inside === null ? fileURLToPath(new URL(url, pathToFileURL(file))) : file;
    const text = inside === null ? readFileSync(from, 'utf8') : Buffer.from(inside[1], 'base64').toString();
    return { map: new SourceMap(JSON.parse(text) as SourceMapPayload), from };
  } catch {
    // A missing map is no error: the line in the compiled file is shown.
    return undefined;
  }
}
