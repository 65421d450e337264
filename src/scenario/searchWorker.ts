import type { Doer } from '../explore/doer.ts';
import type { Round } from '../explore/rounds.ts';
import { type Run, runOf } from './run.ts';
import { doerOf } from './search.ts';
import type { Search } from './searchSpec.ts';
import { doShare, type Share } from './share.ts';
import { openSource, type Source } from './source.ts';

/** A round, of which a worker does its share. */
export interface RoundTask {
  readonly source: Source;
  readonly search: Search;
  readonly round: Round;
  /** See `doShare`. */
  readonly control: SharedArrayBuffer;
}

/** What this worker is set up for: all rounds of a search, and all searches alike, go on with it. */
let ready: { readonly key: string; readonly run: Run; readonly doer: Doer } | undefined;

export default async function runParts({ source, search, round, control }: RoundTask): Promise<Share[]> {
  const key = JSON.stringify([source, search]);
  if (ready?.key !== key) {
    const run = runOf(await openSource(source), search.stepsMax, search, [], search.loopRules);
    ready = { key, run, doer: doerOf(run, search, round.limits) };
  }
  return doShare(ready.run, ready.doer, round, control);
}
