import type { Machine } from '../scenario/run.ts';
import type { Source } from '../scenario/source.ts';
import { SCHEMA } from '../scenario/spec.ts';
import { canonical, digitsOf } from './hash.ts';

/** An execution of the corpus: it covered what none before it had. */
export interface Entry extends Machine {
  readonly schema: typeof SCHEMA;
  readonly kind: 'corpus entry';
  /** The name of the campaign's scenario that it comes from. */
  readonly base: string;
  readonly scenario: Source;
  readonly schedule: string;
}

export const entryOf = (
  base: string,
  scenario: Source,
  { memoryModel, tearing }: Machine,
  schedule: string,
): Entry => ({
  schema: SCHEMA,
  kind: 'corpus entry',
  base,
  memoryModel,
  tearing,
  scenario,
  schedule,
});

/** What it is called: made of what is in it. */
export const hashOf = (entry: Entry): string => digitsOf(canonical(entry), 16);
