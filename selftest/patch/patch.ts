import { compiledUrl } from '../compiled.ts';
import { matchesOf, renamed } from './codePatterns.ts';
import { PATCH_VARIABLE } from './variable.ts';

/**
 * One place of the compiled program and what becomes of it: the text of a statement, without types.
 * White space and comments do not count, and local names may differ: see `matchesOf`.
 */
export interface Edit {
  /** The module, seen from `src`, without its ending: `ring/push`. */
  readonly file: string;
  /** Fits exactly one place of the module, unless `at` is given. */
  readonly from: string;
  /**
   * The offset of `from` in the compiled text, which must then match to the letter. For tools that
   * make their edits from the compiled text: an offset is wrong after any change of the source.
   */
  readonly at?: number;
  readonly to: string;
  /**
   * Patterns of code with the local names that `to` uses and `from` does not have: the header of
   * the function, or a declaration. Each fits one place whose names can be used at `from`.
   */
  readonly scope?: readonly string[];
}

export interface Patching {
  readonly execArgv: string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * What a process starts with so that all of its threads run the program with `edits`. The files
 * stay as they are. Module hooks see `import` and not `require`: no module of the program is
 * required.
 */
export function patching(edits: readonly Edit[]): Patching {
  return {
    execArgv: ['--import', compiledUrl('patch/preload.js').href],
    env: { ...process.env, [PATCH_VARIABLE]: JSON.stringify(edits) },
  };
}

/** The text of a module with its edits, and no line moved. Throws if an edit does not fit. */
export function patched(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { file, from, to, at, scope } of edits) {
    if (at !== undefined) {
      if (!result.startsWith(from, at)) throw new Error(`a patch of ${file} does not fit at ${at}: ${from}`);
      result = result.slice(0, at) + to + result.slice(at + from.length);
      continue;
    }
    const places = matchesOf(result, from, scope);
    if (places.length !== 1) throw new Error(`a patch of ${file} fits ${places.length} places, not one: ${from}`);
    const [{ start, end, names }] = places;
    const lines = result.slice(start, end).split('\n').length - 1;
    const put = renamed(to, names).replace(/\s*\n\s*/g, ' ') + '\n'.repeat(lines);
    result = result.slice(0, start) + put + result.slice(end);
  }
  return result;
}

/** The edits by the URL of their module in `dist`. */
export function byModule(dist: URL, edits: readonly Edit[]): Map<string, Edit[]> {
  const of = new Map<string, Edit[]>();
  for (const edit of edits) {
    const url = new URL(`${edit.file}.js`, dist).href;
    of.set(url, [...(of.get(url) ?? []), edit]);
  }
  return of;
}
