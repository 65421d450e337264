import type { Properties } from '../check/property.ts';
import type { Program } from '../explore/program.ts';

/** A program, and all that is asked of it. */
export interface Scenario {
  readonly name: string;
  readonly program: Program;
  readonly properties: Properties;
}
