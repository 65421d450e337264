import type { SeededBug } from '../patch/seededBug.ts';

/**
 * A bug in the harness itself, in a part on which verdicts rest. `expectedBy` has full names of
 * tests: the titles around a test and its own, with a space between them.
 */
export interface Mistake extends SeededBug {
  /** The part of the harness that it is in. */
  readonly part: string;
  /** The file of the tests in `expectedBy`: `test/explore/counts.slow.test.ts`. */
  readonly testFile: string;
}
