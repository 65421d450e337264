import type { Program } from '../explore/program.ts';
import type { Properties } from './property.ts';

/** A program and its properties. */
export interface Scenario {
  /** Part of the names of findings. */
  readonly name: string;
  /** Its memory and its actors. */
  readonly program: Program;
  /** What must hold in its executions. */
  readonly properties: Properties;
}
