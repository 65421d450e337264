import type { Deadline } from '../../explore/limits.ts';
import type { Addresses } from '../addresses.ts';
import type { LitmusTest } from '../syntax.ts';
import type { ThreadRun } from './candidate.ts';
import { FoundedRuns } from './foundedRuns.ts';
import { threadRuns } from './threadRuns.ts';
import { valueDomains } from './valueDomains.ts';

/**
 * The runs of each thread in which each read returns the initial value, or what a run of a thread
 * writes there. That write may be controlled by the read: only the axioms forbid such values.
 */
export function possibleRuns(test: LitmusTest, addresses: Addresses, deadline: Deadline): ThreadRun[][] {
  const values = valueDomains(test, addresses);
  const runs = test.threads.map((thread) => threadRuns(thread, addresses, values, deadline));
  return new FoundedRuns(initialValues(test, addresses)).among(runs);
}

/** By address. */
export const initialValues = ({ variables }: LitmusTest, addresses: Addresses): ReadonlyMap<number, number> =>
  new Map(variables.map(({ name, initial }) => [addresses.of(name), addresses.number(initial)]));
