import { VERSION } from './moduleVersion.ts';
import { loadedModule } from './supervision.ts';

/**
 * The user's module that has thrown an error that nothing expected. Undefined if it was other code.
 * Everything but a user's code throws nothing but errors.
 */
export function moduleToBlame(error: unknown): string | undefined {
  const url = innermostFile(error);
  return url === undefined || url.includes(`?${VERSION}=`) ? loadedModule() : undefined;
}

/** Whether the innermost frame of an error that has a file is in this package. */
export function isThrownByPackage(error: unknown): boolean {
  const root = new URL('..', import.meta.url).href;
  return innermostFile(error)?.startsWith(root) ?? false;
}

/**
 * The URL in the innermost frame of an error that has a file, or an empty text. Undefined for what
 * is no error that can be read.
 */
function innermostFile(error: unknown): string | undefined {
  try {
    if (!(error instanceof Error)) return undefined;
    return /file:\/\/[^\s)]+/.exec(error.stack ?? '')?.[0] ?? '';
  } catch {
    return undefined;
  }
}
