import type { Machine } from '../scenario/run.ts';
import type { Source } from '../scenario/source.ts';
import { SCHEMA } from '../scenario/spec.ts';
import { canonical, digitsOf, hash53 } from './hash.ts';

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
export const hashOf = ({ scenario, ...rest }: Entry): string => digitsOf(`${canonical(rest)} ${textOf(scenario)}`, 16);

/** What stands for a scenario. */
export const numberOf = (scenario: Source): number => hash53(textOf(scenario));

/** HOT: entries of one batch have one scenario, and so have batches that are planned from them. */
const texts = new WeakMap<Source, string>();

function textOf(scenario: Source): string {
  let text = texts.get(scenario);
  if (text === undefined) {
    text = canonical(scenario);
    texts.set(scenario, text);
  }
  return text;
}
