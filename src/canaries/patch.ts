import { distUrl } from '../scenario/workerFile.ts';
import { matchesOf, renamed } from './codePatterns.ts';

/** One place of the compiled program and what becomes of it: the text of a statement, without types. Spaces and comments do not count, and local names may be others: see `matchesOf`. */
export interface Edit {
  /** The module, seen from `src`, without its ending: `ring/push`. */
  readonly file: string;
  /** There exactly once, unless `at` says where. */
  readonly from: string;
  /** Where `from` begins in the compiled text, which it is then to the letter. For tools: the text has other places as soon as its source changes. */
  readonly at?: number;
  readonly to: string;
}

/** The variable that carries the edits of a process to all of its threads. See `patchHook.ts`. */
export const PATCH_VARIABLE = 'GFNRING_PATCH';

/**
 * What a process starts with so that all of its threads run the program with `edits` in it. The files stay as they are. Hooks see what is imported, and not what
 * Node lets piscina `require`: it must not.
 */
export function patching(edits: readonly Edit[]): { readonly execArgv: string[]; readonly env: NodeJS.ProcessEnv } {
  return {
    execArgv: ['--no-experimental-require-module', '--import', distUrl('canaries/preload.js').href],
    env: { ...process.env, [PATCH_VARIABLE]: JSON.stringify(edits) },
  };
}

/** Whether this process was started so. */
export const isPatching = (edits: readonly Edit[]): boolean =>
  process.env[PATCH_VARIABLE] === JSON.stringify(edits) &&
  process.execArgv.includes(distUrl('canaries/preload.js').href);

/** The text of a module with its edits in it, and no line moved. Throws where one does not fit. */
export function patched(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { file, from, to, at } of edits) {
    if (at !== undefined) {
      if (!result.startsWith(from, at)) throw new Error(`a patch of ${file} does not fit at ${at}: ${from}`);
      result = result.slice(0, at) + to + result.slice(at + from.length);
      continue;
    }
    const places = matchesOf(result, from);
    if (places.length !== 1) throw new Error(`a patch of ${file} fits ${places.length} places, not one: ${from}`);
    const [{ start, end, names }] = places;
    const lines = result.slice(start, end).split('\n').length - 1;
    const put = renamed(to, names).replace(/\s*\n\s*/g, ' ') + '\n'.repeat(lines);
    result = result.slice(0, start) + put + result.slice(end);
  }
  return result;
}

/** By the address of a module of the program that lies in `dist`, its edits. */
export function byModule(dist: URL, edits: readonly Edit[]): Map<string, Edit[]> {
  const of = new Map<string, Edit[]>();
  for (const edit of edits) {
    const url = new URL(`${edit.file}.js`, dist).href;
    of.set(url, [...(of.get(url) ?? []), edit]);
  }
  return of;
}
