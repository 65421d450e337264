import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { createRun, runOnce } from '../run/createRun.ts';
import type { Failure } from '../run/minimise/minimise.ts';
import { ReadsFromCoverage, stripIndices } from './coverage/readsFromCoverage.ts';
import { digitsOf } from './hash.ts';

/** What failed, and the communication across threads that made it fail, as ten digits. Failures with the same key are taken for one. */
export function failureKey(failure: Failure): string {
  const run = createRun(failure.scenario, failure.schedule.length + 1, failure);
  runOnce(run, new StrictReplayScheduler(failure.schedule));
  const text = [stripIndices(failure.property), ...new ReadsFromCoverage(run.execution).inWords()].join('\n');
  return digitsOf(text, 10);
}
