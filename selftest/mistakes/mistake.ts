/**
 * Mistakes in the harness itself, each a small patch of a part on which verdicts rest. A part whose mistakes nobody notices may rot unseen: each has a self-check
 * that must notice it.
 */

import type { SelfCheckName } from '../harness/selfChecks.ts';
import type { Edit } from '../patch/patch.ts';

export interface Mistake {
  /** In lower case, with hyphens: what is wrong. */
  readonly name: string;
  /** The part of the harness that it is in. */
  readonly part: string;
  /** The self-check that must notice it; or how the process that runs the self-checks must end. */
  readonly expectedBy: SelfCheckName | 'crashed' | 'hung';
  readonly edits: readonly Edit[];
}
