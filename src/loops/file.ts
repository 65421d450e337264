import { readFileSync, statSync } from 'node:fs';
import { type InstrumentedSource, instrument, originalColumn } from './instrument.ts';
import { compileTypeScript, isTypeScript, type ModuleText, writtenPlace } from './typescript.ts';

/**
 * The text of a module with probes (see `instrument`); unchanged where there is nothing to probe.
 */
export function instrumentText(module: ModuleText, path: string): string {
  const { text, map } = module;
  const source = instrumentModule(module, path)?.source ?? text;
  if (map === undefined) return source;
  // A debugger shows the file as it was written.
  const inline = Buffer.from(JSON.stringify(map.payload)).toString('base64');
  return `${source}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
}

/** Reads the module at a path, as JavaScript. Throws where it cannot be read or compiled. */
export function readModuleText(path: string): ModuleText {
  const source = readFileSync(path, 'utf8');
  return isTypeScript(path) ? compileTypeScript(source, path) : { text: source };
}

const instrumentModule = (module: ModuleText, path: string): InstrumentedSource | undefined =>
  instrument(module.text, path, (line, column) => writtenPlace(module, line, column));

interface LoadedFile {
  readonly module: ModuleText;
  readonly instrumented: InstrumentedSource | undefined;
  readonly changedMs: number;
}
const files = new Map<string, LoadedFile>();

/** What runs of the file at `path`, as it is now. */
function loadedFile(path: string): LoadedFile {
  const { mtimeMs: changedMs } = statSync(path);
  const known = files.get(path);
  if (known?.changedMs === changedMs) return known;
  const module = readModuleText(path);
  const loaded = { module, instrumented: instrumentModule(module, path), changedMs };
  files.set(path, loaded);
  return loaded;
}

/**
 * The place in the file at `path`, with lines and columns from 1, of a place in what runs of it:
 * compiled if it is TypeScript, and with probes.
 */
export function placeInFile(
  path: string,
  line: number,
  column: number,
): { readonly line: number; readonly column: number } {
  const { module, instrumented } = loadedFile(path);
  const unprobed =
    instrumented === undefined ? column : originalColumn(module.text, instrumented.insertions, line, column);
  return writtenPlace(module, line, unprobed);
}
