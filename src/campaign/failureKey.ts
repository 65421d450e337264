import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { createRun, runOnce } from '../run/createRun.ts';
import type { Failure } from '../run/failure.ts';
import { ReadsFromCoverage, stripIndices } from './coverage/readsFromCoverage.ts';
import { hexDigest } from './hash.ts';

/**
 * Identifies a failure by its property and by the reads-from pairs between threads, as ten
 * hexadecimal digits. Failures with the same key count as one.
 */
export function failureKey(failure: Failure): string {
  const run = createRun(failure.scenario, failure.schedule.length + 1, failure);
  runOnce(run, new StrictReplayScheduler(failure.schedule));
  const pairs = new ReadsFromCoverage(run.execution).communicationPairs();
  return hexDigest([stripIndices(failure.property), ...pairs].join('\n'), 10);
}
