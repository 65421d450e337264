import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { type InstrumentedSource, instrument, originalColumn } from './instrument.ts';

/**
 * The text of a module with probes (see `instrument`); unchanged where there is nothing to probe.
 */
export const instrumentText = (text: string, path: string): string => instrument(text, path)?.source ?? text;

/**
 * TypeScript with spaces in place of its types; undefined where this version of Node cannot do
 * that.
 */
export function stripTypes(text: string): string | undefined {
  const { stripTypeScriptTypes } = nodeModule as { stripTypeScriptTypes?: (code: string) => string };
  return stripTypeScriptTypes?.(text);
}

const files = new Map<string, { readonly text: string; readonly instrumented: InstrumentedSource | undefined }>();

/** The column, from 1, in the file at `path`, of a place in the instrumented text of that file. */
export function columnInFile(path: string, line: number, column: number): number {
  let known = files.get(path);
  if (known === undefined) {
    const written = readFileSync(path, 'utf8');
    const text = /\.[cm]?tsx?$/.test(path) ? (stripTypes(written) ?? written) : written;
    known = { text, instrumented: instrument(text, path) };
    files.set(path, known);
  }
  const { text, instrumented } = known;
  return instrumented === undefined ? column : originalColumn(text, instrumented.insertions, line, column);
}
