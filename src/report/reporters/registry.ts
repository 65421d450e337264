import { githubReporter } from './github.ts';
import { htmlReporter } from './html.ts';
import { junitReporter } from './junit.ts';
import { perfettoReporter } from './perfetto.ts';
import type { Reporter } from './reporter.ts';
import { sarifReporter } from './sarif.ts';
import { textReporter } from './text.ts';

/** All report formats, in the order in which help lists them. */
export const reporters: readonly Reporter[] = [
  htmlReporter,
  perfettoReporter,
  textReporter,
  junitReporter,
  sarifReporter,
  githubReporter,
];
