import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { columnInFile } from '../loops/file.ts';

/** A place in a source file; lines and columns from 1. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Whether that is a place in the text with probes that was made of the file. */
  readonly probed?: boolean;
}

/**
 * Who called into the folder that a stack begins in, as `file:line:column`: of code that was compiled, where it was written. Paths are seen from the current
 * directory where they are inside it. Undefined where the stack does not say.
 */
export function callerOf(stack: string): string | undefined {
  // Whoever has changed how stacks look has no lines.
  if (typeof stack !== 'string') return undefined;
  const places = stack.split('\n').flatMap((text) => placeOf(text) ?? []);
  const caller = places.find(({ file }) => dirname(file) !== dirname(places[0].file));
  if (caller === undefined) return undefined;
  const { file, line, column } = written(caller);
  const short = relative('.', file);
  return `${short.startsWith('..') ? file : short}:${line}:${column}`;
}

/** The line of an access: `site` is an origin (see `Memory.origin`), or nothing, on its first line, and the stack. */
export function siteLine(site: string): string | undefined {
  const end = site.indexOf('\n');
  return end > 0 ? site.slice(0, end) : callerOf(site.slice(1));
}

/** Where an error was thrown, as `file:line`, not counting what `mem` and the names of cells throw; undefined where its stack does not say. */
export function throwerOf(stack: unknown): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const places = stack.split('\n').flatMap((text) => placeOf(text) ?? []);
  const thrower = places.find(({ file }) => !OURS.includes(dirname(file)));
  if (thrower === undefined) return undefined;
  const { file, line } = written(thrower);
  return shortPlace(`${file}:${line}:0`);
}

/** Folders of code that stands between an operation and its memory. */
const OURS = ['.', '../check', '../run', '../scenario', '../vm'].map((folder) =>
  resolve(dirname(fileURLToPath(import.meta.url)), folder),
);

/** `file:line`, as seen from the current directory, of a place `file:line:column`. */
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
  // A user's module is loaded under a version of its own. What runs it without URLs puts in no probes.
  const file = isUrl ? fileURLToPath(parts[1]) : parts[1].replace(/\?gfnring=\d+$/, '');
  return { file, line: Number(parts[2]), column: Number(parts[3]), probed: isUrl && parts[1].includes('?gfnring=') };
}

/** By file: where its parts were written, where a source map says so. */
const maps = new Map<string, { readonly map: SourceMap; readonly from: string } | undefined>();

/** Node itself looks at source maps only where it was told so when it started. */
function written(place: Place): Place {
  const { file, line } = place;
  const column = place.probed ? columnInFile(file, line, place.column) : place.column;
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
    // No map is worth failing for: the line in the compiled file will do.
    return undefined;
  }
}
