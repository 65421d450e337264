import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The text of a module as the engine runs it, before probes. */
export interface ModuleText {
  readonly text: string;
  /** From `text` to the file as it was written; undefined: they are the same. */
  readonly map?: SourceMap;
}

/** Whether a path or URL names a module in TypeScript. */
export const isTypeScript = (path: string): boolean => /\.[cm]?tsx?$/.test(path);

/**
 * A module in TypeScript as JavaScript. Enums, parameter properties and imports that are only types
 * are compiled too, which Node itself does not do. The compiler takes 0.05 s to load, and only
 * loads for TypeScript. Throws `SyntaxError`, whose stack begins with `place:line`.
 *
 * @param place the path or URL of the file, for errors.
 */
export function compileTypeScript(source: string, place: string): Required<ModuleText> {
  const { transformSync } = createRequire(import.meta.url)(
    '@swc/wasm-typescript',
  ) as typeof import('@swc/wasm-typescript');
  try {
    const { code, map } = transformSync(source, { mode: 'transform', sourceMap: true, filename: place });
    return { text: code, map: new SourceMap(JSON.parse(map!) as SourceMapPayload) };
  } catch (error) {
    const { message, startLine } = error as { readonly message: string; readonly startLine?: number };
    const syntax = new SyntaxError(message);
    if (startLine !== undefined) syntax.stack = `${place}:${startLine}\n${syntax}`;
    throw syntax;
  }
}

/** The place in the written file, with lines and columns from 1, of a place in its JavaScript. */
export function writtenPlace(
  { map }: ModuleText,
  line: number,
  column: number,
): { readonly line: number; readonly column: number } {
  const entry = map?.findEntry(line - 1, column - 1);
  if (entry === undefined || !('originalSource' in entry)) return { line, column };
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

/**
 * The files that TypeScript means by an import that names no file: `./queue.js` and `./queue` are
 * `./queue.ts`.
 */
export function typeScriptNames(url: string): string[] {
  const { pathname } = new URL(url);
  const path = fileURLToPath(`file://${pathname}`);
  const compiled = /^(.*\.[cm]?)js$/.exec(path)?.[1];
  if (compiled !== undefined) return [`${compiled}ts`];
  return [`${path}.ts`, `${path}.mts`, `${path}/index.ts`];
}
