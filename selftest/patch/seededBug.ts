import type { Edit } from './patch.ts';

/** A bug that is put in on purpose, to see that it is caught. */
export interface SeededBug {
  /** In lower case, with hyphens: what is wrong. */
  readonly name: string;
  /** What must catch it; one of them is enough. Of a canary: properties. Of a mistake: tests. */
  readonly expectedBy: readonly string[];
  readonly edits: readonly Edit[];
}
