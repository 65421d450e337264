import type { Program } from '../explore/program.ts';
import type { Properties } from './property.ts';

/** A program, and all that is asked of it. */
export interface Scenario {
  /** Findings are named after it. */
  readonly name: string;
  /** Memory and actors. */
  readonly program: Program;
  /** What must hold, and what must come true. */
  readonly properties: Properties;
}
